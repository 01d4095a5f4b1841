package dev.capstan.truststore.format;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Writes DER (X.690), as {@code DerElement} reads it. */
public final class Der {

    static final int UTF8_STRING = 0x0c;
    static final int OBJECT_IDENTIFIER = 0x06;

    private Der() {}

    /** One element with these parts as its content. */
    public static byte[] element(int tag, List<byte[]> parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(length + 6);
        encoded.write(tag);
        if (length < 0x80) {
            encoded.write(length);
        } else {
            int digits = (39 - Integer.numberOfLeadingZeros(length)) / 8;
            encoded.write(0x80 | digits);
            for (int i = digits - 1; i >= 0; i--) {
                encoded.write(length >> (8 * i));
            }
        }
        for (byte[] part : parts) {
            encoded.writeBytes(part);
        }
        return encoded.toByteArray();
    }

    static byte[] element(int tag, byte[]... parts) {
        return element(tag, List.of(parts));
    }

    /** An object identifier from its dotted form, whose first two numbers make one byte. */
    static byte[] oid(String dotted) {
        String[] numbers = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(Integer.parseInt(numbers[0]) * 40 + Integer.parseInt(numbers[1]));
        for (int i = 2; i < numbers.length; i++) {
            int number = Integer.parseInt(numbers[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (number >> shift != 0) {
                    content.write(0x80 | ((number >> shift) & 0x7f));
                }
            }
            content.write(number & 0x7f);
        }
        return element(OBJECT_IDENTIFIER, content.toByteArray());
    }
}
