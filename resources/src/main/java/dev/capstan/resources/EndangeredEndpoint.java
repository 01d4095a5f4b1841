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
     * What each endpoint's chain ended in when it was last proven, where that is a certificate of the node's set. A root
     * that its distribution ships is not touched by any change of the set.
     */
    public static Map<String, TrustedCertificate> anchors(NodeTrust.Status status) {
        Map<String, TrustedCertificate> anchors = new LinkedHashMap<>();
        TrustProof proof = status.proof();
        for (TrustProof.Endpoint proven : proof == null ? List.<TrustProof.Endpoint>of() : proof.endpoints()) {
            status.certificates().stream()
                    .filter(certificate -> certificate.sha256().equals(proven.anchor()))
                    .forEach(anchor -> anchors.put(proven.endpoint(), anchor));
        }
        return anchors;
    }

    /**
     * What would break.
     *
     * @param anchors of each node, by its name, what its endpoints' chains ended in
     * @param leaves whether a certificate goes from a node's set
     */
    public static List<EndangeredEndpoint> among(
            Map<String, Map<String, TrustedCertificate>> anchors, BiPredicate<String, TrustedCertificate> leaves) {
        record At(String endpoint, String sha256) {}
        Map<At, EndangeredEndpoint> found = new LinkedHashMap<>();
        new TreeMap<>(anchors)
                .forEach((node, endpoints) -> endpoints.forEach((endpoint, anchor) -> {
                    if (leaves.test(node, anchor)) {
                        found.merge(
                                new At(endpoint, anchor.sha256()),
                                new EndangeredEndpoint(endpoint, anchor.subject(), anchor.sha256(), List.of(node)),
                                EndangeredEndpoint::and);
                    }
                }));
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
