package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows a cluster, its list of certificates as PEM text.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks show -g dev -n one | grep securityProfile -A 4",
            "  capstan aks show -g dev -n one --query provisioningState -o tsv"
        })
public final class AksShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private Output output = new Output();

    public AksShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        cluster.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.shown(arm.get(cluster.path(arm))), Tables.CLUSTER);
        }
        return ExitCode.OK;
    }
}
