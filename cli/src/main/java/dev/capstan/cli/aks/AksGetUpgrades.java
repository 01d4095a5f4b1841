package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "get-upgrades",
        description = "Lists the versions of Kubernetes that a cluster can be upgraded to.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks get-upgrades -g dev -n one -o table")
public final class AksGetUpgrades implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Mixin
    private Output output = new Output();

    public AksGetUpgrades(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var profile = arm.get(cluster.path(arm, "/upgradeProfiles/default"));
            output.print(session, Shape.upgrades(profile), VersionTables::upgrades);
        }
        return ExitCode.OK;
    }
}
