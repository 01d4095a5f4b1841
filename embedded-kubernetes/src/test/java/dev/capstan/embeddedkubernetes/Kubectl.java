package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An unmodified kubectl with a home, cache and environment of its own. */
final class Kubectl implements AutoCloseable {
    private static final Path INSTALLED = Path.of(System.getProperty("user.home"), ".cache", "capstan", "kubectl");

    private final Path binary;
    final Path home;

    /** Debian releases that bring kubectl 1.20.2, 1.32.3 and 1.36.4. */
    static Stream<String> versions() {
        return Stream.of("bookworm", "trixie", "sid");
    }

    Kubectl(String release, TestServer server) throws Exception {
        binary = INSTALLED.resolve(release).resolve("usr/bin/kubectl");
        assumeTrue(
                Files.isExecutable(binary),
                () -> "No kubectl at " + binary + ": unpack Debian's kubernetes-client package of " + release
                        + " there to run this test.");
        home = Files.createTempDirectory("kubectl");
        String ca = Base64.getEncoder().encodeToString(ServerKey.SHARED.pem().getBytes(StandardCharsets.US_ASCII));
        write(
                "kubeconfig",
                "apiVersion: v1\nkind: Config\ncurrent-context: t\nclusters:\n- name: t\n  cluster:\n    server: "
                        + server.url() + "\n    certificate-authority-data: " + ca
                        + "\nusers:\n- name: t\n  user:\n    token: " + TestServer.ADMINISTRATOR
                        + "\ncontexts:\n- name: t\n  context:\n    cluster: t\n    user: t\n    namespace: default\n");
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text);
    }

    /** What a run printed. */
    record Output(int code, String out, String err) {
        Output ok() {
            assertThat(code).as(out + err).isZero();
            return this;
        }

        Output fails() {
            assertThat(code).as(out + err).isNotZero();
            return this;
        }
    }

    private ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("HOME", home.toString());
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("KUBECONFIG", home.resolve("kubeconfig").toString());
        environment.put("EDITOR", home.resolve("editor").toString());
        return builder;
    }

    Output run(String... arguments) throws Exception {
        Path out = Files.createTempFile(home, "out", "");
        Path err = Files.createTempFile(home, "err", "");
        Process process = command(Arrays.asList(arguments))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("kubectl " + String.join(" ", arguments) + " did not end: " + Files.readString(out)
                    + Files.readString(err));
        }
        return new Output(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** The output of a run that must succeed, without the line break at its end. */
    String ok(String... arguments) throws Exception {
        return run(arguments).ok().out().strip();
    }

    /** A run that goes on, whose lines can be waited for. */
    Running start(String... arguments) throws IOException {
        return new Running(
                command(Arrays.asList(arguments)).redirectErrorStream(true).start());
    }

    static final class Running implements AutoCloseable {
        private final Process process;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        private Running(Process process) {
            this.process = process;
            Thread.ofVirtual().start(() -> {
                try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        lines.add(line);
                    }
                } catch (IOException _) {
                    // Killed: there is nothing more to read.
                }
            });
        }

        String line() throws InterruptedException {
            String line = lines.poll(5, TimeUnit.MINUTES);
            assertThat(line).as("a line within five minutes").isNotNull();
            return line;
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
