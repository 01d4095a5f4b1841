package dev.capstan.proof.cri;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * HPACK's Huffman code (RFC 7541, appendix B). It is canonical: codes of one length follow each other in the order of their
 * bytes, and each length goes on where the one before ended; so the lengths tell the code.
 */
final class Huffman {

    /** Bits of the code of each byte. */
    private static final int[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, //
        28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, //
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, //
        7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, //
        23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, //
        21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26
    };

    private static final int LONGEST = 30;

    /** Bytes by length and then by value, the first code of each length, and where its bytes begin. */
    private static final int[] BYTES = new int[LENGTHS.length];

    private static final int[] FIRST = new int[LONGEST + 1];
    private static final int[] START = new int[LONGEST + 2];

    static {
        int at = 0;
        int code = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            FIRST[length] = code;
            START[length] = at;
            for (int value = 0; value < LENGTHS.length; value++) {
                if (LENGTHS[value] == length) {
                    BYTES[at++] = value;
                    code++;
                }
            }
        }
        START[LONGEST + 1] = at;
    }

    private Huffman() {}

    /**
     * Decodes a string.
     *
     * @throws IOException if it holds a code that no byte has, or does not end in fewer than eight bits of ones
     */
    static byte[] decode(byte[] coded) throws IOException {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        int code = 0;
        int length = 0;
        for (byte eight : coded) {
            for (int bit = 7; bit >= 0; bit--) {
                code = (code << 1) | ((eight >> bit) & 1);
                if (++length > LONGEST) {
                    throw HeaderDecoder.broken();
                }
                int offset = code - FIRST[length];
                if (offset >= 0 && offset < START[length + 1] - START[length]) {
                    decoded.write(BYTES[START[length] + offset]);
                    code = 0;
                    length = 0;
                }
            }
        }
        if (length > 7 || code != (1 << length) - 1) {
            throw HeaderDecoder.broken();
        }
        return decoded.toByteArray();
    }
}
