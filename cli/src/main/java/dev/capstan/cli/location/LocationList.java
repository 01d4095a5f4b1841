package dev.capstan.cli.location;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the attached clusters; their credentials are never shown.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan location list -o table")
public final class LocationList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private Output output = new Output();

    public LocationList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var locations = Json.array();
            arm.list(Locations.path(arm.subscription())).forEach(one -> locations.add(Locations.listed(one)));
            output.print(session, locations, Locations.TABLE);
        }
        return ExitCode.OK;
    }
}
