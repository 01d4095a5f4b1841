package dev.capstan.certificates;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Real certificates with real keys, those that no tool makes among them. All of one kind have PEM of as many lines. Keys are made
 * from their names, so that every run, and every seed of a fuzzer, sees the same bytes.
 */
final class Pki {

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
    private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

    private Pki() {}

    /** The key of this name, made when it is first asked for: {@code rsa2048/name}, {@code P-256/name}, {@code Ed25519/name}. */
    static KeyPair key(String name) {
        return KEYS.computeIfAbsent(name, Pki::generate);
    }

    private static KeyPair generate(String name) {
        String kind = name.substring(0, name.indexOf('/'));
        try {
            SecureRandom random = random(name);
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(kind.startsWith("rsa") ? "RSA" : kind.startsWith("P-") ? "EC" : kind);
            if (kind.startsWith("rsa")) {
                generator.initialize(Integer.parseInt(kind.substring(3)), random);
            } else if (kind.startsWith("P-")) {
                generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"), random);
            } else if (kind.equals("DSA")) {
                generator.initialize(2048, random);
            } else {
                generator.initialize(new NamedParameterSpec(kind), random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(kind, impossible);
        }
    }

    /** Numbers that depend on the name alone. */
    private static SecureRandom random(String name) throws GeneralSecurityException {
        SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
        random.setSeed(name.getBytes(StandardCharsets.UTF_8));
        return random;
    }

    private static String signature(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "Ed25519";
            default -> key.getAlgorithm();
        };
    }

    /** A CA certificate in PEM, of an Ed25519 key, so that all have as many lines. */
    static String ca(String name) {
        return new Request(name).pem();
    }

    static String pem(byte[] der) {
        return pem("CERTIFICATE", der);
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** PKCS#8 in PEM. */
    static String privateKey(String name) {
        return pem("PRIVATE KEY", key(name).getPrivate().getEncoded());
    }

    /** What a certificate shall be; a self-signed CA of an Ed25519 key where nothing else is said. */
    static final class Request {

        private final String name;
        private String subject;
        private String issuer;
        private String key;
        private String signedBy;
        private String algorithm = "";
        private BigInteger serial;
        private Instant notBefore = Instant.parse("2020-01-01T00:00:00Z");
        private Instant notAfter = Instant.parse("2049-01-01T00:00:00Z");
        private boolean ca = true;
        private boolean basicConstraints = true;
        private int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
        private int version = 3;
        private PublicKey publicKey;
        private SubjectPublicKeyInfo keyInfo;
        private final Map<String, Extension> extensions = new java.util.LinkedHashMap<>();

        Request(String name) {
            this.name = name;
            this.subject = "O=Capstan Test,CN=" + name;
            this.issuer = subject;
            this.key = "Ed25519/" + name;
            this.signedBy = key;
            // Eight bytes, none of them at the edge, whatever the name.
            this.serial = BigInteger.valueOf(0x4000_0000_0000_0000L | (name.hashCode() & 0xffff_ffffL));
        }

        Request key(String kind) {
            key = kind + "/" + name;
            signedBy = key;
            return this;
        }

        Request keyOf(String other) {
            key = other;
            signedBy = other;
            return this;
        }

        Request subject(String other) {
            issuer = issuer.equals(subject) ? other : issuer;
            subject = other;
            return this;
        }

        Request issuedBy(String other) {
            issuer = "O=Capstan Test,CN=" + other;
            signedBy = "Ed25519/" + other;
            return this;
        }

        Request signer(String other) {
            signedBy = other;
            return this;
        }

        Request server() {
            ca = false;
            usage = KeyUsage.digitalSignature;
            return this;
        }

        Request usage(int bits) {
            usage = bits;
            return this;
        }

        Request withoutBasicConstraints() {
            basicConstraints = false;
            return this;
        }

        Request version1() {
            version = 1;
            return this;
        }

        Request serial(BigInteger number) {
            serial = number;
            return this;
        }

        Request algorithm(String other) {
            algorithm = other;
            return this;
        }

        Request valid(String from, String to) {
            notBefore = Instant.parse(from);
            notAfter = Instant.parse(to);
            return this;
        }

        Request publicKey(PublicKey other) {
            publicKey = other;
            return this;
        }

        Request keyInfo(SubjectPublicKeyInfo other) {
            keyInfo = other;
            return this;
        }

        Request extension(String oid, boolean critical, ASN1Encodable value) {
            try {
                extensions.put(
                        oid,
                        new Extension(
                                new ASN1ObjectIdentifier(oid),
                                critical,
                                value.toASN1Primitive().getEncoded("DER")));
                return this;
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        Request unknownExtension(boolean critical) {
            return extension("1.3.6.1.4.1.99999.1", critical, DERNull.INSTANCE);
        }

        String pem() {
            return Pki.pem(der());
        }

        byte[] der() {
            try {
                PrivateKey signer = Pki.key(signedBy).getPrivate();
                ContentSigner signing = new JcaContentSignerBuilder(algorithm.isEmpty() ? signature(signer) : algorithm)
                        .setSecureRandom(random(name))
                        .build(signer);
                SubjectPublicKeyInfo info = keyInfo != null
                        ? keyInfo
                        : SubjectPublicKeyInfo.getInstance(
                                (publicKey != null ? publicKey : Pki.key(key).getPublic()).getEncoded());
                X500Name from = new X500Name(issuer);
                X500Name to = new X500Name(subject);
                X509CertificateHolder made;
                if (version == 1) {
                    made = new X509v1CertificateBuilder(
                                    from, serial, Date.from(notBefore), Date.from(notAfter), to, info)
                            .build(signing);
                } else {
                    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                            from, serial, Date.from(notBefore), Date.from(notAfter), to, info);
                    if (basicConstraints) {
                        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
                    }
                    if (usage != 0) {
                        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
                    }
                    for (Extension extension : extensions.values()) {
                        builder.addExtension(extension);
                    }
                    made = builder.build(signing);
                }
                return made.getEncoded();
            } catch (IOException | OperatorCreationException | GeneralSecurityException impossible) {
                throw new IllegalStateException(name, impossible);
            }
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
