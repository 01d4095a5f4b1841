package dev.capstan.runtime;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which runtime Capstan restarts by itself: a containerd in a unit of its own. */
final class Restartable {

    private Restartable() {}

    /**
     * The process, if it is one.
     *
     * @throws ContainerRuntimeException if it is none; the message says why and what to do
     */
    static RuntimeProcess of(@Nullable RuntimeProcess process, Processes processes) throws ContainerRuntimeException {
        if (process == null) {
            throw new ContainerRuntimeException(
                    "no containerd runs, so there is nothing to restart; see why with: systemctl status containerd");
        }
        if (process.kind() != RuntimeKind.CONTAINERD) {
            throw new ContainerRuntimeException(
                    "this node's runtime is " + process.kind().word()
                            + ", whose restart is unverified: drain the node and run systemctl restart "
                            + process.kind().unit());
        }
        Optional<String> unit = processes.unit(process.pid());
        if (unit.isPresent() && !unit.get().equals("containerd.service")) {
            throw new ContainerRuntimeException(
                    process + ", is part of " + unit.get() + ", which Capstan does not restart: a kubelet may be in it."
                            + " Drain the node and restart that service");
        }
        return process;
    }
}
