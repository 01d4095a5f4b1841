package dev.capstan.controller;

import dev.capstan.machines.MachineProvider;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        return forManagedClusters(management, access, providers, AttachedLocations.NONE);
    }

    /** The same with clusters that are there. */
    public static ControllerConfig forManagedClusters(
            ClusterEndpoint management,
            ClusterAccess access,
            List<MachineProvider> providers,
            AttachedLocations locations) {
        return new ControllerConfig(management, new ManagedClusters(access, providers, locations), Timing.STANDARD);
    }

    /** A controller for the nodes of the cluster it is given, which has kubelets of its own. */
    public static ControllerConfig forThisCluster(ClusterEndpoint cluster, ThisCluster rules) {
        return new ControllerConfig(cluster, rules, Timing.STANDARD);
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
     * @param providers one per location whose machines are made
     * @param locations those whose nodes are there
     */
    public record ManagedClusters(ClusterAccess access, List<MachineProvider> providers, AttachedLocations locations)
            implements Scope {
        public ManagedClusters {
            providers = List.copyOf(providers);
        }
    }

    /**
     * The management cluster itself: its Nodes come from kubelets, no machine is made. The custom resources and the
     * namespace {@code capstan-system} have to be there.
     *
     * @param restartsRuntimes whether the runtimes of its nodes may be restarted, one at a time, where nothing else helps;
     *     where they may not, nodes that need it say {@code RuntimeStale} and wait
     * @param trustLabel the label of nodes that follow the Secret; counts where no AgentPool selects the node
     * @param trustPendingUntil level at which the taint {@link Names#TRUST_PENDING_TAINT} is lifted where its pool says nothing
     */
    public record ThisCluster(boolean restartsRuntimes, TrustLabel trustLabel, String trustPendingUntil)
            implements Scope {

        /** What holds unless told otherwise: AKS's label, restarts one at a time, the taint until {@code Loaded}. */
        public static final ThisCluster STANDARD = new ThisCluster(true, TrustLabel.AKS, NodeTrust.LOADED);

        /** The same where no runtime may be restarted. */
        public ThisCluster withoutRestarts() {
            return new ThisCluster(false, trustLabel, trustPendingUntil);
        }
    }

    /** A node label with the value that means yes; every other value means no. */
    public record TrustLabel(String key, String value) {

        /** The one that AKS sets. */
        public static final TrustLabel AKS = new TrustLabel(Names.TRUST_ENABLED_LABEL, Names.ENABLED);

        boolean isOn(@Nullable Map<String, String> labels) {
            return labels != null && value.equals(labels.get(key));
        }
    }

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
