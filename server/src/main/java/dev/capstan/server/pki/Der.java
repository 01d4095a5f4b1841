package dev.capstan.server.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes ASN.1 values in the Distinguished Encoding Rules (ITU-T X.690): tag, length, content. Only what a certificate is
 * made of.
 */
final class Der {

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

    private Der() {}

    static byte[] sequence(byte[]... values) {
        return value(0x30, concatenated(values));
    }

    static byte[] set(byte[] value) {
        return value(0x31, value);
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    static byte[] isTrue() {
        return value(0x01, new byte[] {(byte) 0xff});
    }

    static byte[] octets(byte[] content) {
        return value(0x04, content);
    }

    /** A bit string of whole bytes. */
    static byte[] bits(byte[] content) {
        return value(0x03, concatenated(new byte[] {0}, content));
    }

    /**
     * A bit string of named bits, which DER has without trailing zeros.
     *
     * @param first the first eight bits, the first one highest; at least one of them is set
     */
    static byte[] namedBits(int first) {
        return value(0x03, new byte[] {(byte) Integer.numberOfTrailingZeros(first), (byte) first});
    }

    static byte[] utf8(String text) {
        return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An object identifier, such as {@code 2.5.29.15}. */
    static byte[] oid(String dotted) {
        var arcs = dotted.split("\\.", -1);
        var content = new ByteArrayOutputStream();
        base128(content, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
        for (var i = 2; i < arcs.length; i++) {
            base128(content, Long.parseLong(arcs[i]));
        }
        return value(0x06, content.toByteArray());
    }

    /** A time as RFC 5280, 4.1.2.5 wants it: UTCTime until 2049, GeneralizedTime from 2050 on. */
    static byte[] time(Instant time) {
        return time.isBefore(YEAR_2050)
                ? value(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII))
                : value(0x18, GENERALIZED_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    /** A value in an explicit tag of its context, around what it holds. */
    static byte[] explicit(int number, byte[] value) {
        return value(0xa0 | number, value);
    }

    /** A primitive value whose own tag is replaced by one of its context. */
    static byte[] implicit(int number, byte[] content) {
        return value(0x80 | number, content);
    }

    private static byte[] value(int tag, byte[] content) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(tag);
        if (content.length < 0x80) {
            bytes.write(content.length);
        } else {
            var length = BigInteger.valueOf(content.length).toByteArray();
            var start = length[0] == 0 ? 1 : 0;
            bytes.write(0x80 | (length.length - start));
            bytes.write(length, start, length.length - start);
        }
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    private static void base128(ByteArrayOutputStream content, long arc) {
        for (var shift = 56; shift > 0; shift -= 7) {
            if (arc >>> shift != 0) {
                content.write((int) (arc >>> shift & 0x7f) | 0x80);
            }
        }
        content.write((int) (arc & 0x7f));
    }

    private static byte[] concatenated(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (var part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
