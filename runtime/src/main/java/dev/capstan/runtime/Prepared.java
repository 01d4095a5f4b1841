package dev.capstan.runtime;

import java.nio.file.Path;
import java.util.Map;

/**
 * What {@link IsolatedLane#prepare} made ready.
 *
 * @param environment what containerd must be started with, beside what it needs anyway
 * @param environmentFile the same as {@code NAME=value} lines, in the root, for a supervisor to source
 * @param containerdVersion the containerd found in the root, such as {@code 1.6.20}
 */
public record Prepared(Map<String, String> environment, Path environmentFile, String containerdVersion) {

    public Prepared {
        environment = Map.copyOf(environment);
    }
}
