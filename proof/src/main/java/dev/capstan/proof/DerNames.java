package dev.capstan.proof;

import dev.capstan.certificates.DerElement;
import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** The names in a certificate, byte by byte: Go finds issuers by equal bytes, not by equal meaning as PKIX does. */
final class DerNames {

    private static final int VERSION = 0xa0;
    private static final int ISSUER = 2;
    private static final int SUBJECT = 4;

    private DerNames() {}

    /**
     * The subject of the certificate with this DER encoding.
     *
     * @throws IllegalArgumentException if it is no certificate
     */
    static ByteBuffer subject(byte[] der) {
        return field(der, SUBJECT);
    }

    static ByteBuffer subject(X509Certificate certificate) {
        return field(encoded(certificate), SUBJECT);
    }

    static ByteBuffer issuer(X509Certificate certificate) {
        return field(encoded(certificate), ISSUER);
    }

    /** Fields: optional version, serial number, algorithm, issuer, validity, subject, key (RFC 5280, 4.1). */
    private static ByteBuffer field(byte[] der, int at) {
        List<DerElement> parts = DerElement.first(der).children();
        List<DerElement> fields = parts.isEmpty() ? List.of() : parts.getFirst().children();
        int index = !fields.isEmpty() && fields.getFirst().tag() == VERSION ? at + 1 : at;
        if (fields.size() <= index) {
            throw new IllegalArgumentException("it lacks fields that every certificate has");
        }
        return ByteBuffer.wrap(fields.get(index).encoded());
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a certificate that was read has an encoding", impossible);
        }
    }
}
