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

    static final String RUNNING = "Running";

    static final String CREATE = "Create";
    static final String UPDATE = "Update";
    static final String DELETE = "Delete";
    static final String CREATE_POOL = "CreateAgentPool";
    static final String UPDATE_POOL = "UpdateAgentPool";
    static final String DELETE_POOL = "DeleteAgentPool";
    static final String STOP = "Stop";
    static final String START = "Start";
    static final String UPGRADE_IMAGE = "UpgradeNodeImage";

    /** Operations as AKS names them in its answers. */
    private static final Map<String, String> WORDS = Map.of(
            CREATE, "create managed cluster",
            UPDATE, "update managed cluster",
            DELETE, "delete managed cluster",
            CREATE_POOL, "create agent pool",
            UPDATE_POOL, "update agent pool",
            DELETE_POOL, "delete agent pool",
            STOP, "stop managed cluster",
            START, "start managed cluster",
            UPGRADE_IMAGE, "upgrade node image version");

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
            case STOP -> operation.agentPool() == null ? "Stopping" : "Updating";
            case START -> operation.agentPool() == null ? "Starting" : "Updating";
            default -> "Updating";
        };
    }

    /** {@code Stopped} from when it was asked for and done, or could not be done; {@code Running} otherwise. */
    String powerState() {
        return cluster.spec().isStopped() && !isUnderWay(STOP, null) ? ManagedCluster.STOPPED : RUNNING;
    }

    /** The same of one of its pools. */
    String powerState(ManagedCluster.AgentPoolProfile pool) {
        return pool.isStopped() && !isUnderWay(STOP, pool.name()) ? ManagedCluster.STOPPED : powerState();
    }

    /**
     * Whether an operation of this kind runs.
     *
     * @param pool which it is about; null where it is about the cluster
     */
    boolean isUnderWay(String kind, @Nullable String pool) {
        Operation running = operation();
        return isBusy()
                && running != null
                && running.abort() == null
                && running.kind().equals(kind)
                && (pool == null ? running.agentPool() == null : pool.equalsIgnoreCase(running.agentPool()));
    }

    /**
     * Nothing happens while it is not stopped (AKS's words).
     *
     * @param doing what is asked for, such as {@code updating}
     * @throws ArmFailure 409 if it is
     */
    void checkRunning(String doing) {
        if (cluster.spec().isStopped()) {
            throw powerRefused(doing, "Start it first: 'aks start'.");
        }
    }

    /** That something cannot be done in this power state (AKS's words). */
    ArmFailure powerRefused(String doing, String help) {
        return ArmFailure.notAllowed("managed cluster is in Provisioning State(" + provisioningState()
                + ") and Power State(" + powerState() + "), " + doing + " cannot be performed. " + help);
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
