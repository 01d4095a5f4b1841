package dev.capstan.agent;

import java.io.IOException;
import java.io.StringReader;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;

/**
 * What is remembered of the runtime's restarts, on the node's disk.
 *
 * @param count how many were begun
 * @param last when the last one was begun
 * @param cause why it was; empty once that is over
 * @param process the process that it was to replace
 * @param failures how often it failed for this cause
 * @param words why it failed last
 */
record RestartRecord(int count, Instant last, String cause, String process, int failures, String words) {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final RestartRecord NONE = new RestartRecord(0, Instant.EPOCH, "", "", 0, "");

    /** What the file holds. One that cannot be read is said aloud; then as if nothing had been restarted yet. */
    static RestartRecord read(Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
            return new RestartRecord(
                    Integer.parseInt(lines.getProperty("count", "")),
                    Instant.parse(lines.getProperty("last", "")),
                    lines.getProperty("cause", ""),
                    lines.getProperty("process", ""),
                    Integer.parseInt(lines.getProperty("failures", "")),
                    lines.getProperty("words", ""));
        } catch (NoSuchFileException none) {
            return NONE;
        } catch (IOException | DateTimeException | IllegalArgumentException broken) {
            LOG.log(Level.WARNING, file + " cannot be read, so no restart of the runtime is remembered: " + broken);
            return NONE;
        }
    }

    RestartRecord begun(String why, String replaced, String now) {
        return new RestartRecord(count + 1, Instant.parse(now), why, replaced, why.equals(cause) ? failures : 0, "");
    }

    RestartRecord failed(String why) {
        return new RestartRecord(count, last, cause, process, failures + 1, why);
    }

    RestartRecord over() {
        return new RestartRecord(count, last, "", "", 0, "");
    }

    String text() {
        return "count=" + count + "\nlast=" + last + "\ncause=" + cause + "\nprocess=" + process + "\nfailures="
                + failures + "\nwords=" + oneLine(words) + "\n";
    }

    /** As {@link Properties} reads it back. */
    private static String oneLine(String text) {
        return text.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n");
    }
}
