package dev.capstan.certificates;

import java.util.Base64;
import java.util.Optional;

/** Base64 of the standard alphabet (RFC 4648, 4), in the forms it comes in. */
final class Base64Text {

    private static final boolean[] ALPHABET = new boolean[128];

    static {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
                .chars()
                .forEach(character -> ALPHABET[character] = true);
    }

    private Base64Text() {}

    static boolean isBase64(char character) {
        return character < ALPHABET.length && ALPHABET[character];
    }

    /** Whether there is nothing else in the text; so in an empty one. */
    static boolean isBase64(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isBase64(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** What base64 decodes to that has nothing else in it and is padded; empty if it is not that. */
    static Optional<byte[]> padded(String base64) {
        if (base64.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** The same, where the padding may be missing. */
    static Optional<byte[]> unpadded(String base64) {
        // One character too many is no byte.
        return base64.length() % 4 == 1 ? Optional.empty() : padded(base64 + "=".repeat((4 - base64.length() % 4) % 4));
    }

    /** What base64 decodes to, in one line or in many, padded or not; empty if the text is something else. */
    static Optional<byte[]> wrapped(String text) {
        StringBuilder base64 = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (isBase64(character)) {
                base64.append(character);
            } else if (!White.is(character)) {
                return Optional.empty();
            }
        }
        return base64.isEmpty() ? Optional.empty() : unpadded(base64.toString());
    }

    /** What the whole groups of four decode to that a run of base64 begins with, up to its padding. */
    static Optional<byte[]> beginning(String text, int start, int end) {
        int last = start;
        while (last < end && text.charAt(last) != '=') {
            last++;
        }
        return unpadded(text.substring(start, last - ((last - start) % 4 == 1 ? 1 : 0)));
    }
}
