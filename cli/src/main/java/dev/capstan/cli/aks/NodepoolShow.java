package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows a node pool.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool show -g dev --cluster-name one -n nodepool1")
public final class NodepoolShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private Output output = new Output();

    public NodepoolShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            output.print(session, Shape.pool(arm.get(pool.path(arm))), Tables.POOL);
        }
        return ExitCode.OK;
    }
}
