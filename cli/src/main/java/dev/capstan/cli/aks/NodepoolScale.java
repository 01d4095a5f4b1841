package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "scale",
        description = "Changes how many nodes a pool has.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool scale -g dev --cluster-name one -n nodepool1 --node-count 4")
public final class NodepoolScale implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Option(
            names = {"-c", "--node-count"},
            required = true,
            paramLabel = "N",
            description = "How many nodes.")
    private int nodes;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolScale(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            var path = pool.path(arm);
            var body = (ObjectNode) arm.get(path);
            body.withObjectProperty("properties").put("count", nodes);
            var begun = arm.put(path, body, write.headers());
            if (write.waits()) {
                pool.operations(arm).await(begun, path);
                output.print(session, Shape.pool(arm.get(path)), Tables.POOL);
            }
        }
        return ExitCode.OK;
    }
}
