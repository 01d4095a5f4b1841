package dev.capstan.proof;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime would make of a chain.
 *
 * @param problems why it does not verify, that which a runtime would name first; none if it verifies
 * @param anchor the certificate of the trust store it ended in; absent if it verified with none
 * @param missing the certificate whose issuer was not found; absent if all were
 * @param rekeyed whether there is a certificate of that issuer's name with another key
 */
public record Verdict(
        List<Problem> problems,
        @Nullable X509Certificate anchor,
        @Nullable X509Certificate missing,
        boolean rekeyed) {

    public Verdict {
        problems = List.copyOf(problems);
    }

    /** Whether this is among what is wrong. */
    public boolean has(Reason reason) {
        return problems.stream().anyMatch(problem -> problem.reason() == reason);
    }

    public boolean verified() {
        return problems.isEmpty();
    }

    /** A reason with its words. */
    public record Problem(Reason reason, String words) {}
}
