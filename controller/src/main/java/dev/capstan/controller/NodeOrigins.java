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

    /** The machine behind a node, as last seen. */
    Optional<Made> of(String cluster, String node);

    /** Whether a pool has recorded a machine of this name, read now. */
    boolean isRecorded(String cluster, String node);

    /** Every node comes from a kubelet. */
    record Kubelets() implements NodeOrigins {
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
