package dev.capstan.resources;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code AgentPool}: the nodes of one pool. With an owner it is derived from its ManagedCluster; one without is the
 * user's.
 */
public final class AgentPool {

    public static final String KIND = "AgentPool";
    public static final String PLURAL = "agentpools";

    /** Phase of a machine that is recorded, and perhaps half there. */
    public static final String MAKING = "Making";

    /** Phase of a machine that was made. */
    public static final String RUNNING = "Running";

    /** Phase of a machine that shall go, and whose pods are being evicted. */
    public static final String DRAINING = "Draining";

    /** Phase of a machine that shall go, and is perhaps half gone. */
    public static final String DELETING = "Deleting";

    /** Phase of a machine whose pods did not go in time: it stays cordoned and is left to the user. */
    public static final String QUARANTINED = "Quarantined";

    /** It is another pool's turn: pools are updated one after the other. */
    public static final String HOLD_TURN = "Turn";

    /** The operation was aborted: nothing new begins, what was begun and can be undone is undone. */
    public static final String HOLD_ABORT = "Abort";

    private AgentPool() {}

    /**
     * How many nodes of which kind.
     *
     * @param cluster object name of its ManagedCluster; empty: the cluster that the AgentPool itself is in
     * @param name the pool's name; empty: that of the AgentPool
     * @param location where its machines are; empty where it selects nodes that are there
     * @param count how many machines it shall have
     * @param enableCustomCATrust whether its nodes follow the Secret
     * @param certificateSet fingerprint of the list's set, the pool's model: new machines are born with it; absent where there is no list
     * @param upgradeSettings how far a model update may go at once
     * @param hold why nothing new begins: {@code Turn}, it is another pool's turn; {@code Abort}, the operation was aborted; absent where nothing holds it
     * @param clusterGeneration generation of the ManagedCluster that this was derived from; a newer one takes up again what failed; absent where it is the user's own
     * @param trustRules what cluster and pool ask for beside certificates; absent where they ask for nothing
     * @param stopped whether it shall have no machines, whatever its count
     * @param nodeImageUpgrade what asked last for machines made anew from the location's image, part of the pool's model; absent where nothing did
     * @param nodeSelector labels that every node of the pool has, all of them; empty: every node; absent where the pool's nodes are machines that Capstan makes
     */
    public record Spec(
            String cluster,
            String name,
            String location,
            int count,
            boolean enableCustomCATrust,
            @Nullable String certificateSet,
            @Nullable UpgradeSettings upgradeSettings,
            @Nullable String hold,
            @Nullable Long clusterGeneration,
            @Nullable TrustRules trustRules,
            boolean stopped,
            @Nullable String nodeImageUpgrade,
            @Nullable Map<String, String> nodeSelector) {

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Spec {
            cluster = cluster == null ? "" : cluster;
            name = name == null ? "" : name;
            location = location == null ? "" : location;
            nodeSelector = nodeSelector == null ? null : Map.copyOf(nodeSelector);
        }
    }

    /**
     * What cluster and pool ask for beside certificates, in ARM by their tags. Changing it replaces no machine.
     *
     * @param probes endpoints that the pool's nodes prove their trust with
     * @param removalGuard whether a change of the Secret that takes a CA from under a proven endpoint is held back
     * @param runtimeRestart {@code Never} where no node's runtime may be restarted; absent where one at a time may
     * @param givenUp endpoints that were known to break when the list was asked for: they stop no model update
     * @param trustPendingUntil level at which the startup taint of its nodes is lifted; absent: the controller's configuration says it
     */
    public record TrustRules(
            List<String> probes,
            boolean removalGuard,
            @Nullable String runtimeRestart,
            List<String> givenUp,
            @Nullable String trustPendingUntil) {

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public TrustRules {
            probes = probes == null ? List.of() : List.copyOf(probes);
            givenUp = givenUp == null ? List.of() : List.copyOf(givenUp);
        }

        /** Rules without a level of their own for the startup taint. */
        public TrustRules(
                List<String> probes, boolean removalGuard, @Nullable String runtimeRestart, List<String> givenUp) {
            this(probes, removalGuard, runtimeRestart, givenUp, null);
        }
    }

    /** No node's runtime may be restarted. */
    public static final String RESTART_NEVER = "Never";

    /**
     * What there is.
     *
     * @param observedGeneration generation of the spec that this status answers
     * @param machines every machine the pool has or is about to have; written before a machine is made
     * @param conditions {@code Ready}: every machine is there, its node is ready and of the pool's model; {@code Provisioned}: how the way to the spec stands, and once it ended, how it ended
     * @param modelUpdate the model update that runs or ran last
     * @param latestNodeImage version of the image that a machine would be made from now; absent where the location does not say
     * @param nodes the nodes that it selects; absent where it selects none but makes machines
     */
    public record Status(
            long observedGeneration,
            List<MachineRecord> machines,
            List<Condition> conditions,
            @Nullable ModelUpdate modelUpdate,
            @Nullable String latestNodeImage,
            @Nullable NodeCount nodes) {

        /** The status of a pool of machines. */
        public Status(
                long observedGeneration,
                List<MachineRecord> machines,
                List<Condition> conditions,
                @Nullable ModelUpdate modelUpdate,
                @Nullable String latestNodeImage) {
            this(observedGeneration, machines, conditions, modelUpdate, latestNodeImage, null);
        }
    }

    /**
     * How many nodes a pool selects, and how many of them are at which level; each is counted at its highest.
     *
     * @param selected how many nodes have the labels and are of no pool that comes before this one
     * @param pending how many have not reached {@code Written}, or have not answered what they shall trust now
     * @param written how many are at {@code Written}
     * @param loaded how many are at {@code Loaded}
     * @param proven how many are at {@code Proven}
     * @param unsupported how many Capstan cannot serve: Windows, or a system that its agent does not know
     */
    public record NodeCount(int selected, int pending, int written, int loaded, int proven, int unsupported) {}

    /**
     * One machine of the pool.
     *
     * @param name name of the machine and of its node
     * @param phase {@code Making}, {@code Running}, {@code Draining}, {@code Deleting}, {@code Quarantined}
     * @param certificateSet fingerprint of the set it was born with; absent where there was no list
     * @param since when the phase began, RFC 3339
     * @param nodeImage version of the image that it was to be made from; absent where the location does not say
     * @param nodeImageUpgrade the pool's when the machine was recorded
     */
    public record MachineRecord(
            String name,
            String phase,
            @Nullable String certificateSet,
            @Nullable String since,
            @Nullable String nodeImage,
            @Nullable String nodeImageUpgrade) {

        /** A machine of a location that does not say what it makes machines from. */
        public MachineRecord(String name, String phase, @Nullable String certificateSet, @Nullable String since) {
            this(name, phase, certificateSet, since, null, null);
        }

        /** Whether it is of that model. */
        public boolean isOf(@Nullable String set, @Nullable String upgrade) {
            return Objects.equals(certificateSet, set) && Objects.equals(nodeImageUpgrade, upgrade);
        }

        /** The same machine in another phase. */
        public MachineRecord in(String next, String now) {
            return new MachineRecord(name, next, certificateSet, now, nodeImage, nodeImageUpgrade);
        }
    }

    /**
     * How far a model update is.
     *
     * @param started RFC 3339
     * @param ended RFC 3339; absent while it runs
     * @param machines how many machines it has to replace
     * @param made how many new machines it has made
     * @param loaded how many new machines have reached level {@code Loaded}
     * @param drained how many old machines hold no pod any more
     * @param deleted how many old machines are gone
     */
    public record ModelUpdate(
            String started, @Nullable String ended, int machines, int made, int loaded, int drained, int deleted) {}
}
