package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;

/** {@code capstan up} in a process of its own, on a home of its own, with the class path of the tests. */
final class UpProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path home;
    private final Path output;
    private final Process process;

    private UpProcess(Path home, Path output, Process process) {
        this.home = home;
        this.output = output;
        this.process = process;
    }

    /** Starts it and waits for nothing. */
    static UpProcess begin(Path home, String... arguments) throws IOException {
        return begin(home, Path.of("/nonexistent/capstan"), arguments);
    }

    /** Starts it with this as the built product that machines see. */
    static UpProcess begin(Path home, Path distribution, String... arguments) throws IOException {
        return begin(home, distribution, Server.class, List.of(), arguments);
    }

    /**
     * Starts it with the location {@code simulated} and waits until its API answers.
     *
     * @param options of Java
     */
    static UpProcess simulated(Path home, List<String> options) throws IOException {
        return awaited(begin(home, Path.of("/nonexistent/capstan"), SimulatedServer.class, options, "127.0.0.1:0"));
    }

    private static UpProcess begin(
            Path home, Path distribution, Class<?> main, List<String> options, String... arguments) throws IOException {
        var output = Files.createTempFile("capstan-up", ".txt");
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of(
                "-Dcapstan.distribution=" + distribution,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("CAPSTAN_HOME", home.toString());
        builder.environment().remove(Logs.QUIET_CONSOLE);
        return new UpProcess(home, output, builder.start());
    }

    /** Starts it on a free port and waits until its API answers. */
    static UpProcess start(Path home) throws IOException {
        return awaited(begin(home, "--listen", "127.0.0.1:0"));
    }

    /** Waits until its API answers. */
    static UpProcess awaited(UpProcess up) throws IOException {
        await("the API answers", () -> up.answers() || !up.process.isAlive());
        if (!up.process.isAlive()) {
            throw new AssertionError("capstan up ended: " + up.output());
        }
        return up;
    }

    /** Whether the word in the home is this process's, and not one that was killed. */
    private boolean answers() {
        try {
            return Files.exists(home.resolve("server.json"))
                    && state().path("pid").asLong() == pid();
        } catch (IOException erasedMeanwhile) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** What it printed so far, on both streams. */
    String output() throws IOException {
        return Files.readString(output);
    }

    JsonNode state() throws IOException {
        return new ObjectMapper().readTree(home.resolve("server.json").toFile());
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("capstan up did not end");
        }
        return process.exitValue();
    }

    /** SIGTERM, and its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        return exitCode();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitCode();
    }

    /** Asks the API as the home's administrator; the path begins with {@code /}. */
    HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return ask(
                method,
                path,
                body,
                Files.readString(home.resolve("admin.token")).strip());
    }

    HttpResponse<String> ask(String method, String path, String body, String token) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(state().path("endpoint").asText() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofMinutes(5));
        try (var client = HttpClient.newBuilder().sslContext(trusting()).build()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.deleteIfExists(output);
    }

    static void await(String what, BooleanSupplier condition) {
        var deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not so after " + PATIENCE.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting until " + what, e);
            }
        }
    }

    private SSLContext trusting() throws IOException {
        return TrustedBy.authority(Files.readString(home.resolve("pki/ca.crt")));
    }
}
