package dev.capstan.runtime;

import dev.capstan.certificates.Identity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The certificates of a bundle by identity, each with its DER encoding. A block that is not base64 is passed over, as Go's
 * {@code AppendCertsFromPEM} does; the bundle is the distribution's, and nothing in it is judged here.
 */
final class PemIdentities {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private PemIdentities() {}

    static SortedMap<Identity, byte[]> of(byte[] bundle) {
        SortedMap<Identity, byte[]> found = new TreeMap<>();
        String text = new String(bundle, StandardCharsets.ISO_8859_1);
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
            int end = text.indexOf(END, begin);
            if (end < 0) {
                break;
            }
            try {
                byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
                found.put(Identity.ofDer(der), der);
            } catch (IllegalArgumentException notBase64) {
                // No reader takes it for a certificate.
            }
        }
        return found;
    }

    /** Whether there is one block in it that is a certificate: without any, Go says that it could append none. */
    static boolean holdsAny(byte[] bundle) {
        return of(bundle).values().stream().anyMatch(der -> parse(der).isPresent());
    }

    /** The subject of a certificate, for words; its identity where it has none that can be read. */
    static String subject(Identity identity, byte[] der) {
        return parse(der)
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .filter(subject -> !subject.isEmpty())
                .orElse(identity.hex());
    }

    private static Optional<X509Certificate> parse(byte[] der) {
        try {
            return Optional.of((X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
        } catch (CertificateException odd) {
            return Optional.empty();
        }
    }
}
