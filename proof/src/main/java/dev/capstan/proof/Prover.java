package dev.capstan.proof;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the proofs of one request, with the trust store as it was when it began. */
final class Prover {

    private final ProofRequest request;
    private final Optional<Anchors> anchors;
    private final String unreadable;

    private Prover(ProofRequest request, Optional<Anchors> anchors, String unreadable) {
        this.request = request;
        this.anchors = anchors;
        this.unreadable = unreadable;
    }

    static Prover of(ProofRequest request) {
        try {
            return new Prover(request, Optional.of(Anchors.read(request.anchors())), "");
        } catch (IOException failed) {
            return new Prover(request, Optional.empty(), "the node's bundle cannot be read: " + failed);
        }
    }

    /** The proof of one endpoint; whatever goes wrong is in the result. */
    ProofResult prove(Endpoint endpoint) {
        Instant at = Instant.now();
        long began = System.nanoTime();
        Conclusion conclusion = anchors.isEmpty()
                ? new Conclusion(Reason.STORE_UNREADABLE, unreadable, List.of(), null)
                : conclude(endpoint, anchors.get());
        X509Certificate anchor = conclusion.anchor();
        return new ProofResult(
                endpoint,
                conclusion.reason().outcome(),
                conclusion.reason().word(),
                conclusion.message(),
                conclusion.chain().stream().map(ChainCertificate::of).toList(),
                anchor == null ? null : Names.identity(anchor),
                Duration.ofNanos(System.nanoTime() - began),
                at);
    }

    private Conclusion conclude(Endpoint endpoint, Anchors store) {
        return switch (endpoint) {
            case TlsEndpoint server ->
                Conclusion.of(
                        request.tokenServers()
                                ? RegistryProof.of(server, store, request.proxies(), request.limit())
                                : TlsProof.of(server, store, request.proxies(), request.limit()));
            case ImageEndpoint image -> ImageProof.of(image, store, request);
        };
    }

    /** What a proof comes to, before it is put into words for other processes. */
    record Conclusion(
            Reason reason,
            String message,
            List<X509Certificate> chain,
            @Nullable X509Certificate anchor) {

        static Conclusion of(TlsProof proof) {
            return of(proof, proof.reason(), proof.message());
        }

        /** With the chain and the anchor of this proof. */
        static Conclusion of(TlsProof proof, Reason reason, String message) {
            Verdict verdict = proof.verdict();
            return new Conclusion(
                    reason, message, proof.chain(), verdict == null || !verdict.verified() ? null : verdict.anchor());
        }
    }
}
