package dev.capstan.certificates;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which of some certificates issued which. The issuer has the name that the certificate calls it by (RFC 5280, 4.1.2.4), no key
 * identifier of the two contradicts it (4.2.1.1; OpenSSL goes by it too), and its key verifies the signature. Where the
 * signature cannot be verified, because its kind is not known here or takes too long, name and key identifiers decide alone.
 *
 * <p>Only signatures between certificates whose names fit are looked at, and never a root's own. The work is bounded, whatever
 * comes: so many signatures for all together, large certificates counting for several, and so many keys of a name and
 * certificates of a key. Go stops at 100 signatures for a chain (crypto/x509, maxChainSignatureChecks).
 */
public final class Issuers {

    private static final int MOST_OF_A_KIND = 32;
    private static final int MOST_SIGNATURES = 256;
    private static final int BYTES_OF_A_SIGNATURE = 16 * 1024;

    private final Map<Bytes, Map<Bytes, Authority>> byName = new HashMap<>();
    private int budget = MOST_SIGNATURES;

    /** A name with a key, and its certificates: several where it was renewed, or is certified by several. */
    private record Authority(List<Certified> certificates) {

        private Certificate first() {
            return certificates.getFirst().certificate;
        }
    }

    /** A certificate, taken apart when it is first asked for: of most nobody asks. */
    private static final class Certified {

        private final Certificate certificate;
        private @Nullable KeyIdentifiers identifiers;

        Certified(Certificate certificate) {
            this.certificate = certificate;
        }

        KeyIdentifiers identifiers() {
            KeyIdentifiers read = identifiers == null ? KeyIdentifiers.of(certificate) : identifiers;
            identifiers = read;
            return read;
        }
    }

    private Issuers() {}

    /** Looks for issuers among these. */
    public static Issuers among(Collection<Certificate> certificates) {
        Issuers issuers = new Issuers();
        for (Certificate certificate : certificates) {
            List<Certified> same = issuers.byName
                    .computeIfAbsent(Bytes.of(certificate.subjectDer()), name -> new LinkedHashMap<>())
                    .computeIfAbsent(Bytes.of(certificate.keyDer()), key -> new Authority(new ArrayList<>()))
                    .certificates();
            if (same.size() < MOST_OF_A_KIND) {
                same.add(new Certified(certificate));
            }
        }
        return issuers;
    }

    /** Whether a chain ends in it: it has its issuer's name, and no key identifier says that the issuer had another key. */
    public static boolean isSelfSigned(Certificate certificate) {
        if (!Bytes.of(certificate.subjectDer()).equals(Bytes.of(certificate.issuerDer()))) {
            return false;
        }
        KeyIdentifiers identifiers = KeyIdentifiers.of(certificate);
        return !identifiers.contradict(identifiers);
    }

    /** The certificates of the CA that issued this one, in the order they were given; none where it is not among them. */
    public List<Certificate> of(Certificate certificate) {
        KeyIdentifiers identifiers = KeyIdentifiers.of(certificate);
        return named(certificate)
                .limit(MOST_OF_A_KIND)
                .filter(authority -> issued(authority, certificate, identifiers))
                .findFirst()
                .map(authority -> authority.certificates().stream()
                        .filter(each -> !identifiers.contradict(each.identifiers()))
                        .map(each -> each.certificate)
                        .filter(each -> !each.equals(certificate))
                        .toList())
                .orElse(List.of());
    }

    /** A certificate that has the issuer's name, whether or not it is the issuer. */
    public Optional<Certificate> namesake(Certificate certificate) {
        return named(certificate)
                .map(Authority::first)
                .filter(each -> !each.equals(certificate))
                .findFirst();
    }

    private Stream<Authority> named(Certificate certificate) {
        return byName.getOrDefault(Bytes.of(certificate.issuerDer()), Map.of()).values().stream();
    }

    private boolean issued(Authority authority, Certificate certificate, KeyIdentifiers identifiers) {
        return authority.certificates().stream().anyMatch(each -> !identifiers.contradict(each.identifiers()))
                && signatureMayHold(certificate, authority.first());
    }

    private boolean signatureMayHold(Certificate certificate, Certificate issuer) {
        byte[] der = certificate.der();
        int work = 1 + der.length / BYTES_OF_A_SIGNATURE;
        if (work > budget || !issuer.isQuicklyVerifiedWith()) {
            return true;
        }
        budget -= work;
        try {
            parsed(der).verify(parsed(issuer.der()).getPublicKey());
            return true;
        } catch (SignatureException | InvalidKeyException another) {
            return false;
        } catch (GeneralSecurityException | RuntimeException unknownKind) {
            return true;
        }
    }

    private static X509Certificate parsed(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }
}
