package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.disk.DurableFile;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.io.StringReader;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How often somebody else changed what the agent keeps on the node, and the agent put it right; kept on the node's disk.
 *
 * <p>Each time is counted at once and told at most once a minute: a program that fights for the store every second costs the
 * API no write every second. What was not told yet is told with whatever else is, or when its minute is over.
 */
final class Drift {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");
    private static final long TELL_NANOS = 60 * 1_000_000_000L;

    private final Path file;
    private final InstantSource clock;
    private final Complaints complaints = new Complaints();
    private NodeTrust.@Nullable Drift counted;
    private NodeTrust.@Nullable Drift told;
    private @Nullable String held;
    private NodeTrust.@Nullable Lane lane;
    private long tellAt = System.nanoTime();

    Drift(Path folder, InstantSource clock) {
        this.file = folder.resolve("drift");
        this.clock = clock;
        this.counted = read(file);
        this.told = counted;
    }

    /**
     * The node was brought to the set of this fingerprint. What had to be written although the node held the set before has
     * been changed by somebody else, whatever failed since; but for what another lane needs.
     *
     * @return whether that is so; then it is counted
     */
    boolean found(Measured measured, String wanted) {
        if (measured.store() != null) {
            return false;
        }
        NodeTrust.Lane now = measured.reach().lane();
        boolean healed = measured.changed()
                && wanted.equals(held)
                && (now == null || lane == null || now.name().equals(lane.name()));
        held = wanted;
        lane = now == null ? lane : now;
        if (healed) {
            healed(measured.changes());
        }
        return healed;
    }

    /** Somebody else had changed this, and it was put right. */
    void healed(String what) {
        NodeTrust.Drift before = counted;
        counted = new NodeTrust.Drift(
                before == null ? 1 : before.healed() + 1,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                what);
        try {
            DurableFile.replace(file, text(counted).getBytes(StandardCharsets.UTF_8), "rw-r--r--");
            complaints.over("what was healed is recorded again");
        } catch (IOException failed) {
            complaints.say(
                    Level.WARNING,
                    "that drift was healed could not be recorded in " + file + " and is forgotten at the agent's end: "
                            + failed);
        }
    }

    /** Whether there is something to tell whose time has come. */
    boolean isDue() {
        return !Objects.equals(counted, told) && System.nanoTime() - tellAt >= 0;
    }

    /** What to tell now; absent where nothing ever was healed. */
    NodeTrust.@Nullable Drift telling() {
        if (isDue()) {
            told = counted;
            tellAt = System.nanoTime() + TELL_NANOS;
        }
        return told;
    }

    private static NodeTrust.@Nullable Drift read(Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
            return new NodeTrust.Drift(
                    Long.parseLong(lines.getProperty("healed", "")),
                    Instant.parse(lines.getProperty("last", "")).toString(),
                    lines.getProperty("what", ""));
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException | DateTimeException | IllegalArgumentException broken) {
            LOG.log(Level.WARNING, file + " cannot be read, so what was healed is counted anew: " + broken);
            return null;
        }
    }

    private static String text(NodeTrust.Drift drift) {
        return "healed=" + drift.healed() + "\nlast=" + drift.last() + "\nwhat=" + drift.what() + "\n";
    }
}
