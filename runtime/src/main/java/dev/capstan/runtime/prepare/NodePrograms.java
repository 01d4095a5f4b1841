package dev.capstan.runtime.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Programs of the node, run with its root as theirs, a clean environment and a limit of time. */
final class NodePrograms {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int LARGEST = 4 * 1024 * 1024;

    private final Path root;

    NodePrograms(Path root) {
        this.root = root;
    }

    /** What a program ended with, and what it said on standard output and standard error. */
    record Result(int code, String output, String errors) {

        boolean succeeded() {
            return code == 0;
        }

        /** What it said last, for words. */
        String lastWords() {
            String said = (errors.isBlank() ? output : errors).strip();
            return said.isEmpty()
                    ? "it said nothing and ended with code " + code
                    : said.substring(said.lastIndexOf('\n') + 1);
        }
    }

    boolean has(String program) {
        return Files.isExecutable(root.resolve(program.substring(1)));
    }

    /**
     * Runs a program to its end.
     *
     * @param limit how long it may take
     * @param input what it reads from standard input
     * @throws IOException if it cannot be started, says too much or does not end in time; it is ended then
     */
    Result run(Duration limit, byte[] input, String... command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (!root.equals(Path.of("/"))) {
            whole.addAll(List.of("chroot", root.toString()));
        }
        whole.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(whole);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        CompletableFuture<String> output = reading(process.getInputStream());
        CompletableFuture<String> errors = reading(process.getErrorStream());
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException notRead) {
            // It ended, or does not read; what it said counts.
        }
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(String.join(" ", command) + " did not end within " + limit.toSeconds() + " s");
            }
            return new Result(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + String.join(" ", command) + " ran", interrupted);
        } catch (CompletionException failed) {
            throw new IOException("cannot read what " + String.join(" ", command) + " says", failed);
        } finally {
            process.destroyForcibly();
        }
    }

    private static CompletableFuture<String> reading(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readNBytes(LARGEST), StandardCharsets.UTF_8);
                    } catch (IOException failed) {
                        throw new CompletionException(failed);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }
}
