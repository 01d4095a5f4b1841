package dev.capstan.certificates;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The inputs of the table whose form is as it should be: certificates that are no CA's, and CAs worth a word. */
final class CheckInputs {

    private static final ASN1ObjectIdentifier RSA = new ASN1ObjectIdentifier("1.2.840.113549.1.1.1");
    private static final ASN1ObjectIdentifier EC = new ASN1ObjectIdentifier("1.2.840.10045.2.1");

    private final Map<String, byte[]> inputs = new LinkedHashMap<>();

    private CheckInputs() {}

    static Map<String, byte[]> all() {
        CheckInputs all = new CheckInputs();
        all.authorities();
        all.keys();
        all.time();
        all.details();
        all.sets();
        return all.inputs;
    }

    private static Pki.Request ca(String name) {
        return new Pki.Request(name);
    }

    private void input(String name, Pki.Request request) {
        input(name, request.pem());
    }

    private void input(String name, String text) {
        inputs.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void authorities() {
        input("a server's certificate", ca("server").issuedBy("one").server());
        input(
                "a server's certificate and its CA",
                ca("server").issuedBy("one").server().pem() + "\n" + Inputs.ONE);
        input("a self-signed server certificate", ca("server").server());
        input(
                "a self-signed certificate without BasicConstraints",
                ca("bare").withoutBasicConstraints().usage(0));
        input(
                "an issued certificate without BasicConstraints",
                ca("bare").issuedBy("one").withoutBasicConstraints());
        input("keyUsage without keyCertSign", ca("usage").usage(KeyUsage.digitalSignature));
        input("a CA without keyUsage", ca("free").usage(0));
        input("version 1, self-signed", ca("old").version1());
        input("version 1, issued by another", ca("old").issuedBy("one").version1());
    }

    private void keys() {
        input("RSA of 2048 bits", ca("rsa").key("rsa2048"));
        input("RSA of 1024 bits", ca("small").key("rsa1024"));
        input("RSA of 512 bits", ca("tiny").key("rsa512").algorithm("SHA256withRSA"));
        input(
                "RSA of 1000 bits",
                ca("odd").keyInfo(rsa(BigInteger.ONE.shiftLeft(999).setBit(0), BigInteger.valueOf(65537))));
        input(
                "RSA of 10,000 bits",
                ca("large").keyInfo(rsa(BigInteger.ONE.shiftLeft(9999).setBit(0), BigInteger.valueOf(65537))));
        input(
                "RSA of 1,000,000 bits",
                ca("huge").keyInfo(rsa(BigInteger.ONE.shiftLeft(999_999).setBit(0), BigInteger.valueOf(65537))));
        input(
                "RSA with exponent 1",
                ca("one").keyInfo(rsa(BigInteger.ONE.shiftLeft(2047).setBit(0), BigInteger.ONE)));
        input("EC on P-256", ca("ec").key("P-256"));
        input("EC on P-384", ca("ec").key("P-384"));
        input("EC on P-521", ca("ec").key("P-521"));
        input("EC on secp256k1", ca("koblitz").keyInfo(curve("1.3.132.0.10")));
        input("EC with parameters of its own", ca("own").keyInfo(curve("")));
        input("Ed25519", ca("edwards"));
        input("Ed448", ca("edwards").key("Ed448").algorithm("Ed448"));
        input("ML-DSA", ca("lattice").key("ML-DSA-65").algorithm("ML-DSA-65"));
        input("DSA", ca("dsa").key("DSA").algorithm("SHA256withDSA"));
        input(
                "a kind of key nobody knows",
                ca("new")
                        .keyInfo(new SubjectPublicKeyInfo(
                                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.2")),
                                new byte[] {1, 2, 3})));
    }

    private static SubjectPublicKeyInfo rsa(BigInteger modulus, BigInteger exponent) {
        return info(
                new AlgorithmIdentifier(RSA, DERNull.INSTANCE),
                new DERSequence(new ASN1Integer[] {new ASN1Integer(modulus), new ASN1Integer(exponent)}));
    }

    private static SubjectPublicKeyInfo info(AlgorithmIdentifier algorithm, DERSequence key) {
        try {
            return new SubjectPublicKeyInfo(algorithm, key);
        } catch (java.io.IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static SubjectPublicKeyInfo curve(String oid) {
        return new SubjectPublicKeyInfo(
                oid.isEmpty()
                        ? new AlgorithmIdentifier(EC, new DERSequence(new DERBitString(new byte[3])))
                        : new AlgorithmIdentifier(EC, new ASN1ObjectIdentifier(oid)),
                new byte[65]);
    }

    private void time() {
        input("expired", ca("past").valid("2010-01-01T00:00:00Z", "2020-01-01T00:00:00Z"));
        input("expired a second ago", ca("past").valid("2010-01-01T00:00:00Z", "2026-11-21T23:59:59Z"));
        input("expires this second", ca("now").valid("2010-01-01T00:00:00Z", "2026-11-22T00:00:00Z"));
        input("expires in 29 days", ca("soon").valid("2010-01-01T00:00:00Z", "2026-12-21T00:00:00Z"));
        input("expires in 31 days", ca("later").valid("2010-01-01T00:00:00Z", "2026-12-23T00:00:00Z"));
        input("not yet valid", ca("next").valid("2030-01-01T00:00:00Z", "2049-01-01T00:00:00Z"));
        input("valid for a thousand years", ca("long").valid("2020-01-01T00:00:00Z", "3020-01-01T00:00:00Z"));
        input("never expires", ca("never").valid("2020-01-01T00:00:00Z", "9999-12-31T23:59:59Z"));
    }

    private void details() {
        input("serial number 0", ca("zero").serial(BigInteger.ZERO));
        input("a negative serial number", ca("minus").serial(BigInteger.valueOf(-42)));
        input("a serial number of 20 bytes", ca("twenty").serial(BigInteger.ONE.shiftLeft(158)));
        input("a serial number of 21 bytes", ca("longer").serial(BigInteger.ONE.shiftLeft(166)));
        input("signed with SHA-1, a root", ca("sha").key("rsa2048").algorithm("SHA1withRSA"));
        input(
                "signed with SHA-1, an intermediate",
                ca("middle")
                                .issuedBy("root")
                                .signer("rsa2048/root")
                                .algorithm("SHA1withRSA")
                                .pem() + "\n" + ca("root").key("rsa2048").pem());
        input(
                "signed with MD5, an intermediate",
                ca("middle")
                                .issuedBy("root")
                                .signer("rsa2048/root")
                                .algorithm("MD5withRSA")
                                .pem() + "\n" + ca("root").key("rsa2048").pem());
        input("an unknown extension", ca("more").unknownExtension(false));
        input("an unknown critical extension", ca("more").unknownExtension(true));
        input("limited to names", ca("limited").extension("2.5.29.30", true, constraints("corp.test", "10.0.0.0/8")));
        input("limited to names, not critical", ca("limited").extension("2.5.29.30", false, constraints("corp.test")));
        input("control characters in the subject", ca("odd").subject("CN=odd,OU=a\u0007b\u202ec"));
    }

    private static NameConstraints constraints(String domain, String... networks) {
        GeneralSubtree[] permitted = new GeneralSubtree[1 + networks.length];
        permitted[0] = new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain));
        for (int i = 0; i < networks.length; i++) {
            permitted[i + 1] = new GeneralSubtree(new GeneralName(GeneralName.iPAddress, networks[i]));
        }
        return new NameConstraints(permitted, null);
    }

    /** A certificate with key identifiers, its own and its issuer's. */
    private static Pki.Request identified(String name, String own, String issuer) {
        return ca(name).extension("2.5.29.14", false, new SubjectKeyIdentifier(own.getBytes(StandardCharsets.UTF_8)))
                .extension("2.5.29.35", false, new AuthorityKeyIdentifier(issuer.getBytes(StandardCharsets.UTF_8)));
    }

    private void sets() {
        Pki.Request middle = ca("middle").issuedBy("one");
        input("an intermediate alone", middle);
        input("an intermediate before its root", middle.pem() + "\n" + Inputs.ONE);
        input(
                "a renewal",
                Inputs.ONE + "\n"
                        + ca("one")
                                .valid("2021-01-01T00:00:00Z", "2049-01-01T00:00:00Z")
                                .pem());
        input(
                "the same name with a new key",
                Inputs.ONE + "\n" + ca("one").keyOf("Ed25519/another").pem());
        String crossSigned = Inputs.ONE + "\n" + Inputs.TWO + "\n"
                + ca("one").issuedBy("two").pem();
        input("cross-signed", crossSigned);
        input("cross-signed, and what that CA issued", crossSigned + "\n" + middle.pem());
        String another = ca("one").keyOf("Ed25519/another").pem();
        input("an intermediate, and its issuer's name with another key", middle.pem() + "\n" + another);
        input(
                "an intermediate, its issuer, and its issuer's name with another key",
                middle.pem() + "\n" + another + "\n" + Inputs.ONE);
        input(
                "key identifiers that agree",
                identified("one", "key 1", "key 1").pem() + "\n"
                        + identified("middle", "key 2", "key 1").issuedBy("one").pem());
        input(
                "key identifiers that contradict the names",
                identified("one", "key 1", "key 1").pem() + "\n"
                        + identified("middle", "key 2", "key 3").issuedBy("one").pem());
        input("a new key, certified by the old one", identified("one", "key 2", "key 1"));
        input(
                "a new key, certified by the old one, and the old one",
                identified("one", "key 2", "key 1").signer("Ed25519/old").pem() + "\n"
                        + identified("one", "key 1", "key 1")
                                .keyOf("Ed25519/old")
                                .pem());
    }
}
