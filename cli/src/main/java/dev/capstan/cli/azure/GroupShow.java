package dev.capstan.cli.azure;

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
        name = "show",
        description = "Shows a resource group.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan group show -n dev")
public final class GroupShow implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-n", "-g", "--name", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String name = "";

    @Mixin
    private Output output = new Output();

    public GroupShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Groups.shaped(arm.get(ArmPath.group(arm.subscription(), name))));
        }
        return ExitCode.OK;
    }
}
