package dev.capstan.cli.aks;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "start",
        description = "Starts a cluster that was stopped.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks start -g dev -n one")
public final class AksStart implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    // Taken, as every command of az takes it; there is nothing to print.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Output output = new Output();

    public AksStart(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.post(session, "/start", write);
        return ExitCode.OK;
    }
}
