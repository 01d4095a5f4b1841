package dev.capstan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists the clusters.",
        footerHeading = "%nExamples:%n",
        footer = {"  capstan cluster list", "  capstan cluster list -g dev -o json"})
final class ClusterList implements Callable<Integer> {

    private final Session session;

    @Option(
            names = {"-g", "--resource-group"},
            paramLabel = "GROUP",
            defaultValue = "",
            description = "Only those of this resource group.")
    private String group = "";

    @Mixin
    private OutputOption output = new OutputOption();

    ClusterList(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (var api = Api.of(session.home())) {
            var json = Json.MAPPER.createArrayNode();
            var table = new Table("NAME", "GROUP", "NODES", "FOLLOWS SECRET", "READY", "MESSAGE");
            for (var item : api.list(ManagedCluster.COLLECTION)) {
                var cluster = new ManagedCluster(item);
                if (group.isEmpty() || group.equalsIgnoreCase(cluster.group())) {
                    json.add(cluster.toJson());
                    table.add(
                            cluster.name(),
                            cluster.group(),
                            Integer.toString(cluster.nodes()),
                            cluster.followsSecret() ? "yes" : "no",
                            cluster.isReady() ? "yes" : "no",
                            cluster.message());
                }
            }
            if (json.isEmpty() && !output.isJson()) {
                session.err()
                        .println(
                                "There is no cluster. Make one: capstan cluster create -g GROUP -n NAME --node-count 2");
                return ExitCode.OK;
            }
            output.print(session, json, table);
        }
        return ExitCode.OK;
    }
}
