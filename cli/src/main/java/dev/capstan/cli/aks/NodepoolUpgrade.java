package dev.capstan.cli.aks;

import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "upgrade",
        description = "Makes the nodes of a pool anew from the location's present node image, as a model update does.",
        footerHeading = "%nExample:%n",
        footer = "  capstan aks nodepool upgrade -g dev --cluster-name one -n blue --node-image-only")
public final class NodepoolUpgrade implements Callable<Integer> {

    private final Session session;

    @Mixin
    private PoolOption pool = new PoolOption();

    // Read by picocli, through its own model of the option.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = "--node-image-only",
            required = true,
            description = "To be given: there is one Kubernetes version, and nothing else to upgrade.")
    private boolean imageOnly;

    @Mixin
    private WriteOptions write = new WriteOptions();

    @Mixin
    private Output output = new Output();

    public NodepoolUpgrade(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        output.check();
        try (var arm = Arm.of(session)) {
            pool.end(session, arm, arm.post(pool.path(arm, "/upgradeNodeImageVersion")), write, output);
        }
        return ExitCode.OK;
    }
}
