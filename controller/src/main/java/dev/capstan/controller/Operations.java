package dev.capstan.controller;

import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.EndedOperation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a cluster that ended. The present one joins them in the same write that ends it, once, and with it
 * the abort that ended it.
 */
final class Operations {

    private static final int KEPT = 20;
    private static final String FAILED = "Failed";
    private static final String ABORT = "Abort";

    private Operations() {}

    /**
     * Those that ended, the newest first.
     *
     * @param before those that had ended before
     * @param provisioned how the present one ended
     */
    static List<EndedOperation> ended(
            List<EndedOperation> before, ManagedCluster.@Nullable Operation operation, Condition provisioned) {
        if (operation == null) {
            return before;
        }
        String at = provisioned.lastTransitionTime();
        List<EndedOperation> ended = new ArrayList<>();
        ManagedCluster.Abort abort = operation.abort();
        if (abort != null && isNew(before, abort.id())) {
            ended.add(new EndedOperation(abort.id(), ABORT, abort.requested(), at, Statuses.SUCCEEDED, null, null));
        }
        if (isNew(before, operation.id())) {
            String result = result(provisioned);
            boolean isGood = result.equals(Statuses.SUCCEEDED);
            ended.add(new EndedOperation(
                    operation.id(),
                    operation.kind(),
                    operation.started(),
                    at,
                    result,
                    isGood ? null : provisioned.reason(),
                    isGood ? null : provisioned.message()));
        }
        ended.addAll(before);
        return List.copyOf(ended.subList(0, Math.min(KEPT, ended.size())));
    }

    private static String result(Condition provisioned) {
        if (provisioned.status().equals("True")) {
            return Statuses.SUCCEEDED;
        }
        return provisioned.reason().equals(Statuses.CANCELED) ? Statuses.CANCELED : FAILED;
    }

    private static boolean isNew(List<EndedOperation> before, String id) {
        return before.stream().noneMatch(operation -> operation.id().equals(id));
    }
}
