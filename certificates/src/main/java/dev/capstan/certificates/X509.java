package dev.capstan.certificates;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * From DER to a CA certificate, or the reason why not. What passes is one X.509 certificate and nothing after it, is a
 * CA, and has names that OpenSSL reads too: one certificate that OpenSSL refuses makes it lose all that follow it in a
 * bundle.
 *
 * <p>The JDK's parser has the last word, since a certificate that it refuses would make a Java keystore on a node unreadable; of a
 * {@link PlainCertificate} that word is known.
 *
 * <p>What makes a CA (RFC 5280, 4.2.1.3 and 4.2.1.9, and what OpenSSL's and Go's verifiers accept): version 3 with
 * BasicConstraints cA=TRUE; or version 1 or 2, which have no extensions, with the same name as subject and issuer, as
 * old roots are. In any version keyUsage, where there, must allow keyCertSign, and the subject must not be empty.
 */
final class X509 {

    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final int KEY_CERT_SIGN = 5;

    /**
     * What else OpenSSL takes for a part of a name (B_ASN1_PRINTABLE): NumericString, PrintableString, TeletexString,
     * IA5String, BIT STRING and SEQUENCE.
     */
    private static final Set<Integer> NAME_STRINGS =
            Set.of(0x12, 0x13, 0x14, 0x16, DerElement.BIT_STRING, DerElement.SEQUENCE);

    private static final int UTF8_STRING = 0x0c;
    private static final int UNIVERSAL_STRING = 0x1c;
    private static final int BMP_STRING = 0x1e;

    private static final String SELF_SIGNED_SERVER =
            " It looks like a self-signed server certificate: programs would trust"
                    + " that one server by it, if at all, and every new certificate of the server would have to come here again.";

    private X509() {}

    /** What came of some DER. */
    sealed interface Outcome {}

    /** It is a CA certificate, and this is to be said of it. */
    record Usable(Certificate certificate, List<Remark> remarks) implements Outcome {}

    /** It is none, or none that can be used. */
    record Refused(FindingCode code, String message, String fix) implements Outcome {}

    /**
     * Reads a certificate.
     *
     * @param der its DER encoding, which nobody changes from here on
     */
    static Outcome read(byte[] der) {
        return read(der, true);
    }

    /** The same, with the JDK's parser or, where it need not be asked, without. */
    static Outcome read(byte[] der, boolean plainly) {
        KeyFacts key;
        List<DerElement> fields;
        Optional<PlainCertificate> plain;
        try {
            DerElement whole = DerElement.first(der);
            if (whole.size() < der.length) {
                return notX509((der.length - whole.size()) + " bytes follow the certificate inside the block.");
            }
            CertificateShape.check(whole);
            StrictDer.check(whole);
            fields = Certificate.fields(whole);
            checkName(fields.get(Certificate.ISSUER));
            checkName(fields.get(Certificate.SUBJECT));
            if (fields.get(Certificate.SUBJECT).children().isEmpty()) {
                return notCa(
                        "it has no subject, and nothing can be issued in the name of nobody" + " (RFC 5280, 4.1.2.6).");
            }
            key = KeyFacts.of(fields.get(Certificate.KEY));
            plain = plainly ? PlainCertificate.of(whole) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return notX509(malformed.getMessage() + ".");
        }
        if (key.remark()
                .filter(remark -> remark.code() == FindingCode.UNUSABLE_KEY)
                .isPresent()) {
            Remark remark = key.remark().get();
            return new Refused(remark.code(), "the certificate is of no use: " + remark.message(), remark.fix());
        }
        if (plain.isPresent()) {
            return new Usable(
                    new Certificate(
                            der, fields, plain.get().notBefore(), plain.get().notAfter()),
                    key.remark().stream().toList());
        }
        X509Certificate parsed;
        try {
            parsed = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException | RuntimeException | StackOverflowError refused) {
            // The JDK's parser throws unchecked exceptions of many kinds on hostile input. Its words may repeat parts
            // of the input, so they are not passed on.
            return notX509("its fields are not those of a certificate (RFC 5280).");
        }
        return judge(der, fields, parsed, key);
    }

    private static Refused notX509(String why) {
        return new Refused(
                FindingCode.NOT_X509,
                "the block is not an X.509 certificate: " + why,
                "Export the CA certificate again from where it was made, in PEM form.");
    }

    private static Outcome judge(byte[] der, List<DerElement> fields, X509Certificate parsed, KeyFacts key) {
        X500Principal subject = parsed.getSubjectX500Principal();
        X500Principal issuer = parsed.getIssuerX500Principal();
        // Byte by byte first: to tell names in other letters for the same, the JDK makes text of both.
        boolean selfIssued =
                fields.get(Certificate.SUBJECT).equalsDer(fields.get(Certificate.ISSUER)) || subject.equals(issuer);
        if (parsed.getVersion() >= 3 && parsed.getBasicConstraints() < 0) {
            String why = parsed.getExtensionValue(BASIC_CONSTRAINTS) == null
                    ? "has no BasicConstraints, which a CA of X.509 version 3 must have."
                    : "says of itself that it is no CA (BasicConstraints).";
            return notCa(shown(subject) + " " + why + (selfIssued ? SELF_SIGNED_SERVER : ""));
        }
        boolean[] usage = parsed.getKeyUsage();
        if (usage != null && !usage[KEY_CERT_SIGN]) {
            return notCa("the keyUsage of " + shown(subject) + " does not allow signing certificates (keyCertSign).");
        }
        if (parsed.getVersion() < 3 && !selfIssued) {
            return notCa(shown(subject) + " is of X.509 version " + parsed.getVersion()
                    + " and not self-signed; only version 3 can say of an intermediate that it is a CA.");
        }
        List<Remark> remarks = new ArrayList<>();
        key.remark().ifPresent(remarks::add);
        remarks.addAll(CertificateChecks.of(parsed, selfIssued));
        return new Usable(
                new Certificate(
                        der,
                        fields,
                        parsed.getNotBefore().toInstant(),
                        parsed.getNotAfter().toInstant()),
                remarks);
    }

    private static String shown(X500Principal name) {
        return ShownText.of(name.getName());
    }

    private static Refused notCa(String why) {
        return new Refused(
                FindingCode.NOT_A_CA,
                "the certificate is not that of a CA: " + why,
                "Give the certificate of the CA that issued the server's certificate. Where there is none, make the"
                        + " self-signed certificate again with basicConstraints=critical,CA:TRUE and"
                        + " keyUsage=keyCertSign.");
    }

    /** Refuses a name with strings that are not what their type says, which OpenSSL does not load and the JDK does. */
    private static void checkName(DerElement name) {
        for (DerElement relative : name.children()) {
            for (DerElement attribute : relative.children()) {
                List<DerElement> typeAndValue = attribute.children();
                if (relative.tag() != DerElement.SET || typeAndValue.size() != 2) {
                    throw new IllegalArgumentException("a name in it is not made as names are");
                }
                DerElement value = typeAndValue.get(1);
                boolean sound = switch (value.tag()) {
                    case UTF8_STRING -> decodes(value.content(), StandardCharsets.UTF_8);
                    case BMP_STRING -> value.content().length % 2 == 0;
                    case UNIVERSAL_STRING -> decodes(value.content(), Charset.forName("UTF-32BE"));
                    default -> NAME_STRINGS.contains(value.tag());
                };
                if (!sound) {
                    throw new IllegalArgumentException("a name in it has text that is not in the encoding it claims");
                }
            }
        }
    }

    private static boolean decodes(byte[] text, Charset charset) {
        try {
            charset.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException unsound) {
            return false;
        }
    }
}
