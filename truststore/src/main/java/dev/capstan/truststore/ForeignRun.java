package dev.capstan.truststore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A run of the distribution's tool at the same time. The tool has no lock, and what it writes at its end is the store as
 * it was at its beginning, so whoever changes the store meanwhile waits for it. It is known by the file in which it makes
 * the bundle; that file also stays when the tool is killed, and then nobody must be waited for.
 */
final class ForeignRun {

    private static final Path PROC = Path.of("/proc");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_MILLIS = 25;

    private final Root root;
    private final String folder;
    private final String temporary;
    private final String tool;
    private final long made = System.nanoTime();
    private boolean alive;
    private Optional<String> remark = Optional.empty();

    /**
     * @param folder where the file is in which the tool makes the bundle
     * @param temporary its name, or what its name begins with where it ends with {@code *}
     * @param tool the tool's name
     */
    ForeignRun(Root root, String folder, String temporary, String tool) {
        this.root = root;
        this.folder = folder;
        this.temporary = temporary;
        this.tool = tool;
    }

    /** For a tool whose runs cannot be told from afar. */
    static ForeignRun none(Root root) {
        return new ForeignRun(root, "", "", "");
    }

    /** Whether this is the name of a file in which the tool makes the bundle. */
    boolean isTemporary(String name) {
        return temporary.endsWith("*")
                ? name.startsWith(temporary.substring(0, temporary.length() - 1))
                : name.equals(temporary);
    }

    /** Whether a run was still going on when it was last looked. */
    boolean isAlive() {
        return alive;
    }

    /** That a run was waited for, in words. */
    Optional<String> remark() {
        return remark;
    }

    /** Looks once. */
    void look() throws IOException {
        List<Path> files = tool.isEmpty() ? List.of() : temporaries();
        alive = !files.isEmpty() && runner(files).isPresent();
    }

    /** Waits until no run goes on, at most 30 seconds. */
    void await() throws IOException {
        long begun = System.nanoTime();
        boolean waited = false;
        for (look(); alive && System.nanoTime() - begun < PATIENCE_NANOS; look()) {
            waited = true;
            pause();
        }
        if (waited) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            remark = Optional.of(
                    alive
                            ? "A run of " + tool + " did not end within 30 s; at its end it may undo what was written."
                            : "Waited " + millis + " ms for a run of " + tool + " to end.");
        }
    }

    /**
     * Whether a run goes on, also one that has not begun to make the bundle or has done so; gives it a moment first. No
     * longer than 30 seconds after this was made: then no, whatever runs.
     */
    boolean goesOn() throws IOException {
        if (tool.isEmpty() || System.nanoTime() - made > PATIENCE_NANOS) {
            return false;
        }
        if (runner(temporaries()).isEmpty()) {
            return false;
        }
        pause();
        return true;
    }

    private void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a run of " + tool, interrupted);
        }
    }

    private List<Path> temporaries() throws IOException {
        if (!temporary.endsWith("*")) {
            Path file = root.entry(folder + "/" + temporary);
            return Files.exists(file) ? List.of(file) : List.of();
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(root.resolve(folder), file -> isTemporary(PathText.of(file.getFileName())))) {
            List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        }
    }

    /** A process, not one that waits for us, that runs the tool in this root or has one of these files open. */
    private Optional<Path> runner(List<Path> files) throws IOException {
        Set<String> ours = new HashSet<>();
        for (Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
                process.isPresent();
                process = process.get().parent()) {
            ours.add(Long.toString(process.get().pid()));
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (!ours.contains(process.getFileName().toString()) && isRunner(process, files)) {
                    return Optional.of(process);
                }
            }
        }
        return Optional.empty();
    }

    private boolean isRunner(Path process, List<Path> files) {
        try {
            if (!Files.isSameFile(process.resolve("root"), root.path())) {
                return false;
            }
            for (String argument : Files.readString(process.resolve("cmdline")).split("\0", 4)) {
                if (argument.equals(tool) || argument.endsWith("/" + tool)) {
                    return true;
                }
            }
            try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
                for (Path descriptor : open) {
                    for (Path file : files) {
                        if (Files.isSameFile(descriptor, file)) {
                            return true;
                        }
                    }
                }
            }
            return false;
        } catch (IOException | UncheckedIOException ended) {
            // A process that ended, or that we may not look into; what writes the store is root's, as we are.
            return false;
        }
    }
}
