package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Every certificate of a trust store.
 *
 * @param items sorted by identity
 */
public record Inventory(List<Item> items) {

    public Inventory {
        items = List.copyOf(items);
    }

    /**
     * A certificate.
     *
     * @param subject as an RFC 2253 name, for people to read; says so where the certificate cannot be read
     * @param notAfter when it expires; empty where the certificate cannot be read
     * @param owners who put it there; at least one
     * @param outputs the paths of the outputs that hold it, as seen inside the root; none where it is only an anchor
     */
    public record Item(
            Identity identity, String subject, Optional<Instant> notAfter, List<Owner> owners, List<String> outputs) {

        public Item {
            owners = List.copyOf(owners);
            outputs = List.copyOf(outputs);
        }
    }

    /** Who put a certificate into the store. */
    public sealed interface Owner {

        /** The distribution; {@code path} is its own file, or the output it is known from. */
        record Distribution(String path) implements Owner {}

        /** An administrator, who put this anchor beside ours. */
        record Administrator(String path) implements Owner {}

        /** Capstan. */
        record Capstan() implements Owner {}

        /** Nobody known: it lies in an output and no anchor explains it. */
        record Unknown() implements Owner {}
    }
}
