package dev.capstan.runtime;

import java.util.List;

/**
 * A shim of containerd's with the containers it holds: those of one pod, or one alone.
 *
 * @param name namespace and id, such as {@code k8s.io/ID}; of a pod, its sandbox's
 * @param process the shim itself
 * @param containers the first process of each container it holds; none where they cannot be told from what was put beside
 *     them, as in a pod that uses the host's process namespace or a virtual machine
 */
public record Shim(String name, Started process, List<Started> containers) {

    /**
     * A process that runs.
     *
     * @param pid its process id
     * @param bootNanos when it started, CLOCK_BOOTTIME, cut to centiseconds
     */
    public record Started(long pid, long bootNanos) {

        static Started of(Processes.Seen seen) {
            return new Started(seen.pid(), seen.startedBootNanos());
        }
    }

    public Shim {
        containers = List.copyOf(containers);
    }

    /** How many containers it stands for. */
    public int size() {
        return Math.max(1, containers.size());
    }

    @Override
    public String toString() {
        return name + " (shim " + process.pid() + ")";
    }
}
