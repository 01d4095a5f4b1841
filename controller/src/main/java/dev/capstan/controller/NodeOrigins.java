package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where nodes come from: a pool that recorded a machine of that name, or a kubelet that Capstan knows nothing of. */
sealed interface NodeOrigins {

    /**
     * A node that is a machine of ours.
     *
     * @param pool its pool's spec
     * @param record what its pool recorded
     * @param machine what its provider last reported, or null if there is none
     * @param updating whether a model update of its pool is under way
     */
    record Made(
            AgentPool.Spec pool,
            MachineRecord record,
            @Nullable Machine machine,
            boolean updating) {}

    /**
     * The pool of a node.
     *
     * @param name tells it from every other of its cluster
     * @param nodes how many nodes it has
     * @param updating whether its machines are being replaced, or this one comes or goes
     */
    record PoolOf(String name, AgentPool.Spec spec, int nodes, boolean updating) {}

    /** The pool of a node, as last seen; empty where it is of none. */
    Optional<PoolOf> poolOf(String cluster, String node);

    /** The machine behind a node, as last seen. */
    Optional<Made> of(String cluster, String node);

    /** Whether a pool has recorded a machine of this name, read now. */
    boolean isRecorded(String cluster, String node);

    /** Every node comes from a kubelet; pools select them. */
    record Kubelets(NodePools pools) implements NodeOrigins {
        @Override
        public Optional<PoolOf> poolOf(String cluster, String node) {
            Optional<AgentPoolObject> pool = pools.of(node);
            pools.sawNode(node, pool.map(of -> of.getMetadata().getName()).orElse(null));
            return pool.map(of -> new PoolOf(
                    of.getMetadata().getName(),
                    of.getSpec(),
                    of.getStatus() == null || of.getStatus().nodes() == null
                            ? 1
                            : of.getStatus().nodes().selected(),
                    false));
        }

        @Override
        public Optional<Made> of(String cluster, String node) {
            return Optional.empty();
        }

        @Override
        public boolean isRecorded(String cluster, String node) {
            return false;
        }
    }

    /** Nodes come from machines of pools. */
    record Pools(Management management, Machines machines) implements NodeOrigins {
        @Override
        public Optional<PoolOf> poolOf(String cluster, String node) {
            return of(cluster, node)
                    .map(made -> new PoolOf(
                            made.pool().name(),
                            made.pool(),
                            made.pool().count(),
                            made.updating() || !made.record().phase().equals(AgentPool.RUNNING)));
        }

        @Override
        public Optional<Made> of(String cluster, String node) {
            return management
                    .poolOf(cluster, node)
                    .map(pool -> new Made(
                            pool.getSpec(),
                            Management.machines(pool).stream()
                                    .filter(machine -> machine.name().equals(node))
                                    .findFirst()
                                    .orElseThrow(),
                            machines.machine(pool.getSpec().location(), node),
                            isUpdating(pool)));
        }

        private static boolean isUpdating(AgentPoolObject pool) {
            AgentPool.Status status = pool.getStatus();
            return status != null
                    && status.modelUpdate() != null
                    && status.modelUpdate().ended() == null;
        }

        @Override
        public boolean isRecorded(String cluster, String node) {
            return management
                    .readPoolOf(cluster, node)
                    .map(pool -> Management.machines(pool).stream()
                            .anyMatch(machine -> machine.name().equals(node)
                                    && !machine.phase().equals(AgentPool.DELETING)))
                    .orElse(false);
        }
    }
}
