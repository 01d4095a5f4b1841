package dev.capstan.runtime;

import dev.capstan.certificates.CertificateSet;
import java.nio.file.Path;
import java.util.List;

/** The container runtime of one node. */
@SuppressWarnings("DoNotCallSuggester")
public final class ContainerRuntime {

    private final Path root;
    private final Path proc;

    private ContainerRuntime(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
    }

    /** The runtime that runs in this root, looked up in this proc file system. */
    public static ContainerRuntime at(Path root, Path proc) {
        return new ContainerRuntime(root, proc);
    }

    /** The lane of this node, looked up now. */
    public LaneChoice lane() throws ContainerRuntimeException {
        throw new UnsupportedOperationException("to come: " + root + proc);
    }

    /**
     * Shows the runtime this set by lane Isolated; not to be called in another lane.
     *
     * @return whether anything was written; false if the set was shown already
     */
    public boolean show(CertificateSet set) throws ContainerRuntimeException {
        throw new UnsupportedOperationException("to come: " + set);
    }

    /** Which set the running process provably reads. */
    public Loaded loaded(List<StoreWrite> history) throws ContainerRuntimeException {
        throw new UnsupportedOperationException("to come: " + history);
    }
}
