package dev.capstan.truststore;

import dev.capstan.certificates.CertificateSet;
import java.nio.file.Path;
import java.util.List;

/** The trust store of one root. */
@SuppressWarnings("DoNotCallSuggester")
public final class TrustStore {

    private final Path root;

    private TrustStore(Path root) {
        this.root = root;
    }

    /**
     * The trust store of the operating system installed under this root.
     *
     * @throws UnsupportedRootException if it is not of the Debian family
     */
    public static TrustStore at(Path root) throws TrustStoreException {
        return new TrustStore(root);
    }

    /** Brings the store to exactly this set of ours. */
    public Applied apply(CertificateSet wanted) throws TrustStoreException {
        throw new UnsupportedOperationException("to come: " + root + wanted);
    }

    /** What the store holds of ours. */
    public Contents read() throws TrustStoreException {
        throw new UnsupportedOperationException("to come: " + root);
    }

    /** The last completed writes, oldest first; at most 64. */
    public List<CompletedWrite> history() throws TrustStoreException {
        throw new UnsupportedOperationException("to come: " + root);
    }
}
