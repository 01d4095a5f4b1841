package dev.capstan.certificates;

import java.util.List;

/**
 * Whether a certificate has the parts it has by RFC 5280, 4.1, each once, in their order, and no others. The JDK steps over what
 * it does not expect; OpenSSL does not load such a certificate, and none of those that follow it in a bundle.
 */
final class CertificateShape {

    private static final int BOOLEAN = 0x01;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int VERSION = 0xa0;
    private static final int ISSUER_ID = 0x81;
    private static final int SUBJECT_ID = 0x82;
    private static final int EXTENSIONS = 0xa3;

    private final List<DerElement> parts;
    private int next;

    private CertificateShape(List<DerElement> parts) {
        this.parts = parts;
    }

    /**
     * Checks the shape; what is inside names is checked where they are read.
     *
     * @throws IllegalArgumentException that says which part is not as it should be
     */
    static void check(DerElement certificate) {
        CertificateShape whole = sequence(certificate, "the certificate");
        CertificateShape signed = sequence(whole.take("the signed part", DerElement.SEQUENCE), "the signed part");
        algorithm(whole.take("the algorithm", DerElement.SEQUENCE));
        whole.take("the signature", DerElement.BIT_STRING);
        whole.end("the certificate");
        if (signed.is(VERSION)) {
            CertificateShape version =
                    new CertificateShape(signed.take("the version", VERSION).children());
            version.take("the version", DerElement.INTEGER);
            version.end("the version");
        }
        signed.take("the serial number", DerElement.INTEGER);
        algorithm(signed.take("the algorithm", DerElement.SEQUENCE));
        signed.take("the issuer", DerElement.SEQUENCE);
        CertificateShape validity = sequence(signed.take("the validity", DerElement.SEQUENCE), "the validity");
        validity.take("the validity", UTC_TIME, GENERALIZED_TIME);
        validity.take("the validity", UTC_TIME, GENERALIZED_TIME);
        validity.end("the validity");
        signed.take("the subject", DerElement.SEQUENCE);
        CertificateShape key = sequence(signed.take("the key", DerElement.SEQUENCE), "the key");
        algorithm(key.take("the key", DerElement.SEQUENCE));
        key.take("the key", DerElement.BIT_STRING);
        key.end("the key");
        signed.skip(ISSUER_ID);
        signed.skip(SUBJECT_ID);
        if (signed.is(EXTENSIONS)) {
            CertificateShape tagged = new CertificateShape(
                    signed.take("the extensions", EXTENSIONS).children());
            extensions(tagged.take("the extensions", DerElement.SEQUENCE));
            tagged.end("the extensions");
        }
        signed.end("the signed part");
    }

    private static void algorithm(DerElement element) {
        CertificateShape algorithm = sequence(element, "the algorithm");
        algorithm.take("the algorithm", ObjectIdentifier.TAG);
        algorithm.next += algorithm.next < algorithm.parts.size() ? 1 : 0;
        algorithm.end("the algorithm");
    }

    private static void extensions(DerElement list) {
        for (DerElement element : list.children()) {
            CertificateShape extension = sequence(element, "an extension");
            extension.take("an extension", ObjectIdentifier.TAG);
            extension.skip(BOOLEAN);
            extension.take("an extension", DerElement.OCTET_STRING);
            extension.end("an extension");
        }
    }

    private static CertificateShape sequence(DerElement element, String what) {
        if (element.tag() != DerElement.SEQUENCE) {
            throw new IllegalArgumentException(what + " in it is not made as it should be");
        }
        return new CertificateShape(element.children());
    }

    private boolean is(int tag) {
        return next < parts.size() && parts.get(next).tag() == tag;
    }

    private void skip(int tag) {
        next += is(tag) ? 1 : 0;
    }

    private DerElement take(String what, int... tags) {
        for (int tag : tags) {
            if (is(tag)) {
                return parts.get(next++);
            }
        }
        throw new IllegalArgumentException("it lacks " + what + " where every certificate has it");
    }

    private void end(String what) {
        if (next < parts.size()) {
            throw new IllegalArgumentException("there is more in " + what + " than belongs there");
        }
    }
}
