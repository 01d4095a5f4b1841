package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "get-versions",
        description = "Lists the versions of Kubernetes that clusters of a location can have.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks get-versions -l local -o table")
public final class AksGetVersions implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-l", "--location"},
            required = true,
            paramLabel = "LOCATION",
            description = "Where the clusters are or would be.")
    private String location = "";

    @Mixin
    private Output output = new Output();

    public AksGetVersions(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var versions = arm.get(ArmPath.kubernetesVersions(arm.subscription(), location));
            output.print(session, Shape.kubernetesVersions(versions), VersionTables::kubernetesVersions);
        }
        return ExitCode.OK;
    }
}
