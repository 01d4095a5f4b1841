package dev.capstan.cli.node;

import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine under a node, entered through the program that its provider leaves in CAPSTAN_HOME. That works without the
 * API as long as the node is named; with the API up it is also checked that the node is one of the cluster's.
 */
final class Machine {

    private final Session session;
    private final ClusterOptions cluster;
    private final NodeOption node;

    Machine(Session session, ClusterOptions cluster, NodeOption node) {
        this.session = session;
        this.cluster = cluster;
        this.node = node;
    }

    /** Becomes the command, inside the machine. */
    int become(List<String> command) {
        var whole = new ArrayList<String>();
        whole.add(program(name()).toString());
        whole.addAll(command);
        session.out().flush();
        return session.handover().become(whole);
    }

    /** The node's name; where none was given, that of the only node. */
    String name() {
        return node.name().isEmpty() || session.home().server().isPresent()
                ? cluster.with(session, this::find)
                : node.name();
    }

    /** The program that enters the machine of this node; a {@link Problem} if there is none. */
    Path program(String name) {
        var enter = session.home().enter(name);
        if (!Files.isExecutable(enter)) {
            throw Problem.notFound(
                    "There is no machine of the node " + name + " here: " + enter + " is no program that you may run.",
                    "If the node is new, wait until it is ready; machines are entered as root, on the host they run on.");
        }
        return enter;
    }

    private String find(Api api, ManagedCluster found) {
        var names = Node.of(api, found).stream()
                .filter(node::matches)
                .map(Node::name)
                .toList();
        if (names.isEmpty()) {
            throw node.noSuchNode(found);
        }
        if (names.size() > 1) {
            throw new Problem(
                    ExitCode.USAGE,
                    "The cluster has " + names.size() + " nodes: " + String.join(", ", names) + ".",
                    "Say which one with --node.",
                    null);
        }
        return names.getFirst();
    }
}
