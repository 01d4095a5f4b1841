package dev.capstan.resourceprovider.wire;

import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a body, collected so that a user reads of it at once. */
public final class Problems {

    private final List<Found> found = new ArrayList<>();

    private record Found(Problem problem, List<Problem> details) {}

    public void add(Problem problem) {
        found.add(new Found(problem, List.of()));
    }

    /** A value that cannot be. */
    public void invalid(String target, String message) {
        add(Problem.invalidParameter(target, message));
    }

    /** A problem that has parts. */
    public void add(Problem problem, List<Problem> details) {
        found.add(new Found(problem, List.copyOf(details)));
    }

    /**
     * Nothing happens where nothing is wrong.
     *
     * @throws ArmFailure 400 with all of it
     */
    public void check() {
        if (found.size() == 1) {
            throw ArmFailure.of(found.getFirst().problem(), found.getFirst().details());
        }
        if (!found.isEmpty()) {
            List<Problem> all = new ArrayList<>();
            for (Found one : found) {
                all.add(one.problem());
                all.addAll(one.details());
            }
            String message = String.join(
                    "\n", found.stream().map(one -> one.problem().message()).toList());
            throw ArmFailure.of(new Problem("InvalidParameter", message, null), all);
        }
    }
}
