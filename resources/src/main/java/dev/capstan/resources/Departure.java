package dev.capstan.resources;

import dev.capstan.resources.NodeTrust.TrustedCertificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change of a cluster takes away from its nodes, and which endpoints break by it: those whose chain, when a node last
 * proved them, ended in a CA that the node then has from nowhere any more.
 *
 * @param fromList identities of the CAs that leave the list, those aside whose new certificate is in it
 * @param poolsOff pools that no longer follow the Secret, in lower case
 */
public record Departure(Set<String> fromList, Set<String> poolsOff) {

    /** The source of the list's certificates; all others are keys of the Secret ({@link TrustedCertificate#sources}). */
    private static final String LIST = "list";

    public Departure {
        fromList = Set.copyOf(fromList);
        poolsOff = Set.copyOf(poolsOff);
    }

    /** Whether nothing goes. */
    public boolean isNothing() {
        return fromList.isEmpty() && poolsOff.isEmpty();
    }

    /**
     * What would break.
     *
     * @param anchors of each node, by its name, what its endpoints' chains ended in
     * @param pools which pool each node is of, in lower case
     */
    public List<EndangeredEndpoint> endangers(
            Map<String, Map<String, TrustedCertificate>> anchors, Map<String, String> pools) {
        return EndangeredEndpoint.among(anchors, (node, certificate) -> leaves(pools.get(node), certificate));
    }

    /** Whether nothing that a node of the pool keeps holds the certificate any more. */
    private boolean leaves(@Nullable String pool, TrustedCertificate certificate) {
        return certificate.sources().stream()
                .allMatch(source -> source.equals(LIST)
                        ? fromList.contains(certificate.sha256())
                        : pool != null && poolsOff.contains(pool));
    }

    /**
     * Those of the endpoints for whose sake the removal guard holds the change back: the ones that a guarded pool's node proved.
     *
     * @param pools which pool each node is of, in lower case
     * @param guarded pools that ask for the guard, in lower case
     */
    public static List<EndangeredEndpoint> held(
            List<EndangeredEndpoint> endangered, Map<String, String> pools, Set<String> guarded) {
        return endangered.stream()
                .filter(endpoint ->
                        endpoint.nodes().stream().anyMatch(node -> guarded.contains(pools.getOrDefault(node, ""))))
                .toList();
    }
}
