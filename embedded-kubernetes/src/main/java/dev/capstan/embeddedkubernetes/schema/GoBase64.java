package dev.capstan.embeddedkubernetes.schema;

import java.util.Arrays;
import java.util.Base64;

/**
 * Base64 as Go's {@code encoding/base64} reads it in JSON, which is what Kubernetes clients rely on: the standard alphabet,
 * line breaks (CR, LF) anywhere, padding required, unused bits of the last character ignored, nothing else.
 */
public final class GoBase64 {

    /** A text that is no base64. The message is Go's: {@code illegal base64 data at input byte N}. */
    public static final class Malformed extends RuntimeException {
        Malformed(int offset) {
            super("illegal base64 data at input byte " + offset);
        }
    }

    private GoBase64() {}

    /**
     * The bytes a text stands for.
     *
     * @throws Malformed when it is no base64
     */
    public static byte[] decode(String text) {
        byte[] clean = new byte[text.length()];
        int length = 0;
        int padding = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n') {
                continue;
            }
            if (c == '=') {
                if (length % 4 < 2 || padding == 2) {
                    throw new Malformed(i);
                }
                padding++;
            } else if (padding > 0 || !inAlphabet(c)) {
                throw new Malformed(i);
            }
            clean[length++] = (byte) c;
            if (padding > 0 && length % 4 == 0) {
                requireOnlyLineBreaks(text, i + 1);
            }
        }
        if (length % 4 != 0) {
            throw new Malformed(text.length());
        }
        byte[] exact = Arrays.copyOf(clean, length);
        zeroUnusedBits(exact, padding);
        return Base64.getDecoder().decode(exact);
    }

    /** The one spelling of some bytes. */
    public static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static boolean inAlphabet(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    }

    private static void requireOnlyLineBreaks(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\r' && c != '\n') {
                throw new Malformed(i);
            }
        }
    }

    /** The JDK refuses a last character with unused bits set, Go does not care. */
    private static void zeroUnusedBits(byte[] text, int padding) {
        if (padding == 0) {
            return;
        }
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        int at = text.length - padding - 1;
        int mask = padding == 2 ? 0b110000 : 0b111100;
        text[at] = (byte) alphabet.charAt(alphabet.indexOf(text[at]) & mask);
    }
}
