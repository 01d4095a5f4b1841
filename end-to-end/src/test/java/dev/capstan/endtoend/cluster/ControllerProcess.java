package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.FreePort;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code capstan controller} of the distribution, in a process of its own beside a cluster. */
final class ControllerProcess implements AutoCloseable {

    private static final int STOP_SECONDS = 300;
    private static final String STANDS = " stands for leader as ";

    private final Process process;
    private final Path log;
    private final int metrics;
    private final int health;

    private ControllerProcess(Process process, Path log, int metrics, int health) {
        this.process = process;
        this.log = log;
        this.metrics = metrics;
        this.health = health;
    }

    /**
     * Starts one, with everything it writes beside {@code folder/NAME}.
     *
     * @param lines of its configuration, besides where it listens
     */
    static ControllerProcess start(Path folder, String name, Path kubeconfig, String... lines) throws IOException {
        ControllerProcess started = launch(folder, name, kubeconfig, List.of(), lines);
        started.awaitLog(STANDS);
        return started;
    }

    /** Starts one that takes from Nodes what controllers wrote there; returns when it has. */
    static ControllerProcess leaving(Path folder, String name, Path kubeconfig) throws IOException {
        ControllerProcess started = launch(folder, name, kubeconfig, List.of("--uninstall"));
        started.awaitLog("nothing of Capstan is left");
        return started;
    }

    private static ControllerProcess launch(
            Path folder, String name, Path kubeconfig, List<String> options, String... lines) throws IOException {
        int metrics = FreePort.next();
        int health = FreePort.next();
        Path configuration = Files.writeString(
                folder.resolve(name + ".properties"),
                "metrics=0.0.0.0:" + metrics + "\nhealth=127.0.0.1:" + health + "\n" + String.join("\n", lines) + "\n");
        Path log = folder.resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Repository.DISTRIBUTION.resolve("bin/capstan").toString(),
                "controller",
                "--kubeconfig",
                kubeconfig.toString(),
                configuration.toString()));
        command.addAll(options);
        return new ControllerProcess(Program.clean().start(command, Path.of("/dev/null"), log), log, metrics, health);
    }

    private void awaitLog(String words) {
        try {
            Await.until("the controller's log says '" + words + "'", () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the controller ended:\n" + log());
                }
                return log().contains(words);
            });
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** As the Lease names it. */
    String identity() {
        String after = log().substring(log().indexOf(STANDS) + STANDS.length());
        return after.lines().findFirst().orElseThrow().strip();
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int metricsPort() {
        return metrics;
    }

    int healthPort() {
        return health;
    }

    /** Sends it a signal, by its name. */
    void signal(String name) {
        Program.clean().run("kill", "-" + name, Long.toString(process.pid())).orFail();
    }

    /** Waits until it has ended by itself; gives its exit code. */
    int ended() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the controller did not end within " + STOP_SECONDS + " s:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
