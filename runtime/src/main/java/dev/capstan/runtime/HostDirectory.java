package dev.capstan.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A registry host directory that is not ours: {@code certs.d/REGISTRY}, which containerd reads for that registry in place of
 * {@code _default}.
 *
 * @param registry its name, such as {@code registry.corp:443} or {@code docker.io}
 * @param path where it lies in the node's root
 * @param hides why the registry's pulls do not read our set, with the line to add; empty where they do
 * @param joinable whether {@link ContainerRuntime#join} would mend that without a change to any file that is there
 * @param unshown the servers whose pulls do not read our set, in the order in which they are asked: where each verifies
 *     without it, {@link ContainerRuntime#vouching} may be called. Empty where a proof of them proves nothing, because files
 *     of the directory fail its pulls
 */
public record HostDirectory(
        String registry, String path, Optional<String> hides, boolean joinable, List<Server> unshown) {

    public HostDirectory {
        unshown = List.copyOf(unshown);
    }

    /**
     * A server that is verified without our set.
     *
     * @param address host, and port where one is written
     * @param ca files of the certificates that it is verified with beside the runtime's roots, as paths of this process
     */
    public record Server(String address, List<Path> ca) {

        public Server {
            ca = List.copyOf(ca);
        }
    }
}
