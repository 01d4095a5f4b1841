package dev.capstan.machines;

import dev.capstan.resources.NodeTrust;
import org.jspecify.annotations.Nullable;

/**
 * A machine as its provider sees it.
 *
 * @param name name of the machine and its node
 * @param cluster object name of its ManagedCluster
 * @param pool name of its pool
 * @param kind what it is made of
 * @param state what it does
 * @param facts what a kubelet would report of it; absent until it ran once
 */
public record Machine(
        String name,
        String cluster,
        String pool,
        Kind kind,
        State state,
        @Nullable Facts facts) {

    /** What a machine is made of, and with it how far its node can get. */
    public enum Kind {
        /** A system of its own, with a container runtime. */
        SYSTEM(NodeTrust.LOADED),
        /** Only a root of its own with a trust store, kept by an agent: there is no runtime that could load anything. */
        DIRECTORY(NodeTrust.WRITTEN);

        private final String level;

        Kind(String level) {
            this.level = level;
        }

        /** The level of trust that tells that the machine has taken up a certificate set. */
        public String level() {
            return level;
        }
    }

    /** What a machine does. */
    public enum State {
        /** Half-made; {@link MachineProvider#ensure} completes it. */
        MAKING,
        /** Booted, and its agent was started. */
        RUNNING,
        /** Made, and not running: stopped, or crashed. */
        STOPPED,
        /** Half-deleted; {@link MachineProvider#delete} completes it. */
        DELETING
    }

    /**
     * What a kubelet would report of the machine (Kubernetes: NodeSystemInfo).
     *
     * @param address its address, as far as it has one of its own
     * @param bootId changes with every boot
     * @param kernelVersion such as {@code 6.1.0}
     * @param osImage such as {@code Debian GNU/Linux 12 (bookworm)}
     * @param architecture such as {@code amd64}
     * @param containerRuntimeVersion such as {@code containerd://1.6.20}
     * @param cpus number of processors
     * @param memoryBytes memory in bytes
     */
    public record Facts(
            String address,
            String bootId,
            String kernelVersion,
            String osImage,
            String architecture,
            String containerRuntimeVersion,
            int cpus,
            long memoryBytes) {}
}
