package dev.capstan.proof;

import java.time.Duration;

/**
 * The proof of an image: the runtime itself asks the registry, see {@link RuntimePull}. Beside it this process makes a handshake with the registry, which tells the chain and judges it by the trust store. Only
 * both together prove: the runtime alone may have skipped the verification, taken a mirror without TLS, or trust what has left
 * the store since it started.
 *
 * <pre>
 *   the runtime      this process     the image
 *   answer           verified         Verified
 *   answer           refuted          RuntimeDisagrees (inconclusive): stale roots, or a CA of a host directory
 *   answer           not reached      RuntimeDisagrees (inconclusive): a mirror
 *   x509 error       any              refuted, with the runtime's reason
 *   anything else    any              inconclusive, with the runtime's reason
 * </pre>
 */
final class ImageProof {

    private ImageProof() {}

    /** Makes it, within the limit of the request. */
    static Prover.Conclusion of(ImageEndpoint image, Anchors anchors, ProofRequest request) {
        long began = System.nanoTime();
        TlsProof own = TlsProof.of(
                image.server(), anchors, request.proxies(), request.limit().dividedBy(2));
        Duration left = request.limit().minusNanos(System.nanoTime() - began);
        return together(
                own,
                request.runtime().isEmpty()
                        ? new RuntimeAnswer(Reason.RUNTIME_SILENT, "no CRI socket of a runtime is known here")
                        : RuntimePull.ask(request.runtime().get(), image.registry() + "/" + image.repository(), left));
    }

    static Prover.Conclusion together(TlsProof own, RuntimeAnswer runtime) {
        if (runtime.reason() != Reason.VERIFIED) {
            String beside = own.verdict() != null && own.verdict().verified()
                    ? "; the trust store itself verifies the registry's chain"
                    : "";
            return Prover.Conclusion.of(own, runtime.reason(), runtime.words() + beside);
        }
        if (own.verdict() == null) {
            return Prover.Conclusion.of(
                    own,
                    Reason.RUNTIME_DISAGREES,
                    runtime.words() + ", but this node does not reach it itself (" + own.message()
                            + "): perhaps by a mirror, whose chain is not seen from here; name the mirror as an endpoint of"
                            + " its own");
        }
        if (!own.verdict().verified()) {
            return Prover.Conclusion.of(
                    own,
                    Reason.RUNTIME_DISAGREES,
                    runtime.words() + ", but the trust store does not verify its chain: " + own.message()
                            + ". The runtime trusts what it read before, or has a host directory of its own for it");
        }
        return Prover.Conclusion.of(own, Reason.VERIFIED, runtime.words() + "; " + own.message());
    }
}
