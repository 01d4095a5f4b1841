package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "operation-abort",
        description = "Ends the operation that runs on a node pool where it stands.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool operation-abort -g dev --cluster-name one -n nodepool1")
public final class NodepoolOperationAbort implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolOperationAbort(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var begun = arm.post(pool.path(arm, "/abort"));
            if (write.waits()) {
                pool.operations(arm).await(begun, pool.path(arm));
            }
        }
        return ExitCode.OK;
    }
}
