package dev.capstan.cli.node;

import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.output.Table;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the nodes of a cluster: whether they are ready, and how far they trust what they shall.",
        footerHeading = "%nExample:%n",
        footer = "  capstan node list -g dev -n one")
public final class NodeList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public NodeList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return cluster.with(session, this::show);
    }

    private int show(Api api, ManagedCluster found) {
        var nodes = Node.of(api, found);
        var json = Json.array();
        var table = new Table("NAME", "POOL", "READY", "CUSTOM CA TRUSTED", "LEVEL", "LANE", "PROOF");
        for (var node : nodes) {
            json.add(node.toJson());
            table.add(
                    node.name(),
                    node.pool(),
                    node.status("Ready").equals("True") ? "yes" : "no",
                    node.trusted(),
                    node.level(),
                    node.lane(),
                    node.proof());
        }
        output.print(session, json, table);
        return ExitCode.OK;
    }
}
