package dev.capstan.agent.api;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * One connection to the API server: HTTP/1.1 (RFC 9112), one request after the other, for one thread at a time. A dead
 * peer is noticed by TCP keepalive within a minute, a silent one by the time limit of each answer.
 */
final class Connection implements AutoCloseable {

    /** An ordinary answer: the API server itself gives up on a request after a minute. */
    static final Patience ANSWER = new Patience(30_000, 60_000);

    private static final int HANDSHAKE_MILLIS = 15_000;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int KEEPALIVE_SECONDS = 30;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEPALIVE_PROBES = 3;
    private static final int MAX_HEADERS = 100;

    private final Endpoint endpoint;
    private final Socket raw;
    private final SSLSocket socket;
    private final Wire wire;
    private final OutputStream out;
    private boolean keepAlive = true;

    private Connection(Endpoint endpoint, Socket raw, SSLSocket socket) throws IOException {
        this.endpoint = endpoint;
        this.raw = raw;
        this.socket = socket;
        this.wire = new Wire(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * How long an answer is waited for.
     *
     * @param silenceMillis how long not a byte may come
     * @param totalMillis how long all of it may take, so that a server that trickles holds nobody for ever
     */
    record Patience(int silenceMillis, int totalMillis) {

        /** An answer that went on for this long and brought nothing at all, not even a bookmark, proves nothing. */
        long quietNanos() {
            return silenceMillis * 800_000L;
        }
    }

    /**
     * Connects to one of the host's addresses that answers, no matter which, and shakes hands. No proxy is ever used, whatever
     * the environment says.
     *
     * @throws IOException if no address answers, or the server's certificate is not one for this host from a trusted CA
     */
    static Connection open(Endpoint endpoint, SSLSocketFactory tls) throws IOException {
        Socket raw = connect(endpoint);
        try {
            raw.setSoTimeout(HANDSHAKE_MILLIS);
            SSLSocket socket = (SSLSocket) tls.createSocket(raw, endpoint.host(), endpoint.port(), true);
            PinnedTls.require(socket);
            socket.startHandshake();
            return new Connection(endpoint, raw, socket);
        } catch (IOException | RuntimeException failed) {
            raw.close();
            throw failed;
        }
    }

    /**
     * Sends a request and reads the head of its answer. The answer's body must be read to its end before the next.
     *
     * @param patience with head and body together
     */
    Answer send(Request request, String token, Patience patience) throws IOException {
        socket.setSoTimeout(patience.silenceMillis());
        wire.until(System.nanoTime() + patience.totalMillis() * 1_000_000L);
        out.write(request.message(endpoint, token));
        out.flush();
        Answer answer = head();
        while (answer.status() / 100 == 1) {
            answer = head();
        }
        return answer;
    }

    /** Whether another request can follow on the answer just read. */
    boolean reusableAfter(Answer answer) {
        return keepAlive && answer.body().ended();
    }

    /** Ends the connection, from any thread, whatever its own thread waits for. */
    void abort() {
        try {
            raw.close();
        } catch (IOException alreadyGone) {
            keepAlive = false;
        }
    }

    @Override
    public void close() {
        // TLS would wait for the peer to agree; HTTP frames its answers itself, so the plain close loses nothing.
        abort();
    }

    private Answer head() throws IOException {
        String[] status = wire.line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new MalformedAnswerException("no HTTP/1.1 status line");
        }
        int code = (int) number(status[1], "the status");
        keepAlive = !status[0].equals("HTTP/1.0");
        boolean chunked = false;
        long length = -1;
        int retryAfter = 0;
        int headers = 0;
        for (String line = wire.line(); !line.isEmpty(); line = wire.line()) {
            int colon = line.indexOf(':');
            if (colon <= 0 || ++headers > MAX_HEADERS) {
                throw new MalformedAnswerException("no HTTP header, or too many");
            }
            String value = line.substring(colon + 1).trim();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = number(value, "Content-Length");
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> keepAlive = keepAlive && !value.equalsIgnoreCase("close");
                case "retry-after" -> retryAfter = isNumber(value) ? (int) Math.min(60, number(value, "")) : 0;
                default -> {
                    // Nothing else is of use here.
                }
            }
        }
        boolean none = code / 100 == 1 || code == 204 || code == 304;
        keepAlive = keepAlive && (none || chunked || length >= 0);
        Body body = none
                ? Body.ofLength(wire, 0)
                : chunked ? Body.chunked(wire) : length >= 0 ? Body.ofLength(wire, length) : Body.untilClose(wire);
        return new Answer(code, retryAfter, body);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 15 && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static long number(String text, String what) throws MalformedAnswerException {
        if (!isNumber(text)) {
            throw new MalformedAnswerException(what + " is no number");
        }
        return Long.parseLong(text);
    }

    private static Socket connect(Endpoint endpoint) throws IOException {
        IOException failure = new IOException(endpoint.host() + " has no address");
        // Any order: an address that takes connections and does not answer must not be the first each time.
        List<InetAddress> addresses = Arrays.asList(InetAddress.getAllByName(endpoint.host()));
        Collections.shuffle(addresses);
        for (InetAddress address : addresses) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_SECONDS);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
                socket.connect(new InetSocketAddress(address, endpoint.port()), CONNECT_MILLIS);
                return socket;
            } catch (IOException next) {
                socket.close();
                failure = next;
            }
        }
        throw new IOException("no connection to " + endpoint + ": " + failure.getMessage(), failure);
    }
}
