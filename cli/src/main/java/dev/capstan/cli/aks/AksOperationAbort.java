package dev.capstan.cli.aks;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "operation-abort",
        description = "Ends the operation that runs on a cluster where it stands; nodes replaced so far stay replaced.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks operation-abort -g dev -n one")
public final class AksOperationAbort implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    // Taken, as every command of az takes it; there is nothing to print.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Output output = new Output();

    public AksOperationAbort(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.post(session, "/abort", write);
        return ExitCode.OK;
    }
}
