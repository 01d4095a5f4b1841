package dev.capstan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Lists the nodes of a cluster: whether they are ready, and how far they trust what they shall.",
        footerHeading = "%nExample:%n",
        footer = "  capstan node list -g dev -n one")
final class NodeList implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    NodeList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        try (var api = Api.of(home)) {
            var found = cluster.find(home, api);
            var nodes = Node.of(api, found);
            var json = Json.MAPPER.createArrayNode();
            var table = new Table("NAME", "POOL", "READY", "CUSTOM CA TRUSTED", "LEVEL", "LANE");
            for (var node : nodes) {
                json.add(node.toJson());
                table.add(
                        node.name(),
                        node.pool(),
                        node.status("Ready").equals("True") ? "yes" : "no",
                        node.trusted(),
                        node.level(),
                        node.lane());
            }
            output.print(session, json, table);
        }
        return ExitCode.OK;
    }
}
