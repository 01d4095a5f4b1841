package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import dev.capstan.truststore.format.Der;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The number under which OpenSSL 1.0 and later look for a CA in a hash directory: the first four bytes, little endian,
 * of the SHA-1 of the subject in OpenSSL's canonical form ({@code X509_NAME_hash_ex} and {@code x509_name_canon} in
 * crypto/x509). In that form every text is UTF-8, ASCII letters are small, white space at both ends is gone and counts
 * as one space within, the relative names follow each other without the outer SEQUENCE, and each is a SET in DER order.
 */
public final class SubjectHash {

    /** Where the optional version and the subject stand in a certificate (RFC 5280, 4.1). */
    private static final int VERSION = 0xa0;

    private static final int SUBJECT = 4;

    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int T61_STRING = 0x14;
    private static final int IA5_STRING = 0x16;
    private static final int VISIBLE_STRING = 0x1a;
    private static final int UNIVERSAL_STRING = 0x1c;
    private static final int BMP_STRING = 0x1e;

    private SubjectHash() {}

    /** Eight hexadecimal digits, as {@code openssl x509 -subject_hash} prints them. */
    static String of(Certificate certificate) {
        return of(DerElement.first(certificate.subjectDer()));
    }

    /**
     * The same of any certificate, not only of those that Capstan takes.
     *
     * @throws IllegalArgumentException if the bytes are not those of a certificate
     */
    public static String ofDer(byte[] certificate) {
        List<DerElement> fields =
                DerElement.first(certificate).children().getFirst().children();
        int subject = fields.getFirst().tag() == VERSION ? SUBJECT + 1 : SUBJECT;
        if (fields.size() <= subject) {
            throw new IllegalArgumentException("the certificate has no subject");
        }
        return of(fields.get(subject));
    }

    private static String of(DerElement subject) {
        ByteArrayOutputStream canonical = new ByteArrayOutputStream();
        for (DerElement relative : subject.children()) {
            List<byte[]> attributes = new ArrayList<>();
            for (DerElement attribute : relative.children()) {
                List<DerElement> typeAndValue = attribute.children();
                attributes.add(Der.element(
                        DerElement.SEQUENCE,
                        List.of(typeAndValue.get(0).encoded(), canonicalValue(typeAndValue.get(1)))));
            }
            attributes.sort(Arrays::compareUnsigned);
            canonical.writeBytes(Der.element(DerElement.SET, attributes));
        }
        byte[] digest = sha1().digest(canonical.toByteArray());
        return HexFormat.of().formatHex(new byte[] {digest[3], digest[2], digest[1], digest[0]});
    }

    private static byte[] canonicalValue(DerElement value) {
        byte[] content = value.content();
        return switch (value.tag()) {
            case UTF8_STRING -> text(content, StandardCharsets.UTF_8);
            case PRINTABLE_STRING, T61_STRING, IA5_STRING, VISIBLE_STRING -> text(content, StandardCharsets.ISO_8859_1);
            case BMP_STRING -> text(content, StandardCharsets.UTF_16BE);
            case UNIVERSAL_STRING -> text(content, Charset.forName("UTF-32BE"));
            default -> value.encoded();
        };
    }

    private static byte[] text(byte[] content, Charset charset) {
        byte[] utf8 = new String(content, charset).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream folded = new ByteArrayOutputStream();
        boolean space = false;
        for (byte octet : utf8) {
            if (isSpace(octet)) {
                space = true;
                continue;
            }
            if (space && folded.size() > 0) {
                folded.write(' ');
            }
            space = false;
            folded.write(octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet);
        }
        return Der.element(UTF8_STRING, List.of(folded.toByteArray()));
    }

    /** What C's isspace takes for a space in ASCII. */
    private static boolean isSpace(byte octet) {
        return octet == ' ' || (octet >= '\t' && octet <= '\r');
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        }
    }
}
