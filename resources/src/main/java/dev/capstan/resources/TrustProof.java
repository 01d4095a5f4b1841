package dev.capstan.resources;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the last round of proofs found, with the set the node held then.
 *
 * @param outcome {@code Refuted} if an endpoint was refuted with this set, {@code Proven} if every one was proven with it, else {@code Inconclusive}
 * @param fingerprint fingerprint of the set the node held
 * @param at when the round ended, RFC 3339
 * @param endpoints every endpoint, in the order in which they are named
 */
public record TrustProof(String outcome, String fingerprint, String at, List<Endpoint> endpoints) {

    /** The chain verified. */
    public static final String PROVEN = "Proven";

    /** The chain did not verify; the only outcome that counts against a node. */
    public static final String REFUTED = "Refuted";

    /** The endpoint did not answer, so nothing is known. */
    public static final String INCONCLUSIVE = "Inconclusive";

    @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
    public TrustProof {
        endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
    }

    /**
     * What is known of one endpoint: the last definite outcome, or {@code Inconclusive} where there never was one.
     *
     * @param endpoint the endpoint as it was named
     * @param outcome {@code Proven}, {@code Refuted} or {@code Inconclusive}
     * @param reason stable word, such as {@code Verified}, {@code UnknownAuthority}, {@code ConnectionRefused}
     * @param message what was found, and what to do where it is wrong
     * @param fingerprint fingerprint of the set the node held when this was found
     * @param anchor identity of the CA that the chain ended in; absent where it did not verify
     * @param chain the certificates that the server sent, its own first; of an image, empty
     * @param at when this was found, RFC 3339
     * @param lastTry the last try, where it ended Inconclusive after a definite outcome; absent otherwise
     */
    public record Endpoint(
            String endpoint,
            String outcome,
            String reason,
            String message,
            String fingerprint,
            @Nullable String anchor,
            List<ChainCertificate> chain,
            String at,
            @Nullable Try lastTry) {

        /** Of a longer chain the first ones are kept. */
        public static final int MAX_CHAIN = 10;

        @SuppressWarnings("NullAway") // what reads JSON hands over null for a member that is not there
        public Endpoint {
            chain = chain == null ? List.of() : List.copyOf(chain);
        }
    }

    /**
     * A try that found out nothing.
     *
     * @param reason stable word, such as {@code TimedOut}
     * @param message what was in the way
     * @param at when it first was, RFC 3339
     */
    public record Try(String reason, String message, String at) {}

    /**
     * A certificate that a server sent.
     *
     * @param subject RFC 2253 name
     * @param issuer RFC 2253 name
     * @param sha256 its identity
     * @param notAfter when it expires, RFC 3339
     */
    public record ChainCertificate(String subject, String issuer, String sha256, String notAfter) {}
}
