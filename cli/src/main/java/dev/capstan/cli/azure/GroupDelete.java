package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.arm.LongRunning;
import dev.capstan.cli.output.Confirmation;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "delete",
        description = "Deletes a resource group with every cluster in it.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan group delete -n dev --yes")
public final class GroupDelete implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-n", "-g", "--name", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String name = "";

    @Option(names = "--no-wait", description = "Do not wait for the end of what was begun.")
    private boolean noWait;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private Output output = new Output();

    public GroupDelete(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        if (!confirmation.isGiven(session)) {
            return ExitCode.FAILED;
        }
        try (var arm = Arm.of(session)) {
            var path = ArmPath.group(arm.subscription(), name);
            var begun = arm.delete(path, Map.of());
            if (!noWait) {
                var farewell = "'capstan group show -n %s' tells whether it is there still.".formatted(name);
                new LongRunning(arm, farewell).await(begun, path);
            }
        }
        return ExitCode.OK;
    }
}
