package dev.capstan.proof;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a pull of the runtime came to.
 *
 * @param reason {@link Reason#VERIFIED} if the registry answered, whatever it answered
 * @param words the same, with the runtime's own words
 */
public record RuntimeAnswer(Reason reason, String words) {

    private static final int NOT_FOUND = 5;

    /** The cause stands at the end of containerd's long sentences. */
    private static final int LONGEST = 1500;

    /** What every text of containerd begins with, and what nobody need read. */
    private static final Pattern PREAMBLE = Pattern.compile(
            "^failed to pull and unpack image \"[^\"]*\": (failed to resolve reference \"[^\"]*\": )?");

    /** A part of the runtime's text, and what it means. */
    private record Mark(String text, Reason reason) {}

    /**
     * Texts of Go's net, crypto/x509 and containerd. Versions differ in what stands before: from Go 1.20 on (containerd 1.7)
     * it is {@code tls: failed to verify certificate: x509: …}. The first that is found counts, so that causes stand before
     * what they lead to.
     */
    private static final Mark[] MARKS = {
        new Mark("unable to read ca cert", Reason.HOST_DIRECTORY_BROKEN),
        new Mark("unable to load ca cert", Reason.HOST_DIRECTORY_BROKEN),
        new Mark("x509: cannot verify signature: insecure algorithm", Reason.WEAK_SIGNATURE),
        new Mark("x509: certificate signed by unknown authority", Reason.UNKNOWN_AUTHORITY),
        new Mark("x509: certificate has expired or is not yet valid", Reason.EXPIRED),
        new Mark("x509: certificate is valid for", Reason.HOSTNAME_MISMATCH),
        new Mark("x509: certificate is not valid for any names", Reason.HOSTNAME_MISMATCH),
        new Mark("x509: cannot validate certificate for", Reason.HOSTNAME_MISMATCH),
        new Mark("x509: certificate relies on legacy common name", Reason.HOSTNAME_MISMATCH),
        new Mark("is not authorized to sign for this name", Reason.NAME_CONSTRAINT),
        new Mark("x509: certificate is not authorized to sign other certificates", Reason.NOT_A_CA),
        new Mark("x509: too many intermediates", Reason.NOT_A_CA),
        new Mark("incompatible key usage", Reason.WRONG_USAGE),
        new Mark("x509: unhandled critical extension", Reason.BROKEN_CHAIN),
        new Mark("x509: ", Reason.BROKEN_CHAIN),
        new Mark("proxyconnect", Reason.PROXY_REFUSED),
        new Mark("proxy authentication required", Reason.PROXY_REFUSED),
        new Mark("no such host", Reason.NAME_NOT_RESOLVED),
        new Mark("server misbehaving", Reason.NAME_NOT_RESOLVED),
        new Mark("temporary failure in name resolution", Reason.NAME_NOT_RESOLVED),
        new Mark("connection refused", Reason.CONNECTION_REFUSED),
        new Mark("connection reset", Reason.UNREACHABLE),
        new Mark("network is unreachable", Reason.UNREACHABLE),
        new Mark("no route to host", Reason.UNREACHABLE),
        new Mark("http response to https client", Reason.NOT_TLS),
        new Mark("first record does not look like a tls handshake", Reason.NOT_TLS),
        new Mark("tls handshake timeout", Reason.TIMED_OUT),
        new Mark("i/o timeout", Reason.TIMED_OUT),
        new Mark("deadline exceeded", Reason.TIMED_OUT),
        new Mark("remote error: tls", Reason.HANDSHAKE_FAILED),
        new Mark("toomanyrequests", Reason.TOO_MANY_REQUESTS),
        new Mark("too many requests", Reason.TOO_MANY_REQUESTS),
        new Mark("500 internal server error", Reason.SERVER_ERROR),
        new Mark("502 bad gateway", Reason.SERVER_ERROR),
        new Mark("503 service unavailable", Reason.SERVER_ERROR),
        new Mark("504 gateway timeout", Reason.SERVER_ERROR),
        new Mark(": eof", Reason.UNREACHABLE),
        new Mark("401 unauthorized", Reason.VERIFIED),
        new Mark("403 forbidden", Reason.VERIFIED),
        new Mark("authorization failed", Reason.VERIFIED),
        new Mark("insufficient_scope", Reason.VERIFIED),
        new Mark("not found", Reason.VERIFIED),
    };

    /**
     * Reads the error of a pull.
     *
     * @param code gRPC's status code
     * @param text the runtime's message
     */
    static RuntimeAnswer of(int code, String text) {
        String shown = Names.shown(
                PREAMBLE.matcher(text.replace(RuntimePull.NOBODYS_DIGEST, "sha256:0…")).replaceFirst(""), LONGEST);
        String lower = text.toLowerCase(Locale.ROOT);
        for (Mark mark : MARKS) {
            if (lower.contains(mark.text())) {
                Reason reason = mark.reason();
                if (lower.contains("proxyconnect") && reason.outcome() == Outcome.REFUTED) {
                    reason = Reason.PROXY_UNTRUSTED;
                } else if (reason == Reason.EXPIRED && lower.contains(" is before ")) {
                    reason = Reason.NOT_YET_VALID;
                }
                return reason == Reason.VERIFIED ? answered(shown) : new RuntimeAnswer(reason, "the runtime: " + shown);
            }
        }
        return code == NOT_FOUND ? answered(shown) : new RuntimeAnswer(Reason.OTHER, "the runtime: " + shown);
    }

    private static RuntimeAnswer answered(String shown) {
        return new RuntimeAnswer(Reason.VERIFIED, "the registry answered the runtime (" + shown + ")");
    }
}
