package dev.capstan.proof.cri;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection of HTTP/2 (RFC 9113) to a gRPC server that is trusted with prior knowledge, as runtimes serve CRI on their Unix
 * sockets. It makes unary calls, one after the other; requests fit into one frame, answers into a window that is opened
 * wide at the start. What a server may do beside (pings, settings, padding, continuations) is followed.
 */
final class Http2Connection {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    private static final int SETTINGS_ENABLE_PUSH = 2;
    private static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;

    /** What every peer takes, and what we take (RFC 9113, 4.2). */
    private static final int LARGEST_FRAME = 16_384;

    /** More than any answer of the calls that are made. */
    private static final int LARGEST_ANSWER = 4 * 1024 * 1024;

    private static final int LARGEST_HEADERS = 256 * 1024;
    private static final int USUAL_WINDOW = 65_535;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteChannel channel;
    private final HeaderDecoder decoder = new HeaderDecoder();
    private int nextStream = 1;

    private record Frame(int type, int flags, int stream, ByteBuffer payload) {

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    Http2Connection(ByteChannel channel) throws IOException {
        this.channel = channel;
        ByteBuffer settings = ByteBuffer.allocate(12);
        settings.putShort((short) SETTINGS_ENABLE_PUSH).putInt(0);
        settings.putShort((short) SETTINGS_INITIAL_WINDOW_SIZE).putInt(LARGEST_ANSWER);
        write(ByteBuffer.wrap(PREFACE));
        write(SETTINGS, 0, 0, settings.array());
        write(
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(LARGEST_ANSWER - USUAL_WINDOW).array());
    }

    /**
     * Makes a call (gRPC over HTTP/2, PROTOCOL-HTTP2.md).
     *
     * @param path {@code /service/Method}
     * @param limit what the server is told; to end the call, close the channel
     * @return the one message of the answer
     * @throws CriException if the status is not OK
     * @throws IOException if the connection breaks, or is none of gRPC
     */
    byte[] unary(String path, byte[] message, Duration limit) throws IOException {
        if (message.length + 5 > LARGEST_FRAME) {
            throw new IOException("a request of " + message.length + " bytes is too large");
        }
        int stream = nextStream;
        nextStream += 2;
        write(HEADERS, END_HEADERS, stream, headers(path, limit));
        write(
                DATA,
                END_STREAM,
                stream,
                ByteBuffer.allocate(message.length + 5)
                        .put((byte) 0)
                        .putInt(message.length)
                        .put(message)
                        .array());
        Map<String, String> headers = new HashMap<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (boolean ended = false; !ended; ) {
            Frame frame = read();
            if (frame.stream() != stream) {
                aside(frame);
                continue;
            }
            ended = frame.has(END_STREAM) && (frame.type() == HEADERS || frame.type() == DATA);
            switch (frame.type()) {
                case HEADERS -> headers.putAll(decoder.decode(wholeHeaders(frame)));
                case DATA -> {
                    body.writeBytes(bytes(unpadded(frame)));
                    if (body.size() > LARGEST_ANSWER) {
                        throw new IOException("the runtime's answer has more than " + LARGEST_ANSWER + " bytes");
                    }
                }
                case RST_STREAM -> throw new IOException("the runtime broke the call off");
                default -> {
                    // Priorities and windows of a stream that has sent all it has.
                }
            }
        }
        return answer(headers, body.toByteArray());
    }

    private static byte[] answer(Map<String, String> headers, byte[] body) throws IOException {
        String status = headers.getOrDefault("grpc-status", "");
        if (status.isEmpty()) {
            throw new IOException(
                    "what answers is no gRPC server (HTTP status " + headers.getOrDefault(":status", "unknown") + ")");
        }
        if (!status.equals("0")) {
            throw new CriException(
                    status.matches("[0-9]{1,3}") ? Integer.parseInt(status) : 2,
                    percentDecoded(headers.getOrDefault("grpc-message", "")));
        }
        if (body.length < 5 || body[0] != 0 || ByteBuffer.wrap(body, 1, 4).getInt() != body.length - 5) {
            throw new IOException("the runtime's answer is not one message");
        }
        byte[] message = new byte[body.length - 5];
        System.arraycopy(body, 5, message, 0, message.length);
        return message;
    }

    /** What the call's headers are, as literals that nobody need remember (RFC 7541, 6.2.2). */
    private static byte[] headers(String path, Duration limit) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", "POST");
        literal(block, ":scheme", "http");
        literal(block, ":path", path);
        literal(block, ":authority", "localhost");
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        literal(block, "grpc-timeout", Math.max(1, Math.min(limit.toMillis(), 99_999_999)) + "m");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            // All are shorter than 127 bytes, which one byte tells.
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** A header block with its continuations, which nothing may come between (RFC 9113, 6.10). */
    private ByteBuffer wholeHeaders(Frame first) throws IOException {
        ByteBuffer start = unpadded(first);
        if (first.has(PRIORITY)) {
            start.position(start.position() + 5);
        }
        if (first.has(END_HEADERS)) {
            return start;
        }
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(bytes(start));
        Frame next;
        do {
            next = read();
            if (next.type() != CONTINUATION || next.stream() != first.stream() || block.size() > LARGEST_HEADERS) {
                throw new IOException("the runtime's headers are no HTTP/2");
            }
            block.writeBytes(bytes(next.payload()));
        } while (!next.has(END_HEADERS));
        return ByteBuffer.wrap(block.toByteArray());
    }

    private static ByteBuffer unpadded(Frame frame) throws IOException {
        ByteBuffer payload = frame.payload();
        if (frame.has(PADDED)) {
            int padding = payload.hasRemaining() ? payload.get() & 0xff : 0;
            if (padding > payload.remaining()) {
                throw new IOException("the runtime's padding is longer than its frame");
            }
            payload.limit(payload.limit() - padding);
        }
        return payload;
    }

    /** What is not of the call. */
    private void aside(Frame frame) throws IOException {
        switch (frame.type()) {
            case SETTINGS -> {
                if (!frame.has(ACK)) {
                    write(SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case PING -> {
                if (!frame.has(ACK)) {
                    write(PING, ACK, 0, bytes(frame.payload()));
                }
            }
            case GOAWAY -> throw new IOException("the runtime ended the connection");
            case HEADERS -> decoder.decode(wholeHeaders(frame));
            default -> {
                // Of a call that was left, or of a kind that may be passed over (RFC 9113, 4.1).
            }
        }
    }

    private Frame read() throws IOException {
        ByteBuffer head = fill(9);
        int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
        int type = head.get();
        int flags = head.get();
        int stream = head.getInt() & 0x7fffffff;
        if (length > LARGEST_FRAME) {
            throw new IOException("what answers speaks no HTTP/2");
        }
        return new Frame(type, flags, stream, fill(length));
    }

    private ByteBuffer fill(int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the runtime closed the connection");
            }
        }
        return buffer.flip();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        write(frame.flip());
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** gRPC's own percent-encoding; what is none stays as it is. */
    private static String percentDecoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            int high = character == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                bytes.write((high << 4) | low);
                i += 2;
            } else {
                bytes.write(character);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
