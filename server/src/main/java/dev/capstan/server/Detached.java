package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the control plane as a process of its own, in a session of its own, so that neither a closed terminal nor a
 * Ctrl-C there reaches it: this process's own command line without {@code --detach}, behind {@code setsid(1)}. What it
 * prints goes to {@code log/console.log}.
 */
final class Detached {

    private static final long PATIENCE_SECONDS = 60;
    private static final long GLANCE_MILLIS = 10;

    private final HomeFolder home;

    Detached(HomeFolder home) {
        this.home = home;
    }

    /**
     * Returns when its API answers.
     *
     * @throws StartException if it ended instead; the message is what it said
     */
    RunState start() throws IOException, StartException, InterruptedException {
        var console = home.resolve("log/console.log");
        var builder = new ProcessBuilder(command())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(console.toFile())
                .redirectErrorStream(true);
        builder.environment().put(Logs.QUIET_CONSOLE, "1");
        var process = builder.start();
        var patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < patience) {
            // The file is written when the API answers; there is nothing to wait on but the file.
            var state = RunState.read(home).filter(read -> read.pid() == process.pid());
            if (state.isPresent()) {
                return state.get();
            }
            if (process.waitFor(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw ended(console, process.exitValue());
            }
        }
        throw new StartException(
                "The control plane (pid " + process.pid() + ") does not answer after " + PATIENCE_SECONDS + " s.",
                "It goes on starting; see " + console + " and " + home.resolve("log/server.log") + ".");
    }

    private static List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        // Not ProcessHandle: it leaves out what it takes to be secret or too long.
        for (var word : Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1)) {
            command.add(word);
        }
        // The list ends with a NUL, after which there is nothing.
        command.removeLast();
        command.removeIf(word -> word.equals("--detach") || word.equals("-d"));
        return command;
    }

    private static StartException ended(Path console, int code) throws IOException {
        var said = Files.readString(console).strip();
        var lines = said.lines().toList();
        // A process that explained itself did so in two lines, as this one will.
        if (lines.size() >= 2 && lines.get(lines.size() - 2).startsWith("capstan: ")) {
            return new StartException(
                    lines.get(lines.size() - 2).substring("capstan: ".length()),
                    lines.getLast().strip());
        }
        return new StartException(
                "The control plane ended with exit code " + code + (said.isEmpty() ? "." : ": " + said),
                "See " + console + ".");
    }
}
