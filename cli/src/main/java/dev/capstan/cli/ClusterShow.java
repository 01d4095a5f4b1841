package dev.capstan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Shows one cluster.",
        footerHeading = "%nExample:%n",
        footer = "  capstan cluster show -g dev -n one -o json")
final class ClusterShow implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    ClusterShow(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        try (var api = Api.of(home)) {
            var found = cluster.find(home, api);
            var text = new StringBuilder();
            row(text, "name", found.name());
            row(text, "resource group", found.group());
            row(
                    text,
                    "ready",
                    (found.isReady() ? "yes" : "no") + (found.message().isEmpty() ? "" : ": " + found.message()));
            for (var pool : found.object().at("/spec/agentPoolProfiles")) {
                row(
                        text,
                        "pool " + pool.path("name").asText(),
                        pool.path("count").asInt() + " nodes, "
                                + (pool.path("enableCustomCATrust").asBoolean()
                                        ? "following the Secret"
                                        : "not following the Secret"));
            }
            row(text, "API", found.endpoint());
            row(text, "id", found.object().at("/spec/id").asText());
            output.print(session, found.toJson(), text);
        }
        return ExitCode.OK;
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format("%-16s %s%n", name, value.isEmpty() ? "-" : value));
    }
}
