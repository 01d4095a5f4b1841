package dev.capstan.truststore.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.DerElement;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The label p11-kit gives the certificate of a plain anchor, and the names it makes of it. The label is the subject's
 * common name, else its organisational unit, else its organisation, each the first there is, up to a zero character
 * (trust/builder.c, trust/x509.c). From p11-kit 0.26 on it is the last there is; that makes a difference only for a
 * subject with several common names, and a run of such a tool then changes label, alias and file name.
 *
 * <p>One thing is not done as p11-kit does: a control character in a label, a line end above all, becomes a space in the
 * comment of a bundle. p11-kit writes it out, and a subject can thereby put lines of its own into a bundle.
 *
 * @param text the label; empty where the subject has none of the three
 */
record Label(Optional<String> text) {

    private static final List<byte[]> NAMING = List.of(Der.oid("2.5.4.3"), Der.oid("2.5.4.11"), Der.oid("2.5.4.10"));

    private static final int NUMERIC_STRING = 0x12;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int TELETEX_STRING = 0x14;
    private static final int IA5_STRING = 0x16;
    private static final int UNIVERSAL_STRING = 0x1c;
    private static final int BMP_STRING = 0x1e;

    /** Room for ".pem" and a number in a name of 255 bytes (trust/save.c from 0.25.6 on; before, such a name fails). */
    private static final int LONGEST_STEM = 235;

    private static final int LONGEST_ALIAS = Short.MAX_VALUE;

    static Label of(Certificate certificate) {
        List<DerElement> relatives = DerElement.first(certificate.subjectDer()).children();
        for (byte[] naming : NAMING) {
            Optional<DerElement> value = relatives.stream()
                    .flatMap(relative -> relative.children().stream())
                    .map(DerElement::children)
                    .filter(parts -> Arrays.equals(parts.getFirst().encoded(), naming))
                    .map(parts -> parts.get(1))
                    .findFirst();
            Optional<String> text = value.flatMap(Label::text);
            if (text.isPresent()) {
                return new Label(text.filter(label -> !label.isEmpty()));
            }
        }
        return new Label(Optional.empty());
    }

    private static Optional<String> text(DerElement value) {
        Charset charset = switch (value.tag()) {
            case Der.UTF8_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, IA5_STRING -> UTF_8;
            case UNIVERSAL_STRING -> Charset.forName("UTF-32BE");
            case BMP_STRING -> Charset.forName("UTF-16BE");
            default -> ISO_8859_1;
        };
        if (charset.equals(ISO_8859_1)) {
            return Optional.empty();
        }
        try {
            String text = charset.newDecoder()
                    .decode(ByteBuffer.wrap(value.content()))
                    .toString();
            int zero = text.indexOf('\0');
            return Optional.of(zero < 0 ? text : text.substring(0, zero));
        } catch (CharacterCodingException another) {
            return Optional.empty();
        }
    }

    /** The line above the certificate's block in a bundle, without the number sign and the line end; UTF-8. */
    byte[] comment() {
        return text.orElse("certificate").replaceAll("\\p{Cntrl}", " ").getBytes(UTF_8);
    }

    /** The alias in a Java keystore, before it is made unique: without white space and what is not ASCII, small. */
    String alias() {
        StringBuilder alias = new StringBuilder();
        for (byte octet : text.orElse("unlabeled").getBytes(UTF_8)) {
            if (octet > 0 && octet != ' ' && (octet < '\t' || octet > '\r') && alias.length() < LONGEST_ALIAS) {
                alias.append((char) (octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet));
            }
        }
        return alias.toString();
    }

    /** The name of the certificate's file, before it is made unique and without its ending. */
    String stem() {
        byte[] octets = text.orElse("certificate").getBytes(UTF_8);
        StringBuilder stem = new StringBuilder();
        for (int i = 0; i < Math.min(octets.length, LONGEST_STEM); i++) {
            char character = (char) (octets[i] & 0xff);
            boolean plain = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9')
                    || ".-_".indexOf(character) >= 0;
            stem.append(plain ? character : '_');
        }
        return stem.toString();
    }
}
