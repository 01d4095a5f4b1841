package dev.capstan.embeddedkubernetes.wire;

import dev.capstan.embeddedkubernetes.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) from a part of a byte array. Everything
 * that is not well formed ends in a {@link WireException}.
 */
final class ProtobufReader {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final byte[] bytes;
    private final int end;
    private int at;

    ProtobufReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    boolean atEnd() {
        return at >= end;
    }

    /** The next tag: the field number times eight plus the wire type. */
    int tag() {
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> 3 > 0x1fffffffL) {
            throw malformed("it has a field with a number that is not possible");
        }
        return (int) tag;
    }

    /** A variable-length integer of at most 64 bits. */
    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw malformed("it ends within a number");
            }
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("it has a number of more than 64 bits");
    }

    /** A reader of the next length-delimited value. */
    ProtobufReader delimited() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw malformed("it ends within a value");
        }
        ProtobufReader part = new ProtobufReader(bytes, at, at + (int) length);
        at += (int) length;
        return part;
    }

    /** All that is left, as text in UTF-8. */
    String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, end - at))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("it has a text that is not UTF-8");
        }
    }

    /** All that is left. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    /** Passes over a value. */
    void skip(int wireType) {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case BYTES -> delimited();
            case FIXED32 -> advance(4);
            default -> throw malformed("it has a value of the unknown wire type " + wireType);
        }
    }

    private void advance(int length) {
        if (length > end - at) {
            throw malformed("it ends within a value");
        }
        at += length;
    }

    static WireException malformed(String why) {
        return new WireException(Reason.MALFORMED, "the protobuf body cannot be read: " + why);
    }
}
