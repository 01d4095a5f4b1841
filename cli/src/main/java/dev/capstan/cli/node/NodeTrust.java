package dev.capstan.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.kubernetes.Api;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.output.TextOrJson;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "trust",
        description = {
            "Shows what each node trusts beside the public roots, and what was left out and why.",
            "Level: Written (in the trust store), Loaded (the runtime reads it), Proven (a TLS handshake succeeded)."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  capstan node trust -g dev -n one", "  capstan node trust -g dev -n one --node NODE -o json"})
public final class NodeTrust implements Callable<Integer> {

    private final Session session;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private NodeOption nodeOption = new NodeOption();

    @Mixin
    private TextOrJson output = new TextOrJson();

    public NodeTrust(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return cluster.with(session, this::show);
    }

    private int show(Api api, ManagedCluster found) {
        var nodes = Node.of(api, found).stream().filter(nodeOption::matches).toList();
        if (nodes.isEmpty()) {
            throw nodeOption.noSuchNode(found);
        }
        var json = Json.array();
        var texts = new ArrayList<String>();
        for (var node : nodes) {
            json.add(json(node));
            texts.add(text(node));
        }
        output.print(session, json, String.join(System.lineSeparator(), texts));
        return ExitCode.OK;
    }

    private static ObjectNode json(Node node) {
        var json = node.toJson();
        for (var field : List.of("wanted", "written", "loaded", "proven", "certificates", "findings", "problem")) {
            var value = node.trust().path("status").path(field);
            json.set(field, value.isMissingNode() ? Json.nothing() : value);
        }
        return json;
    }

    private static String text(Node node) {
        var status = node.trust().path("status");
        var text = new StringBuilder(String.format("%s%n", node.name()));
        row(text, "level", node.level());
        row(text, "lane", lane(status.path("lane")));
        row(text, "trusted", node.trusted() + (node.message().isEmpty() ? "" : ": " + node.message()));
        if (status.has("problem") && !status.path("problem").isNull()) {
            row(
                    text,
                    "problem",
                    status.at("/problem/reason").asText() + ": "
                            + status.at("/problem/message").asText());
        }
        if (node.trust().isMissingNode()) {
            row(text, "note", "the node has no NodeTrust yet; nothing is known of its trust store");
        }
        certificates(text, status.path("certificates"));
        findings(text, status.path("findings"));
        return text.toString();
    }

    private static String lane(JsonNode lane) {
        var reason = lane.path("reason").asText("");
        return lane.path("name").asText("-") + (reason.isEmpty() ? "" : ": " + reason);
    }

    private static void certificates(StringBuilder text, JsonNode certificates) {
        row(text, "certificates", certificates.isEmpty() ? "none" : Integer.toString(certificates.size()));
        for (var certificate : certificates) {
            text.append(String.format("    %s%n", certificate.path("subject").asText()));
            text.append(String.format(
                    "      SHA-256  %s%n", certificate.path("sha256").asText()));
            text.append(String.format(
                    "      expires  %s%n", certificate.path("notAfter").asText()));
            text.append(String.format("      source   %s%n", joined(certificate.path("sources"))));
        }
    }

    private static void findings(StringBuilder text, JsonNode findings) {
        for (var finding : findings) {
            text.append(String.format(
                    "  %s in %s: %s [%s]%n",
                    finding.path("severity").asText(),
                    finding.path("source").asText(),
                    finding.path("message").asText(),
                    finding.path("code").asText()));
            text.append(String.format("    fix: %s%n", finding.path("fix").asText()));
        }
    }

    private static String joined(JsonNode texts) {
        var all = new ArrayList<String>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join(", ", all);
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format("  %-12s %s%n", name, value));
    }
}
