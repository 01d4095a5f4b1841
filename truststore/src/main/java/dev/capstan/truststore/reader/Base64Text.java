package dev.capstan.truststore.reader;

import java.util.Base64;
import java.util.Optional;

/** Base64 as OpenSSL, GnuTLS and Go have it: padded, with white space anywhere, and nothing else between. */
final class Base64Text {

    private Base64Text() {}

    /** What it says; empty if it says nothing or is not base64. */
    static Optional<byte[]> decode(String text) {
        StringBuilder digits = new StringBuilder(text.length());
        text.chars().filter(digit -> " \t\r\n".indexOf(digit) < 0).forEach(digit -> digits.append((char) digit));
        if (digits.isEmpty() || digits.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(digits.toString()));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
