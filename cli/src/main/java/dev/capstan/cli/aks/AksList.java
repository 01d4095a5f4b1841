package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists clusters.",
        footerHeading = "%nExamples:%n",
        footer = {"  capstan aks list -o table", "  capstan aks list -g dev --query \"[].name\" -o tsv"})
public final class AksList implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-g", "--resource-group"},
            paramLabel = "GROUP",
            description = "Only those of this resource group.")
    private Optional<String> group = Optional.empty();

    @Mixin
    private Output output = new Output();

    public AksList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var path = group.map(name -> ArmPath.clusters(arm.subscription(), name))
                    .orElseGet(() -> ArmPath.clusters(arm.subscription()));
            output.print(session, Shape.clusters(arm.list(path)), Tables.CLUSTER);
        }
        return ExitCode.OK;
    }
}
