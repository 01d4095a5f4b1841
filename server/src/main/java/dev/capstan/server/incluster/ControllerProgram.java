package dev.capstan.server.incluster;

import dev.capstan.controller.Candidate;
import dev.capstan.controller.ControllerConfig;
import dev.capstan.controller.ControllerMetrics;
import dev.capstan.controller.TokenChecks;
import dev.capstan.server.FailedStart;
import dev.capstan.server.Logs;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code capstan controller}. */
@Command(
        name = "capstan controller",
        description = {
            "Looks after the nodes of the cluster it is in: makes their NodeTrusts, mirrors them into the Nodes, serves metrics.",
            "Of several on one cluster the one that holds the Lease kube-system/capstan-controller works; the others "
                    + "wait for it. Runs until SIGTERM, and then lets go of the Lease."
        },
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 ended as told, 1 failed, 2 wrong command line",
            "  capstan controller                                          in a pod, as deploy/ starts it",
            "  capstan controller --kubeconfig ctl.kubeconfig my.properties   beside the cluster"
        })
public final class ControllerProgram implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerProgram.class);

    private static final int OK = 0;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The configuration; default /etc/capstan/controller.properties. Where there is no such file "
                    + "everything has its default.")
    private Path file = ControllerSettings.FILE;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "Reach the cluster by the current context of this kubeconfig, whose user has a token or a client "
                            + "certificate. No program that it names is run (exec, auth-provider).")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--uninstall",
            description =
                    "In the controller's place: take the condition CustomCATrusted and the startup taint from every "
                            + "Node, and be ready once that is done (docs/install.md).")
    private boolean uninstall;

    @Option(names = "--debug", description = "Show the stack trace of an error; log more.")
    private boolean debug;

    // Read by picocli, through its own model of the option.
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    /** Runs the controller and ends with its exit code. */
    public static void main(String[] arguments) {
        var program = new ControllerProgram();
        System.exit(new CommandLine(program)
                .setParameterExceptionHandler((e, given) -> FailedStart.misused("capstan controller", e))
                .setExecutionExceptionHandler((e, command, result) ->
                        FailedStart.failed(e, "The controller", "Run it again with --debug.", program.debug))
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, StartException, InterruptedException {
        Logs.toConsole(debug);
        ControllerSettings settings = ControllerSettings.read(file);
        Access access = kubeconfig == null
                ? new Access.Pod(System.getenv(), Access.Pod.FOLDER)
                : new Access.ByKubeconfig(kubeconfig);
        try {
            access.read();
        } catch (IOException e) {
            throw new StartException("The API of the cluster cannot be reached: " + e.getMessage() + ".", "", e);
        }
        if (uninstall) {
            new Leaving(access).run(settings.health());
            return OK;
        }
        String identity = InetAddress.getLocalHost().getHostName() + "_" + UUID.randomUUID();
        Candidate.Beginning beginning = () -> ControllerConfig.forThisCluster(access.read(), settings.rules());
        var metrics = new ControllerMetrics();
        List<AutoCloseable> servers = new ArrayList<>();
        if (settings.metrics() != null) {
            servers.add(MetricsServer.start(
                    settings.metrics(), settings.certificate(), metrics, new TokenChecks(beginning)));
        }
        Candidate candidate = Candidate.start(beginning, identity, metrics);
        if (settings.health() != null) {
            servers.add(HealthServer.of(settings.health(), candidate));
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            candidate.close();
            for (AutoCloseable server : servers) {
                try {
                    server.close();
                } catch (Exception e) {
                    LOG.debug("at the end", e);
                }
            }
            LOG.info("ended as told");
            // Java would end with 143 or 130; 0 says that all of it was stopped.
            Runtime.getRuntime().halt(OK);
        }));
        LOG.info("capstan controller {} stands for leader as {}", file, identity);
        new CountDownLatch(1).await();
        return OK;
    }
}
