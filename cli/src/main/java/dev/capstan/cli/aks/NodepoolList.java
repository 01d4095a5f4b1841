package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the node pools of a cluster.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool list -g dev --cluster-name one -o table")
public final class NodepoolList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption.Cluster pool = new PoolOption.Cluster();

    @Mixin
    private Output output = new Output();

    public NodepoolList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.pools(arm.list(pool.pools(arm))), Tables.POOL);
        }
        return ExitCode.OK;
    }
}
