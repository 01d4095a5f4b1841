package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An endpoint that would break: where it was last proven, its chain ended in a CA that would go, as the control plane
 * judges it when the list is written (docs/removal-guard.md). A CA that a node has from the Secret too does not go.
 *
 * @param endpoint the endpoint as it was named
 * @param subject that CA's name
 * @param sha256 that CA's identity
 * @param nodes the nodes that proved it so
 */
record EndangeredEndpoint(String endpoint, String subject, String sha256, List<Node> nodes) {

    private static final int NAMED_AT_MOST = 5;

    /**
     * What would break.
     *
     * @param lost identities of the CAs that leave the list
     */
    static List<EndangeredEndpoint> among(List<Node> nodes, Set<String> lost) {
        Map<List<String>, EndangeredEndpoint> found = new LinkedHashMap<>();
        for (var node : nodes) {
            var status = node.trust().path("status");
            for (var proven : status.at("/proof/endpoints")) {
                var anchor = proven.path("anchor").asText("");
                for (var certificate : status.path("certificates")) {
                    if (lost.contains(anchor)
                            && certificate.path("sha256").asText().equals(anchor)
                            && isOfListAlone(certificate)) {
                        var endpoint = proven.path("endpoint").asText();
                        found.computeIfAbsent(
                                        List.of(endpoint, anchor),
                                        key -> new EndangeredEndpoint(
                                                endpoint,
                                                certificate.path("subject").asText(),
                                                anchor,
                                                new ArrayList<>()))
                                .nodes()
                                .add(node);
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean isOfListAlone(JsonNode certificate) {
        for (var source : certificate.path("sources")) {
            if (!source.asText().equals("list")) {
                return false;
            }
        }
        return true;
    }

    /** {@code registry.corp:443, whose chain ends in CN=Corp (SHA-256 ab…), on node a and b}, as the control plane says it. */
    String words() {
        var names = nodes.stream().map(Node::name).toList();
        var more = names.size() - NAMED_AT_MOST;
        return endpoint + ", whose chain ends in " + subject + " (SHA-256 " + sha256 + "), on "
                + (names.size() == 1 ? "node " : "nodes ")
                + String.join(", ", names.subList(0, Math.min(names.size(), NAMED_AT_MOST)))
                + (more > 0 ? " and " + more + " more" : "");
    }

    ObjectNode json() {
        var json =
                Json.object().put("endpoint", endpoint).put("subject", subject).put("sha256", sha256);
        var names = json.putArray("nodes");
        nodes.forEach(node -> names.add(node.name()));
        return json;
    }
}
