package dev.capstan.proof;

import dev.capstan.certificates.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one proof ended with.
 *
 * @param endpoint what was asked
 * @param outcome that of the reason, unless the reason is one of a newer version
 * @param reason a stable word, see {@link Reason}
 * @param message what happened, in words with names and dates, and what it proves
 * @param chain the certificates that the server sent, its own first, verified or not; empty if it came to none
 * @param anchor the certificate of the trust store that the verified chain ended in; absent if none did
 * @param took how long it took
 * @param at when it began
 */
public record ProofResult(
        Endpoint endpoint,
        Outcome outcome,
        String reason,
        String message,
        List<ChainCertificate> chain,
        @Nullable Identity anchor,
        Duration took,
        Instant at) {

    public ProofResult {
        chain = List.copyOf(chain);
    }
}
