package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What {@link TrustStore#apply} would do now.
 *
 * @param added what of ours would come into some output, sorted
 * @param removed what of ours would go, sorted
 * @param distrusted what would go because it is distrusted, sorted
 * @param changes what would be done to which path, in the order of the transaction
 * @param remarks what of others in the store is odd, a sentence each
 */
public record Plan(
        List<Certificate> added,
        List<Identity> removed,
        List<Identity> distrusted,
        List<PathChange> changes,
        List<String> remarks) {

    public Plan {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        distrusted = List.copyOf(distrusted);
        changes = List.copyOf(changes);
        remarks = List.copyOf(remarks);
    }

    /** Whether nothing would be written. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** A change of one path, as seen inside the root. */
    public sealed interface PathChange {

        String path();

        /** Why, in words. */
        String why();
    }

    /** A file or link that is not there comes; {@code bytes} is its size, 0 for a link. */
    public record Created(String path, String why, long bytes) implements PathChange {}

    /** A file or link gives way to another; {@code bytes} is the size of the new one, 0 for a link. */
    public record Replaced(String path, String why, long bytes) implements PathChange {}

    /** A file or link goes. */
    public record Removed(String path, String why) implements PathChange {}
}
