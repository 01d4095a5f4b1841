package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "delete",
        description =
                "Deletes a cluster with its nodes and everything on them. One that is not there is deleted already.",
        footerHeading = "%nExamples:%n",
        footer = {"  capstan aks delete -g dev -n one --yes", "  capstan aks delete -g dev -n one --yes --no-wait"})
public final class AksDelete implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    // Taken, as every command of az takes it; there is nothing to print.
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private Output output = new Output();

    public AksDelete(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        cluster.check();
        if (!confirmation.isGiven(session)) {
            return ExitCode.FAILED;
        }
        try (var arm = Arm.of(session)) {
            var path = cluster.path(arm);
            var begun = arm.delete(path, write.headers());
            if (write.waits()) {
                cluster.operations(arm).await(begun, path);
            }
        }
        return ExitCode.OK;
    }
}
