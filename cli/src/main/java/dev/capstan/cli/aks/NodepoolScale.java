package dev.capstan.cli.aks;

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
        pool.change(
                session,
                write,
                output,
                body -> body.withObjectProperty("properties").put("count", nodes));
        return ExitCode.OK;
    }
}
