package dev.capstan.endtoend.lanes;

import java.util.Map;

/** What containerd's environment says of its roots: the columns of the tables. */
enum Roots {
    /** Nothing: Go reads the system's bundle, and every file beside it. */
    STOCK("no environment", Map.of()),
    /** No roots at all. */
    NONE("/dev/null", Map.of("SSL_CERT_FILE", "/dev/null", "SSL_CERT_DIR", "/nonexistent")),
    /** Those of the distribution only: lane Isolated. */
    COPY("copy", Map.of("SSL_CERT_FILE", Node.DISTRIBUTION_COPY, "SSL_CERT_DIR", "/nonexistent")),
    /** The same with the second variable forgotten. */
    COPY_WITHOUT_DIR("copy, SSL_CERT_DIR unset", Map.of("SSL_CERT_FILE", Node.DISTRIBUTION_COPY)),
    /** A copy that was lost. */
    LOST("lost copy", Map.of("SSL_CERT_FILE", "/nope", "SSL_CERT_DIR", "/nope"));

    private final String words;
    private final Map<String, String> environment;

    Roots(String words, Map<String, String> environment) {
        this.words = words;
        this.environment = environment;
    }

    Map<String, String> environment() {
        return environment;
    }

    @Override
    public String toString() {
        return words;
    }
}
