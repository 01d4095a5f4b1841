package dev.capstan.runtime.prepare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The containers that run under a containerd, told by what its shims leave in the state folder: {@code
 * io.containerd.runtime.v2.task/NAMESPACE/ID/init.pid} (containerd-shim-runc-v2, every version from 1.3 on).
 */
final class Containers {

    private static final String TASKS = "io.containerd.runtime.v2.task";

    /**
     * A running container.
     *
     * @param pid of its first process
     * @param started when that started, in clock ticks since boot (field 22 of proc(5) {@code /proc/PID/stat})
     * @param name namespace and id
     */
    record Container(long pid, long started, String name) {

        @Override
        public String toString() {
            return name + " (process " + pid + ")";
        }
    }

    private final Path proc;

    Containers(Path proc) {
        this.proc = proc;
    }

    /** Those that run now, in the order of their names. */
    List<Container> running(Path stateFolder) throws IOException {
        List<Container> running = new ArrayList<>();
        Path tasks = stateFolder.resolve(TASKS);
        if (Files.isDirectory(tasks)) {
            for (Path namespace : folder(tasks)) {
                for (Path task : folder(namespace)) {
                    read(task.resolve("init.pid"))
                            .ifPresent(pid -> started(pid)
                                    .ifPresent(started -> running.add(new Container(
                                            pid, started, namespace.getFileName() + "/" + task.getFileName()))));
                }
            }
        }
        return running;
    }

    /** Those that no longer run: their process is gone, or another one has its number. */
    List<Container> gone(List<Container> before) {
        return before.stream()
                .filter(container -> started(container.pid())
                        .filter(now -> now == container.started())
                        .isEmpty())
                .toList();
    }

    private Optional<Long> started(long pid) {
        try {
            String stat =
                    Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
            // Field 2 may hold anything, spaces and parentheses too: count from its last parenthesis.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") ? Optional.empty() : Optional.of(Long.parseLong(fields[19]));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException ended) {
            return Optional.empty();
        }
    }

    private static Optional<Long> read(Path file) {
        try {
            return Optional.of(Long.parseLong(
                    Files.readString(file, StandardCharsets.US_ASCII).strip()));
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    private static List<Path> folder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.sorted().toList();
        }
    }
}
