package dev.capstan.cli.location;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "remove",
        description = "Forgets an attached cluster and its credential. The cluster itself is left alone.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan aks delete -g dev -n corp --yes   # takes the list from its nodes",
            "  capstan location remove corp-cluster"
        })
public final class LocationRemove implements Callable<Integer> {

    private final Session session;

    @Parameters(index = "0", paramLabel = "NAME", description = "What the location is called.")
    private String name = "";

    @Option(
            names = "--abandon",
            description = "Also while a managed cluster is there: for a cluster that is gone or out of reach for good. "
                    + "What its nodes were told stays; the managed cluster can then be deleted.")
    private boolean abandon;

    public LocationRemove(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var location = Locations.name(name);
        try (var arm = Arm.of(session)) {
            if (abandon) {
                arm.post(Locations.path(arm.subscription(), location, "/abandon"));
            } else {
                arm.delete(Locations.path(arm.subscription(), location, ""), Map.of());
            }
        }
        return ExitCode.OK;
    }
}
