package dev.capstan.controller;

import dev.capstan.machines.MachineProvider;
import java.time.Duration;
import java.util.List;

/**
 * What a controller works on.
 *
 * @param management the API that holds ManagedClusters and AgentPools; with {@link ThisCluster} the one cluster
 * @param scope which clusters
 * @param timing how long things last
 */
public record ControllerConfig(ClusterEndpoint management, Scope scope, Timing timing) {

    /** A controller that makes clusters and their machines. */
    public static ControllerConfig forManagedClusters(
            ClusterEndpoint management, ClusterAccess access, List<MachineProvider> providers) {
        return new ControllerConfig(management, new ManagedClusters(access, providers), Timing.STANDARD);
    }

    /** A controller for the nodes of the cluster it is given, which has kubelets of its own. */
    public static ControllerConfig forThisCluster(ClusterEndpoint cluster) {
        return new ControllerConfig(cluster, new ThisCluster(true), Timing.STANDARD);
    }

    /** The same where no runtime may be restarted: nodes that need it say {@code RuntimeStale} and wait. */
    public static ControllerConfig forThisClusterWithoutRestarts(ClusterEndpoint cluster) {
        return new ControllerConfig(cluster, new ThisCluster(false), Timing.STANDARD);
    }

    /** The same with other times. */
    public ControllerConfig withTiming(Timing other) {
        return new ControllerConfig(management, scope, other);
    }

    /** Which clusters a controller works on. */
    public sealed interface Scope permits ManagedClusters, ThisCluster {}

    /**
     * Every ManagedCluster of the management cluster, each with an API of its own.
     *
     * @param access where those APIs come from
     * @param providers one per location
     */
    public record ManagedClusters(ClusterAccess access, List<MachineProvider> providers) implements Scope {
        public ManagedClusters {
            providers = List.copyOf(providers);
        }
    }

    /**
     * The management cluster itself: its Nodes come from kubelets, no machine is made. The custom resources and the
     * namespace {@code capstan-system} have to be there.
     *
     * @param restartsRuntimes whether the runtimes of its nodes may be restarted, one at a time, where nothing else helps
     */
    public record ThisCluster(boolean restartsRuntimes) implements Scope {}

    /**
     * How long things last.
     *
     * @param lease how long a Lease is good that does not say so itself; the agent is silent after it
     * @param token lifetime of an agent's token; Kubernetes refuses less than 10 minutes
     * @param unusedSet how long a certificate set is kept after its last use, for a quick way back; it goes within
     *     twice that
     * @param event how long an Event is kept; Kubernetes' own default is 1 hour
     * @param firstRetry wait after the first failure, doubled with each one that follows
     * @param lastRetry the longest wait between two tries
     * @param eviction the longest wait before pods that were not let go are asked again
     * @param nextAttempt wait before a machine that could not be made is tried again
     * @param patience how long a machine that runs may take until its node is ready and has loaded its set
     * @param tombstone how long what ARM deleted stays, so that its operation can be asked for
     * @param proof how long a new machine that has loaded its set may take until its endpoints were tried
     * @param runtimeRestart how long a node may take to restart its runtime; twice that lies between two for the same set
     */
    public record Timing(
            Duration lease,
            Duration token,
            Duration unusedSet,
            Duration event,
            Duration firstRetry,
            Duration lastRetry,
            Duration eviction,
            Duration nextAttempt,
            Duration patience,
            Duration tombstone,
            Duration proof,
            Duration runtimeRestart) {

        /** The times that hold unless told otherwise. */
        public static final Timing STANDARD = new Timing(
                Duration.ofSeconds(40),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofMillis(50),
                Duration.ofMinutes(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofMinutes(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5));
    }
}
