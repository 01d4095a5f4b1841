package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** The inputs of the table that hold a private key, in every form one is met in. */
final class KeyInputs {

    private static final String PKCS8 = Pki.privateKey("Ed25519/one");

    private KeyInputs() {}

    static Map<String, byte[]> all() {
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        kinds().forEach((kind, text) -> inputs.put("a private key, " + kind, text.getBytes(UTF_8)));
        String one = Inputs.ONE;
        text(inputs, "a private key before a certificate", PKCS8 + "\n" + one);
        text(inputs, "a private key behind two certificates", one + "\n" + Inputs.TWO + "\n" + PKCS8);
        text(inputs, "a private key behind nonsense", "-----BEGIN CERTIFICATE-----\n" + PKCS8);
        text(inputs, "a private key, CRLF", Inputs.crlf(PKCS8));
        text(inputs, "a private key, indented", Inputs.indented(PKCS8, "  ") + one);
        text(inputs, "a private key, line breaks as backslash n", PKCS8.replace("\n", "\\n"));
        text(inputs, "a private key, lower case", PKCS8.replace("PRIVATE KEY", "private key"));
        text(inputs, "a private key behind a byte order mark", "\ufeff" + PKCS8);
        inputs.put("a private key in UTF-16", ("\ufeff" + PKCS8).getBytes(UTF_16LE));
        text(inputs, "a private key, cut", one + "\n" + PKCS8.substring(0, 60));
        text(inputs, "a private key made a comment", one + "\n" + PKCS8.replaceAll("(?m)^", "# "));
        text(inputs, "a private key, labelled CERTIFICATE", one + "\n" + PKCS8.replace("PRIVATE KEY", "CERTIFICATE"));
        text(
                inputs,
                "an encrypted private key, labelled CERTIFICATE",
                kinds().get("encrypted PKCS#8").replace("ENCRYPTED PRIVATE KEY", "CERTIFICATE"));
        inputs.put("a private key in DER", Inputs.der(PKCS8));
        inputs.put("an RSA private key in DER", Inputs.der(Pki.privateKey("rsa1024/small")));
        text(inputs, "base64 of a private key", Inputs.base64(PKCS8));
        text(inputs, "base64 of base64 of a private key", Inputs.base64(Inputs.base64(PKCS8)));
        text(inputs, "base64 of a private key in DER", Inputs.body(PKCS8));
        text(inputs, "base64 of a certificate and a private key", Inputs.base64(one + PKCS8));
        text(inputs, "base64 of a private key beside a certificate", one + "\n" + Inputs.base64(PKCS8) + "\n");
        text(
                inputs,
                "base64 of a certificate and a private key in DER beside a certificate",
                one + "\n"
                        + Inputs.base64(Inputs.join(
                                Base64.getDecoder().decode(Inputs.body(Inputs.TWO)),
                                Base64.getDecoder().decode(Inputs.body(PKCS8))))
                        + "\n");
        text(
                inputs,
                "base64 of a private key in lines beside a certificate",
                one + "\n" + Inputs.lines(Inputs.base64(Pki.privateKey("rsa1024/small")), 76));
        text(
                inputs,
                "a kubeconfig's client key beside a certificate",
                one + "users:\n- name: admin\n  user:\n    client-key-data: " + Inputs.base64(PKCS8) + "\n");
        inputs.put("PKCS#12", pkcs12());
        return inputs;
    }

    private static void text(Map<String, byte[]> inputs, String name, String text) {
        inputs.put(name, text.getBytes(UTF_8));
    }

    /** A key of every kind of label. */
    static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("PKCS#8", PKCS8);
        kinds.put(
                "RSA",
                Pki.pem(
                        "RSA PRIVATE KEY",
                        inner(Pki.key("rsa1024/small").getPrivate().getEncoded())));
        kinds.put(
                "EC",
                Pki.pem(
                        "EC PRIVATE KEY",
                        inner(Pki.key("P-256/one").getPrivate().getEncoded())));
        kinds.put("DSA", PKCS8.replace("PRIVATE KEY", "DSA PRIVATE KEY"));
        kinds.put("ML-DSA", Pki.privateKey("ML-DSA-65/one"));
        kinds.put("encrypted PKCS#8", encrypted());
        kinds.put(
                "encrypted, with headers",
                PKCS8.replace("PRIVATE KEY", "EC PRIVATE KEY")
                        .replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"));
        kinds.put("OpenSSH", PKCS8.replace("PRIVATE KEY", "OPENSSH PRIVATE KEY"));
        kinds.put("SSH2", PKCS8.replace("-----BEGIN PRIVATE KEY-----", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"));
        kinds.put("PGP", PKCS8.replace("PRIVATE KEY", "PGP PRIVATE KEY BLOCK"));
        kinds.put("PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n" + Inputs.body(PKCS8) + "\n");
        return kinds;
    }

    /** PKCS#1 or SEC 1 out of PKCS#8. */
    private static byte[] inner(byte[] pkcs8) {
        try {
            return PrivateKeyInfo.getInstance(pkcs8)
                    .parsePrivateKey()
                    .toASN1Primitive()
                    .getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encrypted() {
        try {
            String algorithm = "PBEWithSHA1AndDESede";
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec("secret".toCharArray())),
                    new PBEParameterSpec(new byte[8], 1_000));
            byte[] encrypted = cipher.doFinal(Inputs.der(PKCS8));
            return Pki.pem(
                    "ENCRYPTED PRIVATE KEY",
                    new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded());
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] pkcs12() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new java.io.ByteArrayInputStream(Inputs.der(Inputs.ONE)));
            store.setKeyEntry(
                    "one",
                    Pki.key("Ed25519/one").getPrivate(),
                    "secret".toCharArray(),
                    new java.security.cert.Certificate[] {certificate});
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, "secret".toCharArray());
            return bytes.toByteArray();
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
