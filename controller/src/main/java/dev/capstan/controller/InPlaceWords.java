package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * The state of a pool whose nodes are there, in words for its user: how many have its list, and of every one that is not
 * where it was told to be, why. Nothing in them changes with time alone.
 *
 * @param patience how long a node may take until it serves
 * @param serves whether a node is where it was told to be
 * @param isOld whether a node was told another set than the pool's model
 */
record InPlaceWords(Duration patience, List<Seen> nodes, Predicate<Seen> serves, Predicate<Seen> isOld) {

    private static final int NAMED_AT_MOST = 5;

    /** Everything is as it is wanted. */
    String whole() {
        return nodes.isEmpty()
                ? "no node of the cluster is of this pool"
                : PoolWords.nodes(nodes.size()) + " up to date";
    }

    /** There is more to do. */
    String working() {
        return headline() + troubles();
    }

    /** It is another pool's turn. */
    String turn() {
        return "waits until the pools before it are updated; " + headline();
    }

    /** It was aborted. */
    String canceled() {
        return "aborted; " + headline() + troubles() + "; every node keeps what it was told last";
    }

    /** Nothing of the pool's list shall stay on its nodes. */
    String leaving() {
        return "the list is taken from its nodes, one after the other; " + headline() + troubles();
    }

    /** Every node was told that there is no list any more. */
    String left() {
        List<Seen> late = nodes.stream().filter(serves.negate()).toList();
        return "the list was taken from " + PoolWords.nodes(nodes.size())
                + (late.isEmpty() ? "" : "; told and not heard of since: " + named(late));
    }

    /** These did not serve in time. */
    String notServing(List<Seen> late) {
        return "within " + PoolWords.minutes(patience) + " after they were told: " + named(late) + untold()
                + "; the next change takes it up again";
    }

    /** Endpoints did not verify with the new set. */
    String refuted(List<Seen> refuted) {
        return named(refuted) + untold()
                + ". Give the endpoint a chain that ends in a CA of the list, or the list its CA;"
                + " the next change takes the update up again";
    }

    private String headline() {
        long done = nodes.stream().filter(isOld.negate()).filter(serves).count();
        long old = nodes.stream().filter(isOld).count();
        return done + " of " + PoolWords.nodes(nodes.size()) + " up to date"
                + (old == 0 ? "" : ", " + old + " not told yet");
    }

    private String untold() {
        long old = nodes.stream().filter(isOld).count();
        return old == 0 ? "" : "; " + PoolWords.nodes((int) old) + " not told yet, and kept as they are";
    }

    private String troubles() {
        List<Seen> troubled = nodes.stream().filter(serves.negate()).toList();
        return troubled.isEmpty() ? "" : "; " + named(troubled);
    }

    private String named(List<Seen> those) {
        return Few.of(
                those.stream()
                        .map(seen -> seen.record().name() + ": " + trouble(seen))
                        .toList(),
                NAMED_AT_MOST,
                "; ");
    }

    private static String trouble(Seen seen) {
        if (seen.progress() instanceof Progress.Failed failed) {
            return failed.why();
        }
        if (!seen.loaded()) {
            return "was told, and has not taken it up yet";
        }
        return switch (seen.proof()) {
            case Proof.Refuted refuted -> "refuted by " + refuted.why();
            case Proof.Awaited _ -> "has loaded it, and its endpoints are being tried";
            case Proof.None _ -> seen.ready() ? "is about to be told" : "has loaded it, but its node is not ready";
        };
    }
}
