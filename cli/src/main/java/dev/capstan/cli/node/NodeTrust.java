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
        for (var field : List.of(
                "wanted", "written", "loaded", "proven", "certificates", "findings", "problem", "proof", "runtime")) {
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
        runtime(text, status.path("runtime"));
        proof(text, status.path("proof"));
        certificates(text, status.path("certificates"));
        findings(text, status.path("findings"));
        return text.toString();
    }

    private static String lane(JsonNode lane) {
        var reason = lane.path("reason").asText("");
        return lane.path("name").asText("-") + (reason.isEmpty() ? "" : ": " + reason);
    }

    private static void runtime(StringBuilder text, JsonNode runtime) {
        if (!runtime.isObject()) {
            return;
        }
        var version = runtime.path("version").asText("");
        var restarts = runtime.path("restarts").asInt();
        row(
                text,
                "runtime",
                runtime.path("name").asText() + (version.isEmpty() ? "" : " " + version) + ", process "
                        + runtime.path("pid").asText() + " since "
                        + runtime.path("startedAt").asText("?")
                        + (restarts == 0
                                ? ""
                                : "; restarted by Capstan " + (restarts == 1 ? "once" : restarts + " times")
                                        + ", last at "
                                        + runtime.path("lastRestart").asText("?")));
        named(text, "may still trust", runtime.path("stale"));
        named(text, "may not know yet", runtime.path("notYetKnown"));
        for (var daemon : runtime.path("otherDaemons")) {
            text.append(String.format(
                    "    %s, process %s: %s%n",
                    daemon.path("name").asText(),
                    daemon.path("pid").asText(),
                    daemon.path("words").asText()));
        }
    }

    private static void named(StringBuilder text, String what, JsonNode certificates) {
        for (var certificate : certificates) {
            var identity = certificate.path("sha256").asText();
            text.append(String.format(
                    "    %-16s %s (SHA-256 %s)%n",
                    what, certificate.path("subject").asText("?"), identity));
        }
    }

    private static void proof(StringBuilder text, JsonNode proof) {
        if (!proof.isObject()) {
            row(text, "proof", "none");
            return;
        }
        row(
                text,
                "proof",
                proof.path("outcome").asText() + " at " + proof.path("at").asText());
        for (var endpoint : proof.path("endpoints")) {
            text.append(String.format(
                    "    %s: %s, %s, at %s%n",
                    endpoint.path("endpoint").asText(),
                    endpoint.path("outcome").asText(),
                    endpoint.path("reason").asText(),
                    endpoint.path("at").asText()));
            if (!endpoint.path("outcome").asText().equals("Proven")) {
                text.append(String.format("      %s%n", endpoint.path("message").asText()));
            }
            for (var certificate : endpoint.path("chain")) {
                text.append(String.format(
                        "      sent     %s, SHA-256 %s%n",
                        certificate.path("subject").asText(),
                        certificate.path("sha256").asText()));
            }
            if (!endpoint.path("anchor").asText("").isEmpty()) {
                text.append(String.format(
                        "      ends in  SHA-256 %s%n", endpoint.path("anchor").asText()));
            }
            var last = endpoint.path("lastTry");
            if (last.isObject()) {
                text.append(String.format(
                        "      since %s: %s, %s%n",
                        last.path("at").asText(),
                        last.path("reason").asText(),
                        last.path("message").asText()));
            }
        }
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
