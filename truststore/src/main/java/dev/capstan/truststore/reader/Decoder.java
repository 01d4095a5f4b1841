package dev.capstan.truststore.reader;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.FindingCode;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.truststore.SubjectHash;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * From DER to a certificate, as OpenSSL, GnuTLS and Go decode it: any X.509 certificate, a CA's or not. Each is decoded
 * once, however many files hold it. For use by one thread.
 */
final class Decoder {

    private final CertificateReader reader = new CertificateReader(InstantSource.system());
    private final Map<Identity, Optional<SeenCertificate>> known = new HashMap<>();

    /** The certificate; empty if these bytes are none. */
    Optional<SeenCertificate> decode(byte[] der) {
        return known.computeIfAbsent(Identity.ofDer(der), identity -> read(identity, der));
    }

    /** A certificate that was decoded before. */
    SeenCertificate known(Identity identity) {
        return known.getOrDefault(identity, Optional.empty()).orElseThrow();
    }

    private Optional<SeenCertificate> read(Identity identity, byte[] der) {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END CERTIFICATE-----\n";
        Reading reading = reader.readPem(pem.getBytes(US_ASCII), Place.of("block"));
        if (!reading.certificates().isEmpty()) {
            Certificate certificate = reading.certificates().getFirst().certificate();
            return Optional.of(new SeenCertificate(
                    identity, certificate.subject(), certificate.notAfter(), SubjectHash.ofDer(der)));
        }
        boolean notCa = reading.findings().stream()
                .anyMatch(finding ->
                        finding.code() == FindingCode.NOT_A_CA || finding.code() == FindingCode.UNUSABLE_KEY);
        return notCa ? notOfCa(identity, der) : Optional.empty();
    }

    private static Optional<SeenCertificate> notOfCa(Identity identity, byte[] der) {
        try {
            X509Certificate parsed = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            String subject = parsed.getSubjectX500Principal().getName().replaceAll("\\p{C}", "?");
            return Optional.of(
                    new SeenCertificate(identity, subject, parsed.getNotAfter().toInstant(), SubjectHash.ofDer(der)));
        } catch (CertificateException | RuntimeException refused) {
            // The JDK's parser throws unchecked exceptions of many kinds on hostile input.
            return Optional.empty();
        }
    }
}
