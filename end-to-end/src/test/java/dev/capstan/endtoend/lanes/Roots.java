package dev.capstan.endtoend.lanes;

import java.util.LinkedHashMap;
import java.util.Map;

/** What containerd's environment says of its roots: the columns of the tables. */
enum Roots {
    /** Nothing: Go reads the system's bundle, and every file beside it. */
    STOCK("no environment", "", ""),
    /** No roots at all. */
    NONE("/dev/null", "/dev/null", "/nonexistent"),
    /** Those of the distribution only: lane Isolated. */
    COPY("copy", Node.DISTRIBUTION_COPY, "/nonexistent"),
    /** The same with the second variable forgotten. */
    COPY_WITHOUT_DIR("copy, SSL_CERT_DIR unset", Node.DISTRIBUTION_COPY, ""),
    /** A copy that was lost. */
    LOST("lost copy", "/nope", "/nope");

    private final String words;
    private final String file;
    private final String directory;

    Roots(String words, String file, String directory) {
        this.words = words;
        this.file = file;
        this.directory = directory;
    }

    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        if (!file.isEmpty()) {
            environment.put("SSL_CERT_FILE", file);
        }
        if (!directory.isEmpty()) {
            environment.put("SSL_CERT_DIR", directory);
        }
        return environment;
    }

    @Override
    public String toString() {
        return words;
    }
}
