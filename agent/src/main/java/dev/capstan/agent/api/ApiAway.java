package dev.capstan.agent.api;

import dev.capstan.agent.disk.DurableFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Says on the node's own disk that the API is away, since an agent cannot write it to that API: a file that is there only
 * while it is, with the lines {@code since=} (RFC 3339) and {@code words=}. Whoever looks after the node reads it with
 * {@code cat}; nothing depends on it. For one thread.
 */
public final class ApiAway {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    private final Path file;
    private final InstantSource clock;
    private String since = "";
    private String said = "";
    private boolean there;

    /** The note in this file. */
    public ApiAway(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** The API is away; why, in words. */
    void away(String words) {
        if (since.isEmpty()) {
            since = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        }
        there = false;
        if (words.equals(said)) {
            return;
        }
        try {
            DurableFile.replace(
                    file,
                    ("since=" + since + "\nwords=" + Answer.printable(words) + "\n").getBytes(StandardCharsets.UTF_8),
                    "rw-r--r--");
            said = words;
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "that the API is away could not be noted: " + failed);
        }
    }

    /** The API answers. */
    void there() {
        if (there) {
            return;
        }
        try {
            Files.deleteIfExists(file);
            there = true;
            since = "";
            said = "";
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "the note that the API is away could not be deleted: " + failed);
        }
    }
}
