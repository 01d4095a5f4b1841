package dev.capstan.certificates;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * One entry of a list in ARM's form: the base64 of PEM text, as Go's decoder reads it (encoding/base64, StdEncoding): the
 * standard alphabet, padded; line breaks count for nothing, blanks are an error.
 */
public final class ListEntry {

    private ListEntry() {}

    /** What the entry decodes to; empty if it is not base64. */
    public static Optional<byte[]> decode(String entry) {
        String base64 = entry.replace("\r", "").replace("\n", "");
        if (base64.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** What is the matter with an entry that does not decode. */
    static Finding undecodable(String entry, Place place) {
        if (PrivateKeys.line(entry) > 0 || PrivateKeys.isHidden(entry)) {
            return PrivateKeys.finding(place);
        }
        if (entry.contains("-----BEGIN ")) {
            return new Finding(
                    FindingCode.NOT_BASE64,
                    place,
                    "the entry is PEM text, and not its base64.",
                    "Encode it: base64 -w0 FILE. With --custom-ca-trust-certificates give the file as it is.");
        }
        return new Finding(
                FindingCode.NOT_BASE64,
                place,
                "the entry is not base64 (letters, digits, + and /, padded with = to a multiple of four).",
                "Give the base64 of the certificate's PEM text: base64 -w0 FILE.");
    }

    /** The one way the bytes of an entry are written: base64, padded, on one line. */
    public static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The same for text. */
    public static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }
}
