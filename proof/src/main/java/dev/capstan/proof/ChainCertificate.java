package dev.capstan.proof;

import dev.capstan.certificates.Identity;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A certificate as a server sent it, in the few facts that are shown. Names are RFC 2253 names for people to read, without
 * control characters, cut after 400.
 */
public record ChainCertificate(String subject, String issuer, Identity identity, Instant notBefore, Instant notAfter) {

    public static ChainCertificate of(X509Certificate certificate) {
        return new ChainCertificate(
                Names.subject(certificate),
                Names.issuer(certificate),
                Names.identity(certificate),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }
}
