package dev.capstan.agent.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster this node belongs to: the UID of its namespace {@code kube-system}, which Kubernetes gives once in a
 * cluster's life. The first one met is kept on disk, and from then on no other is believed.
 */
public final class ClusterPin {

    private static final int MAX_LENGTH = 128;

    private final Path file;
    private @Nullable String pinned;

    /** The pin kept in this file. */
    public ClusterPin(Path file) {
        this.file = file;
    }

    /** Whether a cluster with this UID is the one this node belongs to, and what is the matter where it is not. */
    public sealed interface Verdict {
        /** It is. */
        record Same() implements Verdict {}

        /** It is not, or that cannot be told. */
        record Refused(String words) implements Verdict {}
    }

    /**
     * Compares the UID with the pinned one; pins it where none was met before.
     *
     * @throws IOException if the pin cannot be read or written
     */
    public synchronized Verdict compare(String uid) throws IOException {
        if (!isUid(uid)) {
            return new Verdict.Refused("the API server does not tell a UID of namespace kube-system");
        }
        String known = pinned == null ? read() : pinned;
        if (known == null) {
            DurableFile.replace(file, (uid + "\n").getBytes(StandardCharsets.US_ASCII), "rw-r--r--");
            known = uid;
        }
        if (!isUid(known)) {
            return new Verdict.Refused(
                    "the file " + file + " is damaged, so it cannot be told whether this is the node's "
                            + "cluster. If UID " + uid + " is the right one, write it there, or delete the file");
        }
        pinned = known;
        return known.equals(uid)
                ? new Verdict.Same()
                : new Verdict.Refused("the API server answers for another cluster: namespace kube-system has UID " + uid
                        + ", this node belongs to " + known + ". Nothing it says is acted on. If the node was given to "
                        + "another cluster on purpose, delete " + file + " and restart the agent");
    }

    private @Nullable String read() throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).trim();
        } catch (NoSuchFileException firstContact) {
            return null;
        }
    }

    private static boolean isUid(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.chars()
                        .allMatch(letter -> letter == '-'
                                || (letter >= '0' && letter <= '9')
                                || (letter >= 'a' && letter <= 'z')
                                || (letter >= 'A' && letter <= 'Z'));
    }
}
