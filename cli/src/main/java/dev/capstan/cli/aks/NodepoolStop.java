package dev.capstan.cli.aks;

import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "stop",
        description = "Stops the machines of a node pool; 'nodepool start' brings them back.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool stop -g dev --cluster-name one -n blue")
public final class NodepoolStop implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolStop(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        pool.change(
                session,
                write,
                output,
                body -> body.withObject("/properties/powerState").put("code", "Stopped"));
        return ExitCode.OK;
    }
}
