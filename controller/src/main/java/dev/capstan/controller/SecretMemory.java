package dev.capstan.controller;

import dev.capstan.certificates.Certificate;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import dev.capstan.resources.TrustProof;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this controller remembers of the Secret and of the proofs that rest on it. A node that follows the Secret by itself
 * may have dropped a CA before the controller looks: what its endpoints were last proven with is then known from here
 * alone. Nothing that a decision of the guard rests on is only here; lost with the process, it costs a warning, or a
 * question more where a CA was renewed.
 */
final class SecretMemory {

    /** More than a Secret can hold; of older ones the first that came go. */
    private static final int REMEMBERED = 2000;

    private final Map<String, Certificate> certificates = new LinkedHashMap<>();
    private final Map<String, Map<String, TrustedCertificate>> anchors = new HashMap<>();
    private @Nullable SecretContent content;

    /** The Secret's content as last read; null before it was. */
    synchronized @Nullable SecretContent content() {
        return content;
    }

    /** Takes note of the Secret as it was just read. */
    synchronized void saw(SecretContent now) {
        content = now;
        now.certificates()
                .certificates()
                .forEach(certificate -> certificates.put(certificate.identity().hex(), certificate));
        certificates.keySet().stream()
                .limit(Math.max(0, certificates.size() - REMEMBERED))
                .toList()
                .forEach(certificates::remove);
    }

    /** Identities of certificates that are no longer in the Secret while their CA still is, with a good certificate. */
    synchronized Set<String> renewed(Instant at) {
        SecretContent now = content == null ? SecretContent.NONE : content;
        return certificates.values().stream()
                .filter(old -> !now.certificates().contains(old.identity()))
                .filter(old -> now.certificates().renews(old, at))
                .map(old -> old.identity().hex())
                .collect(Collectors.toSet());
    }

    /** Takes note of what a node said. */
    synchronized void saw(String node, NodeTrust.@Nullable Status status) {
        Map<String, TrustedCertificate> before = anchors.getOrDefault(node, Map.of());
        Map<String, TrustedCertificate> now = new LinkedHashMap<>();
        if (status != null && status.proof() != null) {
            now.putAll(EndangeredEndpoint.anchors(status));
            for (TrustProof.Endpoint proven : status.proof().endpoints()) {
                TrustedCertificate old = before.get(proven.endpoint());
                if (old != null && old.sha256().equals(proven.anchor())) {
                    now.putIfAbsent(proven.endpoint(), old);
                }
            }
        }
        if (now.isEmpty()) {
            anchors.remove(node);
        } else {
            anchors.put(node, Map.copyOf(now));
        }
    }

    /** What each node's endpoints were last proven with, by node and endpoint. */
    synchronized Map<String, Map<String, TrustedCertificate>> anchors() {
        return Map.copyOf(anchors);
    }
}
