package dev.capstan.runtime;

import java.util.Optional;

/**
 * A registry host directory that is not ours: {@code certs.d/REGISTRY}, which containerd reads for that registry in place of
 * {@code _default}.
 *
 * @param registry its name, as {@link ContainerRuntime#vouching} takes it, such as {@code registry.corp:443} or
 *     {@code docker.io}
 * @param path where it lies in the node's root
 * @param hides why the registry's pulls do not read our set, with the line to add; empty where they do
 * @param joinable whether {@link ContainerRuntime#join} would mend that without a change to any file that is there
 */
public record HostDirectory(String registry, String path, Optional<String> hides, boolean joinable) {}
