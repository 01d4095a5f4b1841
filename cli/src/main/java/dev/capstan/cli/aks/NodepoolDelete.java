package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "delete",
        description = "Deletes a node pool with its nodes.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool delete -g dev --cluster-name one -n pool2")
public final class NodepoolDelete implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolDelete(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var there = false;
            for (var one : arm.list(pool.pools(arm))) {
                there |= one.path("name").asText().equalsIgnoreCase(pool.name());
            }
            if (!there) {
                throw Problem.notFound(
                        "Node pool %s doesn't exist, use 'aks nodepool list' to get current node pool list"
                                .formatted(pool.name()),
                        "Nothing was deleted.");
            }
            var begun = arm.delete(pool.path(arm), write.headers());
            if (write.waits()) {
                pool.operations(arm).await(begun, pool.path(arm));
            }
        }
        return ExitCode.OK;
    }
}
