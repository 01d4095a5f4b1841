package dev.capstan.proof.cri;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A Protocol Buffers message (protobuf.dev, encoding), as far as CRI's need it: fields of length-delimited kind are written and
 * read, others are passed over.
 */
final class Message {

    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int DELIMITED = 2;
    private static final int FOUR_BYTES = 5;

    private final byte[] bytes;

    private Message(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Its encoding, a copy. */
    byte[] bytes() {
        return bytes.clone();
    }

    static Message empty() {
        return new Message(new byte[0]);
    }

    static Message of(int field, String text) {
        return of(field, new Message(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Message of(int field, Message inner) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((field << 3) | DELIMITED);
        int length = inner.bytes.length;
        for (; length > 0x7f; length >>>= 7) {
            out.write((length & 0x7f) | 0x80);
        }
        out.write(length);
        out.writeBytes(inner.bytes);
        return new Message(out.toByteArray());
    }

    /**
     * Checks that the bytes are fields from end to end.
     *
     * @throws IOException if they are not
     */
    static Message parse(byte[] bytes) throws IOException {
        Message message = new Message(bytes);
        for (int at = 0; at < bytes.length; ) {
            Field field = message.at(at);
            at = field.end();
        }
        return message;
    }

    /** The text of a field, empty if it is not there. */
    String text(int number) throws IOException {
        String text = "";
        for (int at = 0; at < bytes.length; ) {
            Field field = at(at);
            if (field.number() == number && field.delimited()) {
                text = new String(Arrays.copyOfRange(bytes, field.start(), field.end()), StandardCharsets.UTF_8);
            }
            at = field.end();
        }
        return text;
    }

    private record Field(long number, boolean delimited, int start, int end) {}

    private Field at(int start) throws IOException {
        long[] tag = varint(start);
        int at = (int) tag[1];
        return switch ((int) (tag[0] & 7)) {
            case VARINT -> field(tag[0], at, varint(at)[1]);
            case EIGHT_BYTES -> field(tag[0], at, at + 8L);
            case FOUR_BYTES -> field(tag[0], at, at + 4L);
            case DELIMITED -> {
                long[] length = varint(at);
                if (length[0] < 0 || length[0] > bytes.length) {
                    throw new IOException("the runtime's answer has a field longer than itself");
                }
                yield field(tag[0], (int) length[1], length[1] + length[0]);
            }
            default -> throw new IOException("the runtime's answer is no Protocol Buffers message");
        };
    }

    private Field field(long tag, int start, long end) throws IOException {
        if (end > bytes.length) {
            throw new IOException("the runtime's answer ends in the middle of a field");
        }
        return new Field(tag >>> 3, (tag & 7) == DELIMITED, start, (int) end);
    }

    /** The number that begins here, and where it ends. */
    private long[] varint(int start) throws IOException {
        long value = 0;
        int at = start;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= bytes.length) {
                break;
            }
            byte part = bytes[at++];
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return new long[] {value, at};
            }
        }
        throw new IOException("the runtime's answer ends in the middle of a number");
    }
}
