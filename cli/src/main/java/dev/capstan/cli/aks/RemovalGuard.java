package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.resources.Departure;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import dev.capstan.resources.TrustTags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the removal guard of a cluster goes by (docs/removal-guard.md): what its nodes last proved, and what its tags ask for.
 *
 * @param anchors of each node, by its name, what its endpoints' chains ended in
 * @param pools which pool each node is of, in lower case
 * @param guarded pools that ask for the guard, in lower case
 * @param overrides fingerprints of lists that are wanted although the guard stands against them
 */
record RemovalGuard(
        Map<String, Map<String, TrustedCertificate>> anchors,
        Map<String, String> pools,
        Set<String> guarded,
        Set<String> overrides) {

    /** The guard of a cluster as ARM has it. */
    static RemovalGuard of(JsonNode cluster, List<Node> nodes) {
        var guard = new RemovalGuard(new HashMap<>(), new HashMap<>(), new HashSet<>(), new HashSet<>());
        var ofCluster = guard.tags(cluster);
        for (var pool : cluster.at("/properties/agentPoolProfiles")) {
            if (ofCluster.and(guard.tags(pool)).removalGuard()) {
                guard.guarded.add(pool.path("name").asText().toLowerCase(Locale.ROOT));
            }
        }
        for (var node : nodes) {
            guard.pools.put(node.name(), node.pool().toLowerCase(Locale.ROOT));
            guard.anchors.put(node.name(), anchors(node.trust().path("status")));
        }
        return guard;
    }

    private TrustTags tags(JsonNode resource) {
        var tags = new HashMap<String, Object>();
        resource.path("tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
        var read = TrustTags.of(Map.of("tags", tags));
        if (read.override() != null) {
            overrides.add(read.override());
        }
        return read;
    }

    /** As {@link EndangeredEndpoint#anchors} has it. */
    private static Map<String, TrustedCertificate> anchors(JsonNode status) {
        var anchors = new LinkedHashMap<String, TrustedCertificate>();
        for (var proven : status.at("/proof/endpoints")) {
            for (var certificate : status.path("certificates")) {
                if (certificate
                        .path("sha256")
                        .asText()
                        .equals(proven.path("anchor").asText(""))) {
                    anchors.put(proven.path("endpoint").asText(), trusted(certificate));
                }
            }
        }
        return anchors;
    }

    private static TrustedCertificate trusted(JsonNode certificate) {
        var sources = new ArrayList<String>();
        certificate.path("sources").forEach(source -> sources.add(source.asText()));
        return new TrustedCertificate(
                certificate.path("subject").asText(),
                certificate.path("sha256").asText(),
                certificate.path("notAfter").asText(),
                sources);
    }

    /** Those of the endpoints for whose sake a list of this fingerprint is refused. */
    List<EndangeredEndpoint> held(List<EndangeredEndpoint> endangered, String fingerprint) {
        return overrides.contains(fingerprint) ? List.of() : Departure.held(endangered, pools, guarded);
    }
}
