package dev.capstan.proof;

import dev.capstan.proof.proxy.Proxy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The way to a server: straight, or through the proxy that the runtime would take. */
final class Connection {

    private final TlsEndpoint server;
    private final Optional<Proxy> proxy;
    private final Anchors anchors;
    private final Attempt attempt;
    private List<InetAddress> addresses = List.of();
    private Optional<Handshake> proxyHandshake = Optional.empty();

    Connection(TlsEndpoint server, Optional<Proxy> proxy, Anchors anchors, Attempt attempt) {
        this.server = server;
        this.proxy = proxy;
        this.anchors = anchors;
        this.attempt = attempt;
    }

    /** What the name of the server, or of the proxy where there is one, led to. */
    List<InetAddress> addresses() {
        return addresses;
    }

    /** The handshake with a proxy that is itself spoken to by TLS. */
    Optional<Handshake> proxyHandshake() {
        return proxyHandshake;
    }

    /** A connection on which the handshake with the server can begin. */
    Socket open() throws ProofFailure {
        if (proxy.isEmpty()) {
            return dial(server.host(), server.port());
        }
        Proxy way = proxy.get();
        Socket connection;
        try {
            connection = dial(way.host(), way.port());
        } catch (ProofFailure failed) {
            throw new ProofFailure(
                    Reason.PROXY_REFUSED, "the proxy " + way + " cannot be reached: " + failed.getMessage());
        }
        if (way.tls()) {
            connection = secured(way, connection);
        }
        try {
            return tunnel(way, connection);
        } catch (AnswerHead.NotHttpException odd) {
            throw new ProofFailure(Reason.PROXY_REFUSED, "the proxy " + way + " answers no HTTP: " + odd.getMessage());
        } catch (IOException broken) {
            throw attempt.over()
                    ? new ProofFailure(Reason.TIMED_OUT, "the proxy " + way + " did not answer in time")
                    : new ProofFailure(
                            Reason.PROXY_REFUSED,
                            "the proxy " + way + " closed the connection: " + Names.shown(broken.toString()));
        }
    }

    private Socket secured(Proxy way, Socket connection) throws ProofFailure {
        TlsEndpoint itself = new TlsEndpoint(way.toString(), way.host(), way.port(), "");
        Handshake handshake = new Handshake(itself, anchors, Instant.now());
        proxyHandshake = Optional.of(handshake);
        try {
            return handshake.on(connection, attempt);
        } catch (ProofFailure failed) {
            boolean refuted = failed.reason().outcome() == Outcome.REFUTED;
            throw new ProofFailure(
                    refuted ? Reason.PROXY_UNTRUSTED : Reason.PROXY_REFUSED,
                    "the proxy " + way + " itself: " + failed.getMessage());
        }
    }

    private Socket tunnel(Proxy way, Socket connection) throws IOException, ProofFailure {
        StringBuilder request = new StringBuilder();
        request.append("CONNECT ").append(server.address()).append(" HTTP/1.1\r\n");
        request.append("Host: ").append(server.address()).append("\r\n");
        way.authorization()
                .ifPresent(login ->
                        request.append("Proxy-Authorization: ").append(login).append("\r\n"));
        request.append("User-Agent: capstan-proof\r\n\r\n");
        connection.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
        AnswerHead answer = AnswerHead.read(connection.getInputStream());
        if (answer.status() / 100 != 2) {
            throw new ProofFailure(
                    Reason.PROXY_REFUSED,
                    "the proxy " + way + " answered " + answer.words() + " to CONNECT " + server.address());
        }
        return connection;
    }

    private Socket dial(String host, int port) throws ProofFailure {
        String where = host + ":" + port;
        try {
            addresses = attempt.addresses(host);
        } catch (UnknownHostException unknown) {
            throw new ProofFailure(Reason.NAME_NOT_RESOLVED, Names.shown(String.valueOf(unknown.getMessage())));
        } catch (IOException late) {
            throw new ProofFailure(
                    attempt.over() ? Reason.TIMED_OUT : Reason.NAME_NOT_RESOLVED, String.valueOf(late.getMessage()));
        }
        ProofFailure first = null;
        for (int i = 0; i < addresses.size(); i++) {
            try {
                return dial(addresses.get(i), port, where, addresses.size() - i);
            } catch (ProofFailure failed) {
                first = first == null ? failed : first;
            }
        }
        throw first == null ? new ProofFailure(Reason.NAME_NOT_RESOLVED, host + " has no address") : first;
    }

    /** One of several addresses gets its share of the time. */
    private Socket dial(InetAddress address, int port, String where, int share) throws ProofFailure {
        try {
            Socket socket = attempt.with(new MeteredSocket());
            int millis = (int) Math.max(1, attempt.remaining().toMillis() / share);
            socket.connect(new InetSocketAddress(address, port), millis);
            return socket;
        } catch (SocketTimeoutException late) {
            throw new ProofFailure(
                    Reason.TIMED_OUT, where + " (" + address.getHostAddress() + ") did not answer in time");
        } catch (IOException failed) {
            throw new ProofFailure(
                    reason(failed),
                    where + " (" + address.getHostAddress() + "): " + Names.shown(String.valueOf(failed.getMessage())));
        }
    }

    private Reason reason(IOException failed) {
        String words = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("timed out") || attempt.over()) {
            return Reason.TIMED_OUT;
        }
        return failed instanceof ConnectException
                        && !(failed instanceof NoRouteToHostException)
                        && words.contains("refused")
                ? Reason.CONNECTION_REFUSED
                : Reason.UNREACHABLE;
    }
}
