package dev.capstan.cli;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Home;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.ServerState;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Asks the control plane to end, by SIGTERM, and waits until it has. That it shall leave its machines running is told by
 * a file in its home, which it removes when it has read it.
 */
@Command(
        name = "down",
        description =
                "Stops the control plane, and its machines; their disks are kept, and 'capstan up' boots them again.",
        footerHeading = "%nExamples:%n",
        footer = {"  capstan down", "  capstan down --keep-machines"})
final class DownCommand implements Callable<Integer> {

    /** Every machine's containerd is given time to end its containers. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Session session;

    @Option(names = "--keep-machines", description = "Leave the machines running; they keep what they trust.")
    private boolean keepMachines;

    DownCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        var server = home.server();
        if (server.isEmpty()) {
            session.err().println("The control plane of " + home.folder() + " does not run.");
            if (home.hasMachines()) {
                session.err()
                        .println(
                                "  If it was killed, its machines may still run; 'capstan up --detach' takes them up again, "
                                        + "and 'capstan down' then stops them.");
            }
            return ExitCode.NOT_FOUND;
        }
        if (keepMachines) {
            askToKeep(home);
        }
        stop(server.get());
        session.out().println("The control plane is stopped" + (keepMachines ? "; its machines run on." : "."));
        return ExitCode.OK;
    }

    private static void askToKeep(Home home) {
        try {
            Files.writeString(home.folder().resolve("keep-machines"), "");
        } catch (IOException e) {
            throw Problem.failed(
                    "Cannot write into " + home.folder() + ": " + e.getMessage() + ".",
                    "Is it yours, and the disk not full?",
                    e);
        }
    }

    private static void stop(ServerState server) {
        var process = ProcessHandle.of(server.pid());
        if (process.isEmpty()) {
            return;
        }
        process.get().destroy();
        try {
            process.get().onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw Problem.failed(
                    "The control plane (pid " + server.pid() + ") has not ended after " + PATIENCE.toSeconds() + " s.",
                    "See CAPSTAN_HOME/log/server.log. 'kill -9 " + server.pid()
                            + "' is safe: nothing acknowledged is lost.",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.failed("Interrupted while the control plane ends.", "See 'capstan status'.", e);
        }
    }
}
