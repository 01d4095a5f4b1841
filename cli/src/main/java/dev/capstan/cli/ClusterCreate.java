package dev.capstan.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = "Creates a cluster with one pool of nodes, and waits until every node is ready.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  capstan cluster create -g dev -n one --node-count 2 --enable-custom-ca-trust",
            "  capstan cluster create -g dev -n two --node-count 1 --no-wait"
        })
final class ClusterCreate implements Callable<Integer> {

    /** AKS: 1 to 1000 nodes per pool; this is one machine. */
    private static final int MOST_NODES = 100;

    private final Session session;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-c", "--node-count"},
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes, 1 to " + MOST_NODES + "; ${DEFAULT-VALUE} if not given, as in AKS.")
    private int nodes;

    @Option(
            names = "--nodepool-name",
            paramLabel = "POOL",
            defaultValue = ManagedCluster.FIRST_POOL,
            description =
                    "Name of the pool: 1 to 12 small letters and digits, a letter first. Default: ${DEFAULT-VALUE}.")
    private String pool = ManagedCluster.FIRST_POOL;

    @Option(
            names = "--enable-custom-ca-trust",
            description = "The nodes follow the Secret kube-system/custom-ca-trust-secret.")
    private boolean enableCustomCaTrust;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    ClusterCreate(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        checkPool();
        var home = session.home();
        var id = cluster.in(home);
        try (var api = Api.of(home)) {
            var request = ManagedCluster.request(id, pool, nodes, enableCustomCaTrust, Instant.now());
            var created = api.createIfAbsent(ManagedCluster.COLLECTION, request)
                    .map(ManagedCluster::new)
                    .orElseThrow(() -> Problem.failed(
                            "There is a cluster " + id + " already.",
                            "Choose another name, or delete that one: capstan cluster delete -g %s -n %s"
                                    .formatted(id.group(), id.name())));
            if (wait.isWanted()) {
                new Waiting(session, api, id)
                        .until(
                                "creation",
                                wait.limit(Duration.ofMinutes(10)),
                                now -> now.map(ManagedCluster::isReady).orElse(false));
            }
            var now = api.find(ManagedCluster.path(id)).map(ManagedCluster::new).orElse(created);
            output.print(session, now.toJson(), words(id, now));
        }
        return ExitCode.OK;
    }

    private void checkPool() {
        // Microsoft.ContainerService/managedClusters/agentPools, REST API: agentPoolName, Linux.
        if (!pool.matches("[a-z][a-z0-9]{0,11}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "The pool name '" + pool + "' is not 1 to 12 small letters and digits with a letter first.");
        }
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new ParameterException(
                    spec.commandLine(), "--node-count is " + nodes + ", and must be 1 to " + MOST_NODES + ".");
        }
    }

    private String words(ClusterId id, ManagedCluster now) {
        var options = "-g " + id.group() + " -n " + id.name();
        return String.format(
                wait.isWanted()
                        ? "Cluster %s is ready: %s.%n  capstan cluster kubeconfig %s --file kubeconfig%n"
                        : "Cluster %s is being created: %s.%n  capstan cluster show %s%n",
                id,
                now.nodes() == 1 ? "1 node" : now.nodes() + " nodes",
                options);
    }
}
