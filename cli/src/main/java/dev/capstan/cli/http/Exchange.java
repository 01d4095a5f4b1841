package dev.capstan.cli.http;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Requests and their answers, one after the other, on one connection: HTTP/1.1 (RFC 9112). An answer that ends early is an
 * {@link EOFException}, never a short answer. Redirections are answers like others: the API sends none, and the
 * administrator's token goes nowhere else.
 */
final class Exchange implements AutoCloseable {

    private static final int MOST_LINE_BYTES = 64 * 1024;
    private static final int MOST_HEADERS = 200;
    private static final int MOST_BODY_BYTES = 256 * 1024 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final Closeable connection;
    private final byte[] buffer = new byte[8 * 1024];
    private int position;
    private int end;
    private boolean reusable;

    /**
     * An open connection.
     *
     * @param connection what ends it, from any thread, whatever another one waits for
     */
    Exchange(InputStream in, OutputStream out, Closeable connection) {
        this.in = in;
        this.out = out;
        this.connection = connection;
    }

    /** Whether another request can follow. */
    boolean isReusable() {
        return reusable;
    }

    /** Sends the request and reads its answer whole. */
    Answer send(Request request) throws IOException {
        reusable = false;
        out.write(request.bytes());
        out.flush();
        var answer = answer(request);
        while (answer.status() / 100 == 1) {
            answer = answer(request);
        }
        return answer;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException gone) {
            reusable = false;
        }
    }

    private Answer answer(Request request) throws IOException {
        var words = line().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !isNumber(words[1])) {
            throw new IOException("what answers there does not speak HTTP");
        }
        var status = Integer.parseInt(words[1]);
        var headers = headers();
        var keep = words[0].equals("HTTP/1.1")
                && !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        var bytes = new ByteArrayOutputStream();
        if (request.method().equals("HEAD") || status / 100 == 1 || status == 204 || status == 304) {
            reusable = keep;
        } else if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            readChunks(bytes);
            reusable = keep;
        } else if (headers.containsKey("content-length")) {
            read(bytes, size(headers.getOrDefault("content-length", ""), 10));
            reusable = keep;
        } else {
            // Up to the end of the connection.
            while (position < end || fill()) {
                read(bytes, end - position);
            }
        }
        return new Answer(status, headers, bytes.toString(StandardCharsets.UTF_8));
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        var count = 0;
        for (var line = line(); !line.isEmpty(); line = line()) {
            var colon = line.indexOf(':');
            if (colon <= 0 || ++count > MOST_HEADERS) {
                throw new IOException("the answer has a line that is no HTTP header, or more than " + MOST_HEADERS);
            }
            headers.putIfAbsent(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private void readChunks(ByteArrayOutputStream bytes) throws IOException {
        while (true) {
            var line = line();
            var extension = line.indexOf(';');
            var size = size((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
            if (size == 0) {
                headers();
                return;
            }
            read(bytes, size);
            if (!line().isEmpty()) {
                throw new IOException("a chunk of the answer is longer than it says");
            }
        }
    }

    private static int size(String text, int radix) throws IOException {
        try {
            var size = Integer.parseInt(text, radix);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException noNumber) {
            throw new IOException("the answer's size is no number: " + text, noNumber);
        }
        throw new IOException("the answer's size is less than nothing");
    }

    private static boolean isNumber(String text) {
        return text.length() == 3 && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private void read(ByteArrayOutputStream bytes, int length) throws IOException {
        if (length > MOST_BODY_BYTES - bytes.size()) {
            throw new IOException("the answer is longer than " + MOST_BODY_BYTES + " bytes");
        }
        for (var left = length; left > 0; ) {
            if (position == end && !fill()) {
                throw new EOFException("the connection was closed in the middle of the answer");
            }
            var count = Math.min(left, end - position);
            bytes.write(buffer, position, count);
            position += count;
            left -= count;
        }
    }

    /** One line of the head, without its end. */
    private String line() throws IOException {
        var line = new StringBuilder();
        while (position < end || fill()) {
            var next = (char) (buffer[position++] & 0xff);
            if (next == '\n') {
                var length = line.length();
                return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
            }
            if (line.length() == MOST_LINE_BYTES) {
                throw new IOException("the answer's head has a line of more than " + MOST_LINE_BYTES + " bytes");
            }
            line.append(next);
        }
        throw new EOFException("the connection was closed before the answer");
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
