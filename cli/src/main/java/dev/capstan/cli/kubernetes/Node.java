package dev.capstan.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A node and its NodeTrust, as the cluster's API has them.
 *
 * @param node the Node
 * @param trust the NodeTrust, a missing node if there is none
 */
public record Node(JsonNode node, JsonNode trust) {

    /** Every node of a cluster, by name. */
    public static List<Node> of(Api api, ManagedCluster cluster) {
        var prefix = "/clusters/" + cluster.objectName();
        Map<String, JsonNode> trusts = new HashMap<>();
        api.list(prefix + "/apis/capstan.dev/v1/nodetrusts")
                .forEach(trust -> trusts.put(trust.at("/metadata/name").asText(), trust));
        var nodes = new ArrayList<Node>();
        for (var node : api.list(prefix + "/api/v1/nodes")) {
            nodes.add(
                    new Node(node, trusts.getOrDefault(node.at("/metadata/name").asText(), Json.missing())));
        }
        nodes.sort((one, other) -> one.name().compareTo(other.name()));
        return nodes;
    }

    public String name() {
        return node.at("/metadata/name").asText();
    }

    public String pool() {
        return node.at("/metadata/labels")
                .path("kubernetes.azure.com/agentpool")
                .asText("");
    }

    /** Fingerprint of the list's set that the node was born with; empty if there was no list, nothing if it is not known. */
    public Optional<String> bornWith() {
        return trust.isMissingNode()
                ? Optional.empty()
                : Optional.of(trust.at("/spec/certificateSet").asText(""));
    }

    /** Status of the condition of this type, {@code Unknown} if there is none. */
    public String status(String type) {
        return condition(type).path("status").asText("Unknown");
    }

    /** The condition that mirrors the node's trust, such as {@code True (Loaded)}. */
    public String trusted() {
        var condition = condition("CustomCATrusted");
        var reason = condition.path("reason").asText("");
        return status("CustomCATrusted") + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    /** Why the node is not where it shall be, in the controller's words; empty if all is well or nothing is known. */
    public String message() {
        return condition("CustomCATrusted").path("message").asText("");
    }

    /**
     * The highest level that the set it shall trust has reached; {@code -} below {@code Written}. A level holds only
     * together with those below it.
     */
    public String level() {
        var status = trust.path("status");
        var wanted = status.path("wanted").asText("");
        var reached = "-";
        for (var level : List.of("Written", "Loaded", "Proven")) {
            if (wanted.isEmpty()
                    || !status.path(level.toLowerCase(Locale.ROOT)).asText("").equals(wanted)) {
                return reached;
            }
            reached = level;
        }
        return reached;
    }

    public String lane() {
        return trust.at("/status/lane/name").asText("-");
    }

    /** What the last round of proofs found; {@code -} where there was none. */
    public String proof() {
        return trust.at("/status/proof/outcome").asText("-");
    }

    /** The node as {@code -o json} tells it. */
    public ObjectNode toJson() {
        var json = Json.object();
        json.put("name", name());
        json.put("pool", pool());
        json.put("ready", status("Ready").equals("True"));
        var condition = json.putObject("customCATrusted");
        condition.put("status", status("CustomCATrusted"));
        condition.put("reason", condition("CustomCATrusted").path("reason").asText(""));
        condition.put("message", message());
        json.put("level", level());
        json.put("lane", lane());
        json.put("proof", proof());
        return json;
    }

    private JsonNode condition(String type) {
        for (var condition : node.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return Json.missing();
    }
}
