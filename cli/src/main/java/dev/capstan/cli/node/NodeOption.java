package dev.capstan.cli.node;

import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Problem;
import picocli.CommandLine.Option;

/** The option that says which node is meant. */
final class NodeOption {

    @Option(names = "--node", paramLabel = "NODE", defaultValue = "", description = "Name of the node.")
    private String name = "";

    static NodeOption of(String name) {
        var option = new NodeOption();
        option.name = name;
        return option;
    }

    String name() {
        return name;
    }

    boolean matches(Node node) {
        return name.isEmpty() || name.equals(node.name());
    }

    /** The problem that no node of the cluster has that name. */
    Problem noSuchNode(ManagedCluster cluster) {
        var options = "-g " + cluster.group() + " -n " + cluster.name();
        return name.isEmpty()
                ? Problem.notFound(
                        "The cluster " + cluster.group() + "/" + cluster.name() + " has no nodes yet: "
                                + cluster.message() + ".",
                        "Wait until 'capstan aks show " + options + "' says that it is ready.")
                : Problem.notFound(
                        "The cluster " + cluster.group() + "/" + cluster.name() + " has no node " + name + ".",
                        "Run 'capstan node list " + options + "' to see those it has.");
    }
}
