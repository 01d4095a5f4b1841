package dev.capstan.runtime;

import java.nio.file.Path;

/** Lane Isolated on a machine that Capstan makes. */
@SuppressWarnings("DoNotCallSuggester")
public final class IsolatedLane {

    private IsolatedLane() {}

    /** Prepares a machine's root at its birth. May be called again. */
    public static Prepared prepare(Path root) throws ContainerRuntimeException {
        throw new UnsupportedOperationException("to come: " + root);
    }
}
