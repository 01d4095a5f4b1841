package dev.capstan.controller;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the removal guard makes of the Secret as it is: a pure function from the Secret and the nodes to the fingerprint that
 * each node may take up.
 *
 * <p>A guarded node takes up the Secret unless that takes a CA away which it has from the Secret alone and with which an
 * endpoint was last proven on any guarded node. Then every guarded node keeps what it has: the change as a whole is held
 * back, what it adds as well. A node that has nothing of the Secret has nothing to lose and takes up what there is. A CA
 * whose new certificate, of the same name and key, is in the Secret does not go. The override lets one set through.
 *
 * @param fingerprints by node, what it waits for; null for a node that is not guarded
 * @param held what would break; empty where nothing is held back
 * @param overridden what breaks because that was asked for; empty where nothing does
 * @param adds how many certificates of the Secret some guarded node does not have yet
 */
record GuardDecision(
        Map<String, @Nullable String> fingerprints,
        List<EndangeredEndpoint> held,
        List<EndangeredEndpoint> overridden,
        int adds) {

    /**
     * A node that follows the Secret.
     *
     * @param isGuarded whether its pool or the Secret asks for the guard
     * @param fingerprint what it waits for now; null where it takes up everything
     * @param status its agent's last word; null where there is none
     */
    record Seen(String name, boolean isGuarded, @Nullable String fingerprint, NodeTrust.@Nullable Status status) {

        List<TrustedCertificate> certificates() {
            return status == null ? List.of() : status.certificates();
        }

        boolean hasNothingOfSecret() {
            return certificates().stream().noneMatch(TrustedCertificate::isOfSecret);
        }

        /** Fingerprint of what it has of the Secret. */
        String has() {
            return Fingerprint.of(certificates().stream()
                            .filter(TrustedCertificate::isOfSecret)
                            .map(certificate -> new Identity(certificate.sha256()))
                            .sorted()
                            .toList())
                    .value();
        }
    }

    /**
     * Decides.
     *
     * @param renewed identities of certificates that are not in the Secret any more, but whose CA is
     * @param override fingerprint of the set that goes through all the same; null where there is none
     */
    static GuardDecision of(List<Seen> nodes, CertificateSet secret, Set<String> renewed, @Nullable String override) {
        String fingerprint = secret.fingerprint().value();
        Map<String, Map<String, TrustedCertificate>> anchors = new HashMap<>();
        nodes.stream()
                .filter(node -> node.isGuarded() && !fingerprint.equals(node.fingerprint()))
                .filter(node -> node.status() != null)
                .forEach(node ->
                        anchors.put(node.name(), EndangeredEndpoint.anchors(Objects.requireNonNull(node.status()))));
        List<EndangeredEndpoint> broken = broken(anchors, secret, renewed);
        boolean goes = broken.isEmpty() || fingerprint.equals(override);
        Map<String, @Nullable String> fingerprints = new LinkedHashMap<>();
        nodes.forEach(
                node -> fingerprints.put(node.name(), goes ? takenUp(node, fingerprint) : kept(node, fingerprint)));
        return new GuardDecision(
                fingerprints, goes ? List.of() : broken, goes ? broken : List.of(), goes ? 0 : adds(nodes, secret));
    }

    /**
     * The endpoints that break with this Secret.
     *
     * @param anchors of each node, by its name, what its endpoints' chains ended in
     * @param renewed identities of certificates that are not in the Secret any more, but whose CA is
     */
    static List<EndangeredEndpoint> broken(
            Map<String, Map<String, TrustedCertificate>> anchors, CertificateSet secret, Set<String> renewed) {
        Set<String> stay = secret.certificates().stream()
                .map(certificate -> certificate.identity().hex())
                .collect(Collectors.toSet());
        stay.addAll(renewed);
        return EndangeredEndpoint.among(
                anchors, (node, anchor) -> anchor.isOfSecretAlone() && !stay.contains(anchor.sha256()));
    }

    private static @Nullable String takenUp(Seen node, String fingerprint) {
        return node.isGuarded() ? fingerprint : null;
    }

    private static @Nullable String kept(Seen node, String fingerprint) {
        if (!node.isGuarded()) {
            return null;
        }
        if (node.hasNothingOfSecret()) {
            return fingerprint;
        }
        return node.fingerprint() == null ? node.has() : node.fingerprint();
    }

    private static int adds(List<Seen> nodes, CertificateSet secret) {
        return (int) secret.certificates().stream()
                .map(certificate -> certificate.identity().hex())
                .filter(identity -> nodes.stream()
                        .filter(node -> node.isGuarded() && !node.hasNothingOfSecret())
                        .anyMatch(node -> node.certificates().stream()
                                .filter(TrustedCertificate::isOfSecret)
                                .noneMatch(certificate -> certificate.sha256().equals(identity))))
                .count();
    }
}
