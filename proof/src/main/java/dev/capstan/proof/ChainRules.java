package dev.capstan.proof;

import static dev.capstan.proof.Reason.BROKEN_CHAIN;
import static dev.capstan.proof.Reason.EXPIRED;
import static dev.capstan.proof.Reason.NAME_CONSTRAINT;
import static dev.capstan.proof.Reason.NOT_A_CA;
import static dev.capstan.proof.Reason.NOT_YET_VALID;
import static dev.capstan.proof.Reason.WEAK_SIGNATURE;
import static dev.capstan.proof.Reason.WRONG_USAGE;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a chain from a server's certificate up to an anchor may be trusted. RFC 5280's rules are the JDK's; those in which
 * container runtimes, which are programs in Go, are stricter than the JDK's PKIX come before (crypto/x509, {@code Verify}):
 *
 * <ul>
 *   <li>the anchor's own dates count, and so do its name constraints and path length;
 *   <li>no signature but the anchor's may be of SHA-1 or MD5;
 *   <li>an extended key usage, on any of them, must allow TLS servers.
 * </ul>
 */
final class ChainRules {

    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final String TLS_SERVER = "1.3.6.1.5.5.7.3.1";

    private ChainRules() {}

    /** Why a certificate is not valid at this time; empty if it is. */
    static Optional<Verdict.Problem> outOfTime(X509Certificate certificate, Instant now) {
        Instant notBefore = certificate.getNotBefore().toInstant();
        Instant notAfter = certificate.getNotAfter().toInstant();
        if (now.isAfter(notAfter)) {
            return Optional.of(new Verdict.Problem(
                    EXPIRED, Names.subject(certificate) + " expired on " + notAfter + "; it is " + second(now)));
        }
        if (now.isBefore(notBefore)) {
            return Optional.of(new Verdict.Problem(
                    NOT_YET_VALID,
                    Names.subject(certificate) + " is not valid before " + notBefore + "; it is " + second(now)));
        }
        return Optional.empty();
    }

    /**
     * Why the chain may not be trusted; empty if it may. That each has issued the one before it is known already, and so is
     * that the first is within its dates.
     *
     * @param chain the server's certificate, intermediates, the anchor
     */
    static Optional<Verdict.Problem> problem(List<X509Certificate> chain, Instant now) {
        for (X509Certificate certificate : chain.subList(1, chain.size())) {
            Optional<Verdict.Problem> late = outOfTime(certificate, now);
            if (late.isPresent()) {
                return late;
            }
        }
        for (X509Certificate certificate : chain.subList(0, chain.size() - 1)) {
            String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
            if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD5") || algorithm.startsWith("MD2")) {
                return Optional.of(new Verdict.Problem(
                        WEAK_SIGNATURE, Names.subject(certificate) + " is signed with " + Names.shown(algorithm)));
            }
        }
        for (X509Certificate certificate : chain) {
            if (!forServers(certificate)) {
                return Optional.of(new Verdict.Problem(
                        WRONG_USAGE, Names.subject(certificate) + " has extended key usages without serverAuth"));
            }
        }
        return chain.size() == 1 ? Optional.empty() : byStandard(chain);
    }

    private static boolean forServers(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains(TLS_SERVER) || usages.contains(ANY_USAGE);
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    /** By RFC 5280, with dates left out: a chain whose dates do not hold is refused by then. */
    private static Optional<Verdict.Problem> byStandard(List<X509Certificate> chain) {
        X509Certificate anchor = chain.getLast();
        boolean judged = isSelfSigned(anchor) && anchor.getVersion() == 3;
        try {
            // PKIX takes an anchor as a name and a key; as the path's first certificate its extensions count too.
            CertPath path = CertificateFactory.getInstance("X.509")
                    .generateCertPath(judged ? chain : chain.subList(0, chain.size() - 1));
            PKIXParameters parameters = new PKIXParameters(Set.of(
                    judged
                            ? new TrustAnchor(anchor.getSubjectX500Principal(), anchor.getPublicKey(), null)
                            : new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(commonTime(chain));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return Optional.empty();
        } catch (CertPathValidatorException refused) {
            if (refused.getReason() == BasicReason.EXPIRED || refused.getReason() == BasicReason.NOT_YET_VALID) {
                // Dates are judged elsewhere; these are never all valid at once.
                return Optional.empty();
            }
            int at = refused.getIndex();
            String who = Names.subject(chain.get(Math.max(0, at)));
            return Optional.of(problem(refused, who));
        } catch (GeneralSecurityException odd) {
            return Optional.of(new Verdict.Problem(
                    BROKEN_CHAIN, "the chain cannot be judged: " + Names.shown(String.valueOf(odd.getMessage()))));
        }
    }

    private static Verdict.Problem problem(CertPathValidatorException refused, String who) {
        CertPathValidatorException.Reason reason = refused.getReason();
        String words = Names.shown(String.valueOf(refused.getMessage()));
        if (reason == PKIXReason.INVALID_NAME) {
            return new Verdict.Problem(
                    NAME_CONSTRAINT, who + " has a name that a CA above it may not issue for (" + words + ")");
        }
        if (reason == PKIXReason.NOT_CA_CERT
                || reason == PKIXReason.INVALID_KEY_USAGE
                || reason == PKIXReason.PATH_TOO_LONG) {
            return new Verdict.Problem(NOT_A_CA, who + " has issued a certificate and may not (" + words + ")");
        }
        if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
            return new Verdict.Problem(WEAK_SIGNATURE, who + ": " + words);
        }
        return new Verdict.Problem(BROKEN_CHAIN, who + ": " + words);
    }

    static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                && issued(certificate, certificate)
                && !certificate.getSigAlgName().toUpperCase(Locale.ROOT).startsWith("MD");
    }

    /** Whether the issuer's key has made the certificate's signature. */
    static boolean issued(X509Certificate issuer, X509Certificate certificate) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException otherKey) {
            return false;
        }
    }

    /** A time at which all are valid, if there is one. */
    private static Date commonTime(List<X509Certificate> chain) {
        Instant latest = Instant.MIN;
        for (X509Certificate certificate : chain) {
            Instant notBefore = certificate.getNotBefore().toInstant();
            latest = notBefore.isAfter(latest) ? notBefore : latest;
        }
        return Date.from(latest.plusSeconds(1));
    }

    private static Instant second(Instant now) {
        return Instant.ofEpochSecond(now.getEpochSecond());
    }
}
