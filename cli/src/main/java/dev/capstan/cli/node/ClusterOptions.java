package dev.capstan.cli.node;

import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ClusterId;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The options that say which cluster is meant, as az has them. */
final class ClusterOptions {

    @Option(
            names = {"-g", "--resource-group"},
            required = true,
            paramLabel = "GROUP",
            description = "Resource group of the cluster.")
    private String group = "";

    @Option(
            names = {"-n", "--name"},
            required = true,
            paramLabel = "NAME",
            description = "Name of the cluster.")
    private String name = "";

    /**
     * Hands the cluster as it is now, and the API it was found in, to what shall be done with it. Throws a {@link Problem} if
     * a name is not as AKS wants it, no control plane runs, or there is no such cluster.
     */
    <T> T with(Session session, BiFunction<Api, ManagedCluster, T> use) {
        // Names are checked first: a misspelt name is a usage error whether or not there is a control plane.
        ClusterId.check(group, name);
        var home = session.home();
        home.runningServer();
        var id = ClusterId.of(home.subscription(), group, name);
        try (var api = Api.of(session)) {
            var found = api.find(ManagedCluster.path(id)).map(ManagedCluster::new);
            return use.apply(
                    api,
                    found.orElseThrow(() -> Problem.notFound(
                            "There is no cluster " + id + ".", "Run 'capstan aks list' to see what there is.")));
        }
    }
}
