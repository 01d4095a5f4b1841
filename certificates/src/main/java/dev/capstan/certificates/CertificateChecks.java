package dev.capstan.certificates;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What can be said of one CA certificate by itself, the time of day aside. None of it keeps it from being used. */
final class CertificateChecks {

    private static final int MOST_SERIAL_BYTES = 20;

    private static final Map<String, String> WEAK_SIGNATURES = Map.of(
            "1.2.840.113549.1.1.2", "MD2",
            "1.2.840.113549.1.1.3", "MD4",
            "1.2.840.113549.1.1.4", "MD5",
            "1.2.840.113549.1.1.5", "SHA-1",
            "1.2.840.10040.4.3", "SHA-1",
            "1.2.840.10045.4.1", "SHA-1");

    /** What Go, OpenSSL and GnuTLS handle where it is critical (RFC 5280, 4.2). */
    private static final Set<String> KNOWN_EXTENSIONS = Set.of(
            "2.5.29.14",
            "2.5.29.15",
            "2.5.29.17",
            "2.5.29.19",
            NameConstraints.OID,
            "2.5.29.31",
            "2.5.29.32",
            "2.5.29.33",
            "2.5.29.35",
            "2.5.29.36",
            "2.5.29.37",
            "2.5.29.54",
            "1.3.6.1.5.5.7.1.1");

    private final X509Certificate certificate;
    private final boolean selfIssued;
    private final List<Remark> remarks = new ArrayList<>();

    private CertificateChecks(X509Certificate certificate, boolean selfIssued) {
        this.certificate = certificate;
        this.selfIssued = selfIssued;
    }

    static List<Remark> of(X509Certificate certificate, boolean selfIssued) {
        CertificateChecks checks = new CertificateChecks(certificate, selfIssued);
        checks.version();
        checks.serialNumber();
        checks.signature();
        checks.extensions();
        return checks.remarks;
    }

    private void version() {
        if (certificate.getVersion() < 3) {
            remarks.add(new Remark(
                    FindingCode.VERSION_1,
                    "it is of X.509 version " + certificate.getVersion()
                            + ", which cannot say that it is a CA's; some programs take it for a CA, some do not.",
                    "Have the CA make its certificate again, in version 3 with basicConstraints=critical,CA:TRUE."));
        }
    }

    private void serialNumber() {
        BigInteger number = certificate.getSerialNumber();
        String odd = number.signum() < 0
                ? "is negative; Go from 1.23 on, and with it containerd, does not read the certificate"
                : number.signum() == 0
                        ? "is 0, which some programs do not read"
                        : number.toByteArray().length > MOST_SERIAL_BYTES
                                ? "has more than " + MOST_SERIAL_BYTES + " bytes, which some programs do not read"
                                : "";
        if (!odd.isEmpty()) {
            remarks.add(new Remark(
                    FindingCode.SERIAL_NUMBER,
                    "its serial number " + odd + " (RFC 5280, 4.1.2.2).",
                    "Have the CA make its certificate again with a serial number of 1 to 20 bytes, greater than 0."));
        }
    }

    /** Nobody checks the signature that a root made on itself. */
    private void signature() {
        String weak = WEAK_SIGNATURES.get(certificate.getSigAlgOID());
        if (weak != null && !selfIssued) {
            remarks.add(new Remark(
                    FindingCode.WEAK_SIGNATURE,
                    "it was signed with " + weak + ", which programs refuse on anything but a root.",
                    "Have the CA above it sign it again with SHA-256, or give that CA's own certificate."));
        }
    }

    private void extensions() {
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        Set<String> unknown = new TreeSet<>(critical == null ? Set.of() : critical);
        unknown.removeAll(KNOWN_EXTENSIONS);
        if (!unknown.isEmpty()) {
            remarks.add(new Remark(
                    FindingCode.UNKNOWN_CRITICAL_EXTENSION,
                    ShownText.of("it has a critical extension that verifiers do not know (" + String.join(", ", unknown)
                            + "), and so refuse all that the CA issued."),
                    "Have the CA make its certificate again without it, or with the extension not critical."));
        }
        byte[] constraints = certificate.getExtensionValue(NameConstraints.OID);
        if (constraints != null) {
            try {
                remarks.add(new Remark(
                        FindingCode.NAME_CONSTRAINTS,
                        "what it issues is good "
                                + NameConstraints.words(
                                        DerElement.first(constraints).content()) + ".",
                        "Nothing need be done, where that is what it is for. Not every program heeds it on a root."));
            } catch (IllegalArgumentException malformed) {
                // The JDK has read it, in its own way; what it limits cannot be said then.
                remarks.add(new Remark(
                        FindingCode.NAME_CONSTRAINTS,
                        "it limits the names it is good for in a way that cannot be shown.",
                        "Have the CA make its certificate again (RFC 5280, 4.2.1.10)."));
            }
        }
    }
}
