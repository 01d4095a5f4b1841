package dev.capstan.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs an outside program in a clean environment and keeps what it printed, output and errors together. */
public final class Program {

    private static final Duration LIMIT = Duration.ofMinutes(20);

    private final Map<String, String> environment = new LinkedHashMap<>();

    private Program() {
        environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("HOME", System.getProperty("java.io.tmpdir"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    public static Program clean() {
        return new Program();
    }

    public Program with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What a program printed and how it ended. */
    public record Output(List<String> command, int exit, String text, Duration took) {

        public Output orFail() {
            if (exit != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + exit + ":\n" + text);
            }
            return this;
        }

        public boolean held() {
            return exit == 0;
        }
    }

    public Output run(String... command) {
        return run(List.of(command), "");
    }

    /** Runs the command to its end, or kills it after five minutes; the input is given on standard input. */
    public Output run(List<String> command, String input) {
        long begin = System.nanoTime();
        try {
            Path in = Files.writeString(Files.createTempFile("capstan-in", ""), input);
            Path out = Files.createTempFile("capstan-out", "");
            try {
                Process process = start(command, in, out);
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(
                            String.join(" ", command) + " did not end within " + LIMIT + ":\n" + Files.readString(out));
                }
                return new Output(
                        command,
                        process.exitValue(),
                        Files.readString(out),
                        Duration.ofNanos(System.nanoTime() - begin));
            } finally {
                Files.delete(in);
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        }
    }

    /** Starts the command and leaves it running, its input and output bound to these files. */
    public Process start(List<String> command, Path in, Path out) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(in.toFile()).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }
}
