package dev.capstan.agent.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** The receiving side of a connection: bytes and header lines out of one buffer. */
final class Wire {

    private static final int MAX_LINE = 16 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[8 * 1024];
    private int position;
    private int end;
    private long deadline = System.nanoTime() + Long.MAX_VALUE / 2;

    Wire(InputStream in) {
        this.in = in;
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        return position < end || fill() ? buffer[position++] & 0xff : -1;
    }

    /** Some of the next bytes, as {@link InputStream#read(byte[], int, int)}. */
    int read(byte[] into, int offset, int length) throws IOException {
        if (position == end && !fill()) {
            return -1;
        }
        int count = Math.min(length, end - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    /**
     * One line of an HTTP head, without its line end.
     *
     * @throws EOFException if the stream ends before the line does
     * @throws MalformedAnswerException if the line is longer than 16 KiB
     */
    String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            int next = read();
            if (next < 0) {
                throw new EOFException("the API server closed the connection");
            }
            if (next == '\n') {
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                return line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new MalformedAnswerException("a header line of more than " + MAX_LINE + " bytes");
            }
            line.append((char) next);
        }
    }

    /** From now on everything has to come until this time of {@link System#nanoTime()}. */
    void until(long nanos) {
        deadline = nanos;
    }

    private boolean fill() throws IOException {
        if (System.nanoTime() - deadline > 0) {
            throw new SocketTimeoutException("the answer did not end in its time");
        }
        position = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }

    /** The text in ISO 8859-1, as HTTP heads are written. */
    static byte[] bytes(String head) {
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }
}
