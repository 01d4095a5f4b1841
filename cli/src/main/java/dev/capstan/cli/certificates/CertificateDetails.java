package dev.capstan.cli.certificates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.cli.session.Json;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is shown of a certificate.
 *
 * @param certificate it
 * @param issuer the name of its issuer
 * @param use what it may be used for, in words
 */
record CertificateDetails(Certificate certificate, String issuer, String use) {

    private static final Map<Integer, String> USAGES =
            Map.of(0, "digital signatures", 5, "signing certificates", 6, "signing revocation lists");

    /** How deep a chain below may be where nothing limits it (X509Certificate). */
    private static final int ANY_DEPTH = Integer.MAX_VALUE;

    static CertificateDetails of(Certificate certificate) {
        try {
            var parsed = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.der()));
            return new CertificateDetails(
                    certificate, printable(parsed.getIssuerX500Principal().getName()), use(parsed));
        } catch (CertificateException impossible) {
            throw new IllegalStateException("it was read before", impossible);
        }
    }

    /** A name without characters that could take hold of a terminal. */
    private static String printable(String name) {
        return name.replaceAll("\\p{C}", "?");
    }

    private static String use(X509Certificate parsed) {
        var words = new ArrayList<String>();
        var depth = parsed.getBasicConstraints();
        words.add(
                depth < 0
                        ? "CA of an old kind"
                        : depth == ANY_DEPTH
                                ? "CA"
                                : depth == 0 ? "CA of no other CAs" : "CA of " + depth + " levels of CAs");
        var usage = parsed.getKeyUsage();
        if (usage != null) {
            List.of(5, 6, 0).stream().filter(bit -> usage[bit]).map(USAGES::get).forEach(words::add);
        }
        if (parsed.getExtensionValue("2.5.29.30") != null) {
            words.add("limited to certain names");
        }
        return String.join(", ", words);
    }

    String notBefore() {
        return certificate.notBefore().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    String notAfter() {
        return certificate.notAfter().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    ObjectNode json() {
        var json = Json.object();
        json.put("subject", certificate.subject());
        json.put("issuer", issuer);
        json.put("serialNumber", certificate.serialNumber().toString(16));
        json.put("notBefore", notBefore());
        json.put("notAfter", notAfter());
        json.put("sha256", certificate.identity().hex());
        json.put("key", certificate.keyName());
        json.put("use", use);
        return json;
    }
}
