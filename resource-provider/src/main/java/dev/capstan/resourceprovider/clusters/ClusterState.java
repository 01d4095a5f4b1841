package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.Progress;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.Operation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster stands in ARM's words. Computed, never stored: from the operation in the spec, and from whether the
 * controller has answered the present generation.
 *
 * @param cluster as it was read
 */
record ClusterState(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {

    static final String CREATE = "Create";
    static final String UPDATE = "Update";
    static final String DELETE = "Delete";
    static final String CREATE_POOL = "CreateAgentPool";
    static final String UPDATE_POOL = "UpdateAgentPool";
    static final String DELETE_POOL = "DeleteAgentPool";

    /** Operations as AKS names them in its answers. */
    private static final Map<String, String> WORDS = Map.of(
            CREATE, "create managed cluster",
            UPDATE, "update managed cluster",
            DELETE, "delete managed cluster",
            CREATE_POOL, "create agent pool",
            UPDATE_POOL, "update agent pool",
            DELETE_POOL, "delete agent pool");

    Progress progress() {
        ManagedCluster.Status status = cluster.status();
        return Progress.of(status == null ? List.of() : status.conditions(), cluster.generation());
    }

    @Nullable
    Operation operation() {
        return cluster.spec().operation();
    }

    /** Whether it was deleted, and is there only so that its last operation can be asked for. */
    boolean isGone() {
        return operation() != null && progress().isDeleted();
    }

    /** Whether an operation runs. */
    boolean isBusy() {
        return cluster.isBeingDeleted() || (operation() != null && !progress().isOver());
    }

    /** Whether the operation that runs deletes it. */
    boolean isBeingDeleted() {
        return cluster.isBeingDeleted()
                || (isBusy() && operation() != null && operation().kind().equals(DELETE));
    }

    String provisioningState() {
        String result = progress().result();
        Operation operation = operation();
        if (cluster.isBeingDeleted()) {
            return "Deleting";
        }
        if (result != null) {
            return result;
        }
        if (operation == null) {
            return cluster.generation() == 1 ? "Creating" : "Updating";
        }
        if (operation.abort() != null) {
            return "Canceling";
        }
        return switch (operation.kind()) {
            case CREATE -> "Creating";
            case DELETE -> "Deleting";
            default -> "Updating";
        };
    }

    /** Whether what runs takes something away for good: its machines may be gone already, so that it is not called back. */
    boolean isDeletion() {
        return isBeingDeleted()
                || (isBusy() && operation() != null && operation().kind().equals(DELETE_POOL));
    }

    /**
     * Nothing happens while nothing runs.
     *
     * @throws ArmFailure 409 (AKS's words) if an operation runs
     */
    void checkIdle() {
        if (!isBusy()) {
            return;
        }
        Operation running = operation();
        if (running == null) {
            throw ArmFailure.notAllowed("Operation is not allowed because the managed cluster is being deleted.");
        }
        throw ArmFailure.notAllowed(
                "Operation is not allowed because there's an in progress " + WORDS.getOrDefault(running.kind(), "other")
                        + " operation (operation ID: " + running.id() + ") on the managed cluster started on UTC "
                        + running.started() + ". Please wait for it to finish before starting a new operation"
                        + (isDeletion() ? "." : ", or abort it with 'aks operation-abort'."));
    }
}
