package dev.capstan.agent.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The body of one answer (RFC 9112, 6 and 7.1): of a length told beforehand, in chunks, or up to the end of the
 * connection. A body that ends early is an {@link EOFException}, never a short body.
 */
final class Body extends InputStream {

    /**
     * What an answer, or one event of a watch, may measure at most. A Kubernetes object is at most about 2 MiB; four times
     * this has to fit into the agent's heap.
     */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final long UNTIL_CLOSE = Long.MAX_VALUE;
    private static final int MAX_TRAILERS = 64;

    private final Wire wire;
    private final boolean chunked;
    private long remaining;
    private boolean firstChunk = true;
    private boolean ended;

    private Body(Wire wire, boolean chunked, long remaining) {
        this.wire = wire;
        this.chunked = chunked;
        this.remaining = remaining;
        this.ended = !chunked && remaining == 0;
    }

    static Body chunked(Wire wire) {
        return new Body(wire, true, 0);
    }

    static Body ofLength(Wire wire, long length) {
        return new Body(wire, false, length);
    }

    static Body untilClose(Wire wire) {
        return new Body(wire, false, UNTIL_CLOSE);
    }

    /** Whether the body was read to its end, so that the connection can be used again. */
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ended && chunked && remaining == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = wire.read(into, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            if (remaining == UNTIL_CLOSE) {
                ended = true;
                return -1;
            }
            throw new EOFException("the API server closed the connection in the middle of an answer");
        }
        if (remaining != UNTIL_CLOSE) {
            remaining -= count;
            ended = !chunked && remaining == 0;
        }
        return count;
    }

    /**
     * All of the body.
     *
     * @throws MalformedAnswerException if it is larger than {@link #MAX_BYTES}
     */
    byte[] all() throws IOException {
        byte[] bytes = new byte[4 * 1024];
        int size = 0;
        while (true) {
            int count = read(bytes, size, bytes.length - size);
            if (count < 0) {
                return Arrays.copyOf(bytes, size);
            }
            size += count;
            if (size > MAX_BYTES) {
                throw new MalformedAnswerException("more than " + MAX_BYTES + " bytes");
            }
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, MAX_BYTES + 1));
            }
        }
    }

    private void nextChunk() throws IOException {
        if (!firstChunk && !wire.line().isEmpty()) {
            throw new MalformedAnswerException("a chunk is not as long as its size says");
        }
        firstChunk = false;
        String line = wire.line();
        int extension = line.indexOf(';');
        String size = (extension < 0 ? line : line.substring(0, extension)).trim();
        try {
            remaining = size.length() > 15 ? -1 : Long.parseLong(size, 16);
        } catch (NumberFormatException noNumber) {
            remaining = -1;
        }
        if (remaining < 0) {
            throw new MalformedAnswerException("a chunk's size is no hexadecimal number");
        }
        if (remaining == 0) {
            for (int trailers = 0; !wire.line().isEmpty(); trailers++) {
                if (trailers == MAX_TRAILERS) {
                    throw new MalformedAnswerException("more than " + MAX_TRAILERS + " trailers");
                }
            }
            ended = true;
        }
    }
}
