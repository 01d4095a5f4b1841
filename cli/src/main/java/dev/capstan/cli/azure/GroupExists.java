package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "exists",
        description = "Prints whether there is such a resource group: true or false.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan group exists -n dev")
public final class GroupExists implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-n", "-g", "--name", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String name = "";

    @Mixin
    private Output output = new Output();

    public GroupExists(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var there = arm.exists(ArmPath.group(arm.subscription(), name));
            output.print(session, Json.truth(there));
        }
        return ExitCode.OK;
    }
}
