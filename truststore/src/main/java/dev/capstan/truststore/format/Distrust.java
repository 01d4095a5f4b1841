package dev.capstan.truststore.format;

import dev.capstan.certificates.Certificate;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What p11-kit leaves out because of the certificates in its blocklist: every certificate that has the key of one of
 * them, or its issuer and serial number (trust/enumerate.c). So a renewed or cross-signed certificate of the same key
 * goes with the distrusted one.
 */
final class Distrust {

    private record IssuerAndSerial(ByteBuffer issuer, ByteBuffer serial) {}

    private final Set<ByteBuffer> keys = new HashSet<>();
    private final Set<IssuerAndSerial> serials = new HashSet<>();

    private Distrust() {}

    static Distrust of(List<Certificate> certificates) {
        Distrust distrust = new Distrust();
        for (Certificate certificate : certificates) {
            Fields fields = Fields.of(certificate.der());
            distrust.keys.add(ByteBuffer.wrap(fields.key()));
            distrust.serials.add(issuerAndSerial(fields));
        }
        return distrust;
    }

    /** Whether p11-kit would leave this certificate out; never one that cannot be read. */
    boolean covers(byte[] der) {
        if (keys.isEmpty()) {
            return false;
        }
        try {
            Fields fields = Fields.of(der);
            return keys.contains(ByteBuffer.wrap(fields.key())) || serials.contains(issuerAndSerial(fields));
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private static IssuerAndSerial issuerAndSerial(Fields fields) {
        return new IssuerAndSerial(ByteBuffer.wrap(fields.issuer()), ByteBuffer.wrap(fields.serialNumber()));
    }
}
