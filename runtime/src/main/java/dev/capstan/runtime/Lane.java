package dev.capstan.runtime;

/** The way a change of the set reaches the runtime. */
public enum Lane {
    /** The runtime's own roots are the distribution's alone; our set lies in {@code certs.d/_default}, read at every pull. */
    ISOLATED("Isolated"),
    /**
     * The runtime's own roots are the trust store as it was at its first TLS handshake; our set lies in
     * {@code certs.d/_default} as well. Adding counts at the next pull, removing what it may have read after a restart.
     */
    ADDITIVE("Additive"),
    /** The runtime reads the trust store once, at its first TLS handshake: a change counts after a restart. */
    RESTART("Restart"),
    /** No runtime that Capstan knows was found. */
    NONE("None");

    private final String word;

    Lane(String word) {
        this.word = word;
    }

    /** The lane's name on the wire and in output, such as {@code Isolated}. */
    public String word() {
        return word;
    }
}
