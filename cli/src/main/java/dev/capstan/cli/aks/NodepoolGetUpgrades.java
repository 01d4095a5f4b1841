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
        description =
                "Shows what a node pool can be upgraded to: versions of Kubernetes, and the newest image of its nodes.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool get-upgrades -g dev --cluster-name one -n nodepool1")
public final class NodepoolGetUpgrades implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private Output output = new Output();

    public NodepoolGetUpgrades(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.poolUpgrades(arm.get(pool.path(arm, "/upgradeProfiles/default"))));
        }
        return ExitCode.OK;
    }
}
