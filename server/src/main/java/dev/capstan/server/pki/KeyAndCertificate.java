package dev.capstan.server.pki;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * A private key and the certificate of its public key, kept together: in one PEM file, so that no crash leaves the one
 * without the other. All keys are EC P-256.
 *
 * @param key the private key; never logged
 * @param certificate its certificate
 */
record KeyAndCertificate(PrivateKey key, X509Certificate certificate) {

    private static final String KEY = "PRIVATE KEY";
    private static final String CERTIFICATE = "CERTIFICATE";

    /** A new key pair. */
    static KeyPair newKeyPair() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java makes EC P-256 keys", e);
        }
    }

    /**
     * Reads what {@link #toPem} wrote.
     *
     * @throws GeneralSecurityException if it is something else, or the key is not the certificate's
     */
    static KeyAndCertificate parse(String pem) throws GeneralSecurityException {
        var key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(block(pem, KEY)));
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(block(pem, CERTIFICATE)));
        var read = new KeyAndCertificate(key, certificate);
        if (!read.fits()) {
            throw new GeneralSecurityException("the private key is not that of the certificate");
        }
        return read;
    }

    /** Key and certificate as PEM (RFC 7468). */
    String toPem() {
        return pem(KEY, key.getEncoded()) + certificatePem();
    }

    /** The certificate alone as PEM. */
    String certificatePem() {
        try {
            return pem(CERTIFICATE, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "KeyAndCertificate[" + certificate.getSubjectX500Principal() + "]";
    }

    private boolean fits() throws GeneralSecurityException {
        var probe = new byte[32];
        var signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(probe);
        var signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(probe);
        return signature.verify(signed);
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    private static byte[] block(String pem, String label) throws GeneralSecurityException {
        var begin = "-----BEGIN " + label + "-----";
        var start = pem.indexOf(begin);
        var end = pem.indexOf("-----END " + label + "-----");
        if (start < 0 || end < start) {
            throw new GeneralSecurityException("there is no " + label + " in it");
        }
        try {
            return Base64.getMimeDecoder()
                    .decode(pem.substring(start + begin.length(), end).getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("its " + label + " is no base64", e);
        }
    }
}
