package dev.capstan.cli.truststore;

/** What the commands on the trust store end with beside the exit codes of all commands. */
final class TrustStoreExit {

    /** {@code plan} would change something, {@code verify} found a disagreement. */
    static final int DIFFERENT = 3;

    private TrustStoreExit() {}
}
