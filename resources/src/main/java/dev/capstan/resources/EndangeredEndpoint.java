package dev.capstan.resources;

import dev.capstan.resources.NodeTrust.TrustedCertificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * An endpoint that would break: where it was last proven, its chain ended in a CA that is about to go.
 *
 * @param endpoint the endpoint as it was named
 * @param subject that CA's RFC 2253 name
 * @param sha256 that CA's identity
 * @param nodes names of the nodes that proved it so, sorted
 */
public record EndangeredEndpoint(String endpoint, String subject, String sha256, List<String> nodes) {

    private static final int NAMED_AT_MOST = 5;

    public EndangeredEndpoint {
        nodes = List.copyOf(nodes);
    }

    /**
     * What would break. A chain that ended in a certificate which is not of the node's set (a root that its distribution
     * ships) is not touched by any change of the set.
     *
     * @param nodes the last word of each node, by its name
     * @param leaves whether a certificate of a node's set goes from it
     */
    public static List<EndangeredEndpoint> among(
            Map<String, NodeTrust.Status> nodes, BiPredicate<String, TrustedCertificate> leaves) {
        record At(String endpoint, String sha256) {}
        Map<At, EndangeredEndpoint> found = new LinkedHashMap<>();
        new TreeMap<>(nodes).forEach((node, status) -> {
            TrustProof proof = status.proof();
            for (TrustProof.Endpoint proven : proof == null ? List.<TrustProof.Endpoint>of() : proof.endpoints()) {
                status.certificates().stream()
                        .filter(certificate -> certificate.sha256().equals(proven.anchor()))
                        .filter(certificate -> leaves.test(node, certificate))
                        .forEach(anchor -> found.merge(
                                new At(proven.endpoint(), anchor.sha256()),
                                new EndangeredEndpoint(
                                        proven.endpoint(), anchor.subject(), anchor.sha256(), List.of(node)),
                                EndangeredEndpoint::and));
            }
        });
        return List.copyOf(found.values());
    }

    private EndangeredEndpoint and(EndangeredEndpoint same) {
        List<String> both = new ArrayList<>(nodes);
        both.addAll(same.nodes);
        return new EndangeredEndpoint(endpoint, subject, sha256, both);
    }

    /** {@code registry.corp:443, whose chain ends in CN=Corp (SHA-256 ab…), on node a and node b}. */
    public String words() {
        String some = String.join(", ", nodes.subList(0, Math.min(nodes.size(), NAMED_AT_MOST)));
        int more = nodes.size() - NAMED_AT_MOST;
        return endpoint + ", whose chain ends in " + subject + " (SHA-256 " + sha256 + "), on "
                + (nodes.size() == 1 ? "node " : "nodes ") + some + (more > 0 ? " and " + more + " more" : "");
    }
}
