package dev.capstan.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Home;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.ServerState;
import dev.capstan.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Shows whether the control plane of CAPSTAN_HOME runs, and where.",
        footerHeading = "%nExit codes and examples:%n",
        footer = {
            "  0 it runs and answers, 1 it runs and does not answer, 3 it does not run",
            "  capstan status",
            "  curl --cacert \"$(capstan status -o json | jq -r .caFile)\" \"$(capstan status -o json | jq -r .endpoint)/readyz\""
        })
final class StatusCommand implements Callable<Integer> {

    private final Session session;

    @Mixin
    private TextOrJson output = new TextOrJson();

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var home = session.home();
        var server = home.server();
        if (server.isEmpty()) {
            var json = Json.object().put("running", false);
            json.put("home", home.folder().toString());
            output.print(
                    session,
                    json,
                    String.format(
                            "The control plane of %s does not run.%n  Start it: capstan up --detach%n", home.folder()));
            return ExitCode.NOT_FOUND;
        }
        return tell(home, server.get());
    }

    private int tell(Home home, ServerState server) {
        var json = Json.object().put("running", true);
        json.put("pid", server.pid());
        json.put("endpoint", server.endpoint().toString());
        json.put("caFile", server.caFile());
        json.put("version", server.version());
        json.put("home", home.folder().toString());
        json.put("subscriptionId", home.subscription());
        json.put("tenantId", home.tenant());
        server.needs().forEach(json.putArray("needs")::add);
        server.limits().forEach(json.putArray("limits")::add);
        var clusters = json.putArray("clusters");
        var code = ExitCode.OK;
        try (var api = Api.of(session)) {
            api.list(ManagedCluster.COLLECTION).forEach(item -> clusters.add(new ManagedCluster(item).toJson()));
            json.put("answering", true);
        } catch (Problem e) {
            json.put("answering", false).put("problem", e.getMessage());
            code = ExitCode.FAILED;
        }
        output.print(session, json, text(json, clusters));
        return code;
    }

    private static String text(ObjectNode json, ArrayNode clusters) {
        var text = new StringBuilder();
        text.append(String.format(
                "The control plane runs (pid %d, version %s).%n",
                json.path("pid").asLong(), json.path("version").asText()));
        text.append(String.format("  API       %s%n", json.path("endpoint").asText()));
        text.append(String.format("  CA        %s%n", json.path("caFile").asText()));
        text.append(String.format("  home      %s%n", json.path("home").asText()));
        if (json.has("problem")) {
            text.append(String.format("  problem   %s%n", json.path("problem").asText()));
        } else {
            text.append(String.format("  clusters  %s%n", clusters.isEmpty() ? "none" : ""));
        }
        for (var cluster : clusters) {
            text.append(String.format(
                    "    %s/%s: %s%n",
                    cluster.path("resourceGroup").asText(),
                    cluster.path("name").asText(),
                    cluster.path("ready").asBoolean()
                            ? "ready"
                            : cluster.path("message").asText()));
        }
        for (var need : json.path("needs")) {
            text.append(String.format("  no machines yet: %s%n", need.asText()));
        }
        for (var limit : json.path("limits")) {
            text.append(
                    String.format("  new machines are only directories, level Written at most: %s%n", limit.asText()));
        }
        return text.toString();
    }
}
