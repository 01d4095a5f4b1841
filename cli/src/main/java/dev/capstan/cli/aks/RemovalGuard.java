package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * The removal guard of a cluster, as its tags ask for it (docs/removal-guard.md). Names of tags have no case, as in Azure.
 *
 * @param cluster the cluster as ARM has it
 */
record RemovalGuard(JsonNode cluster) {

    private static final String GUARD = "capstan-removal-guard";
    private static final String OVERRIDE = "capstan-removal-guard-override";

    /** Those of the endpoints for whose sake a list of this fingerprint is refused. */
    List<EndangeredEndpoint> held(List<EndangeredEndpoint> endangered, String fingerprint) {
        var isOverridden = tag(cluster, OVERRIDE).filter(fingerprint::equals).isPresent();
        for (var pool : cluster.at("/properties/agentPoolProfiles")) {
            isOverridden |= tag(pool, OVERRIDE).filter(fingerprint::equals).isPresent();
        }
        return isOverridden
                ? List.of()
                : endangered.stream()
                        .filter(endpoint -> endpoint.nodes().stream().anyMatch(node -> guards(node.pool())))
                        .toList();
    }

    private boolean guards(String name) {
        var guards = false;
        for (var pool : cluster.at("/properties/agentPoolProfiles")) {
            guards |= pool.path("name").asText().equalsIgnoreCase(name) && (asks(cluster) || asks(pool));
        }
        return guards;
    }

    private static boolean asks(JsonNode resource) {
        return tag(resource, GUARD).filter("true"::equalsIgnoreCase).isPresent();
    }

    private static Optional<String> tag(JsonNode resource, String name) {
        return resource.path("tags").properties().stream()
                .filter(tag -> tag.getKey().equalsIgnoreCase(name))
                .map(tag -> tag.getValue().asText().strip())
                .findFirst();
    }
}
