package dev.capstan.cli.aks;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "stop",
        description = "Stops the machines of a cluster; what it is stays, and 'aks start' brings it back.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks stop -g dev -n one")
public final class AksStop implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    // Taken, as every command of az takes it; there is nothing to print.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Output output = new Output();

    public AksStop(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.post(session, "/stop", write);
        return ExitCode.OK;
    }
}
