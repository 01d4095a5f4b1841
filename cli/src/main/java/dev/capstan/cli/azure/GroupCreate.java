package dev.capstan.cli.azure;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.output.Pairs;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        description = "Creates a resource group, or updates its tags.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan group create -n dev -l local")
public final class GroupCreate implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-n", "-g", "--name", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Name of the resource group.")
    private String name = "";

    @Option(
            names = {"-l", "--location"},
            required = true,
            paramLabel = "LOCATION",
            description = "Where the machines of its clusters are; local is this machine.")
    private String location = "";

    @Option(names = "--tags", arity = "0..*", paramLabel = "KEY=VALUE", description = "Tags of the group.")
    private @Nullable List<String> tags;

    @Mixin
    private Output output = new Output();

    public GroupCreate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        var body = Json.object().put("location", location);
        if (tags != null) {
            body.set("tags", Pairs.of("--tags", tags));
        }
        try (var arm = Arm.of(session)) {
            var answer = arm.put(ArmPath.group(arm.subscription(), name), body, Map.of());
            output.print(session, Groups.shaped(answer.json()));
        }
        return ExitCode.OK;
    }
}
