package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "wait",
        description = "Waits until a node pool is where it was asked to be.",
        footerHeading = "%nExamples:%n",
        footer = "  capstan aks nodepool wait -g dev --cluster-name one -n blue --updated")
public final class NodepoolWait implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private WaitOptions wait = new WaitOptions();

    public NodepoolWait(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        wait.check();
        try (var arm = Arm.of(session)) {
            wait.await(arm, pool.path(arm), Shape::pool);
        }
        return ExitCode.OK;
    }
}
