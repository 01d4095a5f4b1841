package dev.capstan.agent.proof;

import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofResult;
import dev.capstan.resources.TrustProof;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each endpoint: the last definite outcome, with the set it was found with. An inconclusive try is kept
 * beside it and takes nothing away, so that a registry that is down makes no node worse.
 */
final class Evidence {

    private static final int MAX_TEXT = 1000;

    private final Map<String, TrustProof.Endpoint> known = new LinkedHashMap<>();

    /** Takes up what an earlier life of the agent found. */
    void restore(List<TrustProof.Endpoint> endpoints) {
        known.clear();
        endpoints.forEach(endpoint -> known.put(endpoint.endpoint(), endpoint));
    }

    /** Forgets what is asked no more. */
    void keep(List<String> endpoints) {
        known.keySet().retainAll(endpoints);
    }

    /** Takes what was found while the node held this set. */
    void take(String fingerprint, List<ProofResult> results) {
        for (ProofResult result : results) {
            String endpoint = result.endpoint().text();
            TrustProof.Endpoint before = known.get(endpoint);
            TrustProof.Endpoint now = found(fingerprint, result);
            known.put(endpoint, before == null || result.outcome() != Outcome.INCONCLUSIVE ? now : beside(before, now));
        }
    }

    private static TrustProof.Endpoint beside(TrustProof.Endpoint before, TrustProof.Endpoint now) {
        if (before.outcome().equals(TrustProof.INCONCLUSIVE)) {
            return before.reason().equals(now.reason()) ? at(now, before.at()) : now;
        }
        TrustProof.Try last = before.lastTry();
        String since = last != null && last.reason().equals(now.reason()) ? last.at() : now.at();
        return new TrustProof.Endpoint(
                before.endpoint(),
                before.outcome(),
                before.reason(),
                before.message(),
                before.fingerprint(),
                before.anchor(),
                before.chain(),
                before.at(),
                new TrustProof.Try(now.reason(), now.message(), since));
    }

    private static TrustProof.Endpoint at(TrustProof.Endpoint endpoint, String at) {
        return new TrustProof.Endpoint(
                endpoint.endpoint(),
                endpoint.outcome(),
                endpoint.reason(),
                endpoint.message(),
                endpoint.fingerprint(),
                endpoint.anchor(),
                endpoint.chain(),
                at,
                endpoint.lastTry());
    }

    private static TrustProof.Endpoint found(String fingerprint, ProofResult result) {
        return new TrustProof.Endpoint(
                result.endpoint().text(),
                result.outcome().word(),
                result.reason(),
                cut(result.message()),
                fingerprint,
                result.anchor() == null ? null : result.anchor().hex(),
                chain(result.chain()),
                time(result.at()),
                null);
    }

    private static List<TrustProof.ChainCertificate> chain(List<ChainCertificate> sent) {
        List<TrustProof.ChainCertificate> chain = new ArrayList<>();
        for (ChainCertificate certificate : sent) {
            if (chain.size() < TrustProof.Endpoint.MAX_CHAIN) {
                chain.add(new TrustProof.ChainCertificate(
                        certificate.subject(),
                        certificate.issuer(),
                        certificate.identity().hex(),
                        time(certificate.notAfter())));
            }
        }
        return chain;
    }

    /** What is known of these endpoints, in their order. */
    List<TrustProof.Endpoint> of(List<String> endpoints) {
        return endpoints.stream().map(known::get).filter(Objects::nonNull).toList();
    }

    /** Whether the last definite outcome of this endpoint is this one, found with this set. */
    boolean is(String outcome, String endpoint, String fingerprint) {
        TrustProof.Endpoint found = known.get(endpoint);
        return found != null
                && found.outcome().equals(outcome)
                && found.fingerprint().equals(fingerprint);
    }

    /** Whether this endpoint is proven with this set, and the last try said so too. */
    boolean isSettled(String endpoint, String fingerprint) {
        TrustProof.Endpoint found = known.get(endpoint);
        return found != null && is(TrustProof.PROVEN, endpoint, fingerprint) && found.lastTry() == null;
    }

    /** The set with which every one of these endpoints is proven; absent where there is none, or no endpoint. */
    @Nullable
    String proven(List<String> endpoints) {
        TrustProof.Endpoint first = endpoints.isEmpty() ? null : known.get(endpoints.getFirst());
        if (first == null) {
            return null;
        }
        String fingerprint = first.fingerprint();
        return endpoints.stream().allMatch(endpoint -> is(TrustProof.PROVEN, endpoint, fingerprint))
                ? fingerprint
                : null;
    }

    /** RFC 3339, in whole seconds. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }
}
