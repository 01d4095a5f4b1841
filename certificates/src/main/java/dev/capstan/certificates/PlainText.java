package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;

/**
 * The characters of an entry. UTF-16 is told by its byte order mark, or by a zero in every other byte of the first ones,
 * which no text in UTF-8 has. What is no UTF-8 is read as ISO 8859-1: PEM is ASCII, and only comments can differ.
 *
 * @param text the characters, without a byte order mark of UTF-16
 * @param utf16 whether they came in UTF-16
 */
record PlainText(String text, boolean utf16) {

    /** So many characters have to look like UTF-16 where no byte order mark says so. */
    private static final int LOOKED_AT = 16;

    static PlainText of(byte[] bytes) {
        int first = bytes.length > 1 ? bytes[0] & 0xff : 0;
        int second = bytes.length > 1 ? bytes[1] & 0xff : 0;
        if (first == 0xff && second == 0xfe) {
            return new PlainText(new String(bytes, 2, bytes.length - 2, UTF_16LE), true);
        }
        if (first == 0xfe && second == 0xff) {
            return new PlainText(new String(bytes, 2, bytes.length - 2, UTF_16BE), true);
        }
        if (zeroEveryOther(bytes, 1)) {
            return new PlainText(new String(bytes, UTF_16LE), true);
        }
        if (zeroEveryOther(bytes, 0)) {
            return new PlainText(new String(bytes, UTF_16BE), true);
        }
        String text = new String(bytes, UTF_8);
        // As many characters as bytes, and none in the place of something else: all are ASCII.
        return new PlainText(
                text.length() == bytes.length && text.indexOf('\ufffd') < 0 ? text : new String(bytes, charset(bytes)),
                false);
    }

    private static boolean zeroEveryOther(byte[] bytes, int zeroAt) {
        if (bytes.length < 2 * LOOKED_AT) {
            return false;
        }
        for (int i = 0; i < 2 * LOOKED_AT; i++) {
            if ((bytes[i] == 0) != (i % 2 == zeroAt)) {
                return false;
            }
        }
        return true;
    }

    private static Charset charset(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return UTF_8;
        } catch (CharacterCodingException other) {
            return ISO_8859_1;
        }
    }
}
