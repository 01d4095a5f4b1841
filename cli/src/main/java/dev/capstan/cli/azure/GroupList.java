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

@Command(
        name = "list",
        description = "Lists the resource groups.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan group list -o table")
public final class GroupList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public GroupList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var groups = Json.array();
            arm.list(ArmPath.groups(arm.subscription())).forEach(group -> groups.add(Groups.shaped(group)));
            output.print(session, groups, Groups.TABLE);
        }
        return ExitCode.OK;
    }
}
