package dev.capstan.cli.http;

import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import dev.capstan.cli.session.ServerState;
import dev.capstan.cli.session.Session;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The way to the control plane of one home, as its administrator; the administrator's token goes to no other.
 *
 * <p>It is the socket in the home, where the control plane says that it listens there: a folder that only its owner may enter
 * tells both sides who the other is, and the kernel carries the bytes. Else it is TLS to the endpoint, which trusts the one
 * certificate authority of the home and nothing else. One connection is used for all requests.
 */
public final class Connection implements AutoCloseable {

    private final Session session;
    private final ServerState server;
    private final String token;
    private final KeptExchange exchange = new KeptExchange(this::connect);

    private Connection(Session session, ServerState server, String token) {
        this.session = session;
        this.server = server;
        this.token = token;
    }

    /** Throws a {@link Problem} if the control plane of the session's home does not run. */
    public static Connection of(Session session) {
        var home = session.home();
        return new Connection(session, home.runningServer(), home.adminToken());
    }

    /**
     * Makes the sockets of this process ready, on a thread of its own: Java needs 10 ms for the first one (it asks for a provider of
     * random numbers) and 2 for the first that is closed, in which a command line can be read. Nothing depends on it.
     */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("sockets").start(() -> {
            try {
                SocketChannel.open(StandardProtocolFamily.UNIX).close();
                SocketChannel.open(StandardProtocolFamily.INET).close();
            } catch (IOException | UnsupportedOperationException failed) {
                // Said when a socket is wanted.
            }
        });
    }

    public URI endpoint() {
        return server.endpoint();
    }

    /**
     * Sends a request to this path (with its query) of the endpoint and returns the answer, whatever it is.
     *
     * @param headers beside those that every request has
     * @throws Unreachable if there is no answer
     */
    public Answer send(String method, String path, String body, Map<String, String> headers) {
        var request = new Request(method, server.endpoint().getRawAuthority(), path, body)
                .header("accept", "application/json")
                .header("authorization", "Bearer " + token);
        headers.forEach(request::header);
        var begun = System.nanoTime();
        try {
            var answer = exchange.send(request);
            session.messages()
                    .debug(() -> method + " " + server.endpoint() + path + " -> " + answer.status() + " in "
                            + (System.nanoTime() - begun) / 1_000_000 + " ms");
            return answer;
        } catch (IOException e) {
            close();
            throw new Unreachable(server.endpoint(), e);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }

    private Exchange connect() throws IOException {
        var socket = server.socket();
        return socket.isPresent()
                ? atHome(socket.get())
                : PinnedTls.open(server.endpoint(), session.home().certificateAuthority());
    }

    private static Exchange atHome(Path socket) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new Exchange(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        } catch (IOException e) {
            channel.close();
            // A control plane that ends takes its socket away.
            throw Files.exists(socket) ? e : new ConnectException("there is no " + socket);
        }
    }

    /** The control plane gave no answer. */
    public static final class Unreachable extends Problem {

        private static final long serialVersionUID = 1L;

        Unreachable(URI endpoint, IOException cause) {
            super(
                    ExitCode.FAILED,
                    "The API at " + endpoint + " cannot be reached: " + why(cause) + ".",
                    "See 'capstan status' and the log in CAPSTAN_HOME/log/server.log.",
                    cause);
        }

        private static String why(IOException cause) {
            return switch (cause) {
                case ConnectException refused -> "it does not accept connections";
                case SocketTimeoutException late -> "it did not answer in time";
                default -> String.valueOf(cause.getMessage());
            };
        }
    }
}
