package dev.capstan.cli;

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

    /** The cluster. Throws a {@link Problem} if a name is not as AKS wants it, or no control plane runs. */
    ClusterId in(Home home) {
        // Names are checked first: a misspelt name is a usage error whether or not there is a control plane.
        ClusterId.check(group, name);
        home.runningServer();
        return ClusterId.of(home.subscription(), group, name);
    }

    /** The cluster as it is now. Throws a {@link Problem} if there is none. */
    ManagedCluster find(Home home, Api api) {
        var id = in(home);
        return api.find(ManagedCluster.path(id))
                .map(ManagedCluster::new)
                .orElseThrow(() -> Problem.notFound(
                        "There is no cluster " + id + ".", "Run 'capstan cluster list' to see what there is."));
    }
}
