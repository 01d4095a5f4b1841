package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /** The change of one step. */
    static PathChange change(Root root, Step step) throws IOException {
        String shown = PathText.shown(step.path());
        long bytes = step instanceof Step.Put put ? put.bytes().length : 0;
        if (step instanceof Step.Remove || step instanceof Step.Clear) {
            return new Removed(shown, step.why());
        }
        return Files.exists(root.entry(step.path()), LinkOption.NOFOLLOW_LINKS)
                ? new Replaced(shown, step.why(), bytes)
                : new Created(shown, step.why(), bytes);
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
