package dev.capstan.truststore;

import java.util.List;
import java.util.Optional;

/**
 * How a family of distributions lays out its trust store.
 *
 * @param name the distributions, for people to read
 * @param verified whether Capstan's outputs were compared with those of the family's own tool, run by us
 * @param tool the family's own command
 * @param anchors the folder of the certificates that an administrator adds
 * @param outputs what clients read
 * @param hookFolder whose programs the tool runs at its end; empty where it runs none
 */
public record Family(
        String name, boolean verified, String tool, String anchors, List<Output> outputs, Optional<String> hookFolder) {

    public Family {
        outputs = List.copyOf(outputs);
    }

    /**
     * A file or folder that clients read.
     *
     * @param path as seen inside the root
     * @param kind what it is
     * @param readers who reads it
     */
    public record Output(String path, Kind kind, String readers) {}

    /** What an output is. */
    public enum Kind {
        BUNDLE("PEM bundle"),
        LINKS("folder with OpenSSL's hash links"),
        JAVA("Java keystore"),
        OPENSSL_TRUST("OpenSSL trust bundle"),
        EDK2("EDK2 signature list");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind, in words for people. */
        public String words() {
            return words;
        }
    }
}
