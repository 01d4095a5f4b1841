package dev.capstan.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of containerd's configuration and when, by the clock of the boot, which nobody sets: a text file of lines.
 *
 * <pre>
 *   seen BOOT NANOSECONDS          since when the files are known to be as they are
 *   file SHA256 PATH               … each of them
 *   started BOOT NANOSECONDS PID   the containerd that was last looked at
 *   with SHA256 PATH               … each of the files it was started with; SHA256 is - where it is not known
 * </pre>
 *
 * A file that is damaged counts as none: it only spares a doubt.
 *
 * @param seen when these files were first seen as they are; absent if never
 * @param files their SHA-256 by path
 * @param process the containerd that was last looked at; absent if none was
 * @param startedWith the files it was started with
 */
record ConfigurationRecord(
        @Nullable Moment seen,
        SortedMap<String, String> files,
        @Nullable Start process,
        SortedMap<String, String> startedWith) {

    /** Stands for content that is not known, and is the SHA-256 of nothing. */
    static final String UNKNOWN = "-";

    private static final ConfigurationRecord NONE =
            new ConfigurationRecord(null, new TreeMap<>(), null, new TreeMap<>());

    /** A moment of a boot, CLOCK_BOOTTIME, cut to centiseconds. */
    record Moment(String bootId, long nanos) {}

    /** A process, by the boot and moment in which it started, and its number. */
    record Start(String bootId, long nanos, long pid) {

        /** Whether what was seen at that moment was there before it started. */
        boolean isAfter(Moment moment) {
            // Another boot than that of a process that runs is an earlier one.
            return !moment.bootId.equals(bootId) || moment.nanos < nanos;
        }
    }

    /** The record of this root; an empty one where there is none. */
    static ConfigurationRecord read(Path root) throws IOException {
        try {
            return parse(Files.readString(
                    RuntimeLayout.in(root, RuntimeLayout.CONFIGURATION_RECORD), StandardCharsets.UTF_8));
        } catch (NoSuchFileException never) {
            return NONE;
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            return NONE;
        }
    }

    private static ConfigurationRecord parse(String text) {
        Moment seen = null;
        Start process = null;
        SortedMap<String, String> files = new TreeMap<>();
        SortedMap<String, String> startedWith = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "seen" -> seen = new Moment(words[1], Long.parseLong(words[2]));
                case "file" -> files.put(words[2], words[1]);
                case "with" -> startedWith.put(words[2], words[1]);
                case "started" -> {
                    String[] numbers = words[2].split(" ", 2);
                    process = new Start(words[1], Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
                }
                default -> {}
            }
        }
        return new ConfigurationRecord(seen, files, process, startedWith);
    }

    void write(Path root) throws IOException {
        StringBuilder text = new StringBuilder();
        if (seen != null) {
            text.append("seen " + seen.bootId + " " + seen.nanos + "\n");
        }
        files.forEach((path, sha) -> text.append("file " + sha + " " + path + "\n"));
        if (process != null) {
            text.append("started " + process.bootId + " " + process.nanos + " " + process.pid + "\n");
        }
        startedWith.forEach((path, sha) -> text.append("with " + sha + " " + path + "\n"));
        Path there = RuntimeLayout.forWriting(root, RuntimeLayout.CONFIGURATION_RECORD);
        Files.createDirectories(there.resolveSibling(""));
        Replacement.write(there, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The first file that is not in both as it is in the other. */
    static Optional<String> different(SortedMap<String, String> before, SortedMap<String, String> now) {
        TreeMap<String, String> all = new TreeMap<>(before);
        all.putAll(now);
        return all.keySet().stream()
                .filter(path -> !now.getOrDefault(path, "").equals(before.getOrDefault(path, "")))
                .findFirst();
    }
}
