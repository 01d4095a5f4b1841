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
 */
public record Verdict(
        List<Problem> problems,
        @Nullable X509Certificate anchor,
        @Nullable X509Certificate missing) {

    public Verdict {
        problems = List.copyOf(problems);
    }

    public boolean verified() {
        return problems.isEmpty();
    }

    /** A reason with its words. */
    public record Problem(Reason reason, String words) {}
}
