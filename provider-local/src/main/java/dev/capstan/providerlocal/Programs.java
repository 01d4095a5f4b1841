package dev.capstan.providerlocal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the host, run with a clean environment. */
final class Programs {

    static final List<String> PATH =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private Programs() {}

    /** Where a program lies, if it is installed. */
    static Optional<Path> find(String program) {
        return PATH.stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Prepares a command with the environment that every program of ours gets, and no other variable. */
    static ProcessBuilder prepare(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", String.join(":", PATH));
        builder.environment().put("HOME", "/root");
        builder.environment().put("LANG", "C.UTF-8");
        return builder;
    }

    /**
     * Runs a command to its end.
     *
     * @param input what it gets on its standard input
     * @return what it printed, both streams
     * @throws IOException if it cannot be started, ends with another exit code than 0 or takes more than a minute
     */
    static String run(List<String> command, String input) throws IOException, InterruptedException {
        Process process = prepare(command).redirectErrorStream(true).start();
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IOException(command.getFirst() + " did not end within a minute: " + output);
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        "%s ended with exit code %d: %s".formatted(command.getFirst(), process.exitValue(), output));
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command), "");
    }
}
