package dev.capstan.server.pki;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Issues X.509 certificates (RFC 5280), signed with ECDSA and SHA-256. What is critical and what a key may do follows
 * 4.2.1 there; serial numbers are 127 random bits.
 */
final class Issuance {

    /** Clocks differ a little, also those of machines that share one. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final int DIGITAL_SIGNATURE = 0x80;
    private static final int SIGNS_CERTIFICATES_AND_CRLS = 0x06;

    private Issuance() {}

    /** A certificate authority that signs itself, and may sign servers but no other authorities. */
    static KeyAndCertificate authority(String name, Instant now, Duration validity) {
        var keys = KeyAndCertificate.newKeyPair();
        var identifier = identifier(keys.getPublic());
        var extensions = Der.sequence(
                extension("2.5.29.19", true, Der.sequence(Der.isTrue(), Der.integer(BigInteger.ZERO))),
                extension("2.5.29.15", true, Der.namedBits(SIGNS_CERTIFICATES_AND_CRLS)),
                extension("2.5.29.14", false, Der.octets(identifier)));
        var subject = commonName(name);
        return issued(keys, keys.getPrivate(), subject, subject, now, validity, extensions);
    }

    /** A server's certificate for these names, signed by the authority, and never valid for longer than that is. */
    static KeyAndCertificate server(KeyAndCertificate authority, ServerNames names, Instant now, Duration validity) {
        var keys = KeyAndCertificate.newKeyPair();
        var issuer = authority.certificate();
        var extensions = Der.sequence(
                extension("2.5.29.15", true, Der.namedBits(DIGITAL_SIGNATURE)),
                extension("2.5.29.37", false, Der.sequence(Der.oid(SERVER_AUTHENTICATION))),
                extension("2.5.29.14", false, Der.octets(identifier(keys.getPublic()))),
                extension("2.5.29.35", false, Der.sequence(Der.implicit(0, identifier(issuer.getPublicKey())))),
                extension("2.5.29.17", false, alternativeNames(names)));
        var left = Duration.between(now, issuer.getNotAfter().toInstant());
        return issued(
                keys,
                authority.key(),
                commonName("Capstan API"),
                issuer.getSubjectX500Principal(),
                now,
                left.compareTo(validity) < 0 ? left : validity,
                extensions);
    }

    private static KeyAndCertificate issued(
            KeyPair keys,
            PrivateKey signer,
            X500Principal subject,
            X500Principal issuer,
            Instant now,
            Duration validity,
            byte[] extensions) {
        var from = now.minus(BACKDATED).truncatedTo(ChronoUnit.SECONDS);
        var until = now.plus(validity).truncatedTo(ChronoUnit.SECONDS);
        var certificate = Der.sequence(
                Der.explicit(0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom()).setBit(126)),
                ECDSA_WITH_SHA256,
                issuer.getEncoded(),
                Der.sequence(Der.time(from), Der.time(until)),
                subject.getEncoded(),
                keys.getPublic().getEncoded(),
                Der.explicit(3, extensions));
        try {
            var signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(signer);
            signature.update(certificate);
            var signed = Der.sequence(certificate, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
            var read = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(signed));
            return new KeyAndCertificate(keys.getPrivate(), (X509Certificate) read);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate could not be issued for " + subject, e);
        }
    }

    private static X500Principal commonName(String name) {
        return new X500Principal(Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name)))));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.isTrue(), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static byte[] alternativeNames(ServerNames names) {
        List<byte[]> encoded = new ArrayList<>();
        names.dns().forEach(name -> encoded.add(Der.implicit(2, name.getBytes(StandardCharsets.US_ASCII))));
        names.addresses().forEach(address -> encoded.add(Der.implicit(7, address.getAddress())));
        return Der.sequence(encoded.toArray(byte[][]::new));
    }

    /** SHA-256 of the key, cut to 160 bits (RFC 7093, method 1). */
    private static byte[] identifier(PublicKey key) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return Arrays.copyOf(hash, 20);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
