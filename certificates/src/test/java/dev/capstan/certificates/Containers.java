package dev.capstan.certificates;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** What certificates come in, and what is handed over in their place. */
final class Containers {

    private Containers() {}

    /** A PKCS#7 container of these certificates, without signers, in DER. */
    static byte[] pkcs7(String... certificates) {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            for (String certificate : certificates) {
                generator.addCertificate(new X509CertificateHolder(Inputs.der(certificate)));
            }
            return generator
                    .generate(new CMSAbsentContent(), false)
                    .toASN1Structure()
                    .getEncoded("DER");
        } catch (IOException | CMSException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One whose list of certificates says that it is longer than it is. */
    static byte[] damagedPkcs7(String certificate) {
        byte[] whole = pkcs7(certificate);
        byte[] der = Inputs.der(certificate);
        int at = 0;
        while (!Arrays.equals(Arrays.copyOfRange(whole, at, at + der.length), der)) {
            at++;
        }
        whole[at + 3] = (byte) (whole[at + 3] + 40);
        return whole;
    }

    static String request(String name) {
        try {
            var key = Pki.key("Ed25519/" + name);
            return Pki.pem(
                    "CERTIFICATE REQUEST",
                    new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + name), key.getPublic())
                            .build(new JcaContentSignerBuilder("Ed25519").build(key.getPrivate()))
                            .getEncoded());
        } catch (IOException | OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Three lines of PEM. */
    static String publicKey(String name) {
        return Pki.pem("PUBLIC KEY", Pki.key("Ed25519/" + name).getPublic().getEncoded());
    }

    /** A CA whose subject has the first byte of a two-byte character before one that is not its second. */
    static byte[] badSubject() {
        byte[] der = new Pki.Request("Zxrich").der();
        for (int i = 0; i + 1 < der.length; i++) {
            if (der[i] == 'Z' && der[i + 1] == 'x') {
                der[i] = (byte) 0xc3;
            }
        }
        return der;
    }
}
