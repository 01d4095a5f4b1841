package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.identity.AdministratorToken;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The TLS server: HTTP/1.1, one virtual thread per connection. Limits: request line 16 KiB, headers 64 KiB, body 3 MiB,
 * 30 seconds for the next bytes of a request, a minute for all headers, five minutes of idleness between requests, 4096
 * connections.
 *
 * <p>The same is served on a socket of the file system, where one is asked for, without TLS: no byte of it leaves the kernel,
 * and who may open it is a matter of the folder that it is in. Whoever connects there shows a token like everybody else.
 */
public final class HttpServer implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration HEADERS = Duration.ofMinutes(1);

    private final HttpFront front;
    private final HeadDeadline deadline;
    private final WebServer server;

    private HttpServer(HttpFront front, HeadDeadline deadline, WebServer server) {
        this.front = front;
        this.deadline = deadline;
        this.server = server;
    }

    /**
     * Starts listening.
     *
     * @param address port 0 takes a free one
     * @param tls the server's key and certificate
     * @param clusters finds a cluster's API by its name
     * @param administrator who is told that a cluster does not exist
     * @param socket a socket of the file system to listen on as well, in a folder that is its owner's alone
     * @param beside answers every path that is neither a cluster's nor about health, and its own errors; without it
     *     such a path is not found
     * @throws IllegalStateException if the address cannot be listened on
     */
    public static HttpServer start(
            InetSocketAddress address,
            SSLContext tls,
            Optional<Path> socket,
            Function<String, Optional<ClusterApi>> clusters,
            AdministratorToken administrator,
            @Nullable Handler beside) {
        HttpFront front = new HttpFront(clusters, administrator, beside);
        HeadDeadline deadline = new HeadDeadline(HEADERS);
        WebServerConfig.Builder config = WebServer.builder()
                .bindAddress(address)
                .tls(Tls.builder()
                        .sslContext(tls)
                        .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                        .build())
                .connectionOptions(options -> options.readTimeout(Duration.ofSeconds(30))
                        .socketKeepAlive(true)
                        .tcpNoDelay(true))
                .shutdownHook(false);
        limit(config, front, deadline);
        socket.ifPresent(path -> config.putSocket("home", listener -> {
            listener.bindAddress(UnixDomainSocketAddress.of(path));
            limit(listener, front, deadline);
        }));
        WebServer server = config.build();
        try {
            server.start();
        } catch (RuntimeException e) {
            deadline.close();
            throw new IllegalStateException("Cannot listen on " + address + ": " + e.getMessage() + ".", e);
        }
        // Helidon only logs that it could not bind.
        if (!server.isRunning()) {
            deadline.close();
            throw new IllegalStateException("Cannot listen on " + address
                    + ": the port is taken, or is not allowed to this user; the server's log says which.");
        }
        return new HttpServer(front, deadline, server);
    }

    /** What holds wherever is listened. */
    private static void limit(ListenerConfig.BuilderBase<?, ?> listener, HttpFront front, HeadDeadline deadline) {
        listener.protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(16 * 1024)
                        .maxHeadersSize(64 * 1024)
                        .addReceiveListener(deadline)
                        .build())
                .maxPayloadSize(HttpFront.MOST_READ)
                .maxTcpConnections(4096)
                .idleConnectionTimeout(Duration.ofMinutes(5))
                .writeQueueLength(0)
                .shutdownGracePeriod(GRACE)
                .directHandlers(refusals(front))
                .routing(routing -> routing.any(front::handle));
    }

    /** What Helidon itself refuses, such as too large headers: told in a Status, too, where Kubernetes is spoken. */
    private static DirectHandlers refusals(HttpFront front) {
        DirectHandler handler = (request, type, status, headers, message) -> {
            String why = "the request is not acceptable HTTP: " + status.reasonPhrase();
            if (!front.owns(request.path())) {
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                        .entity(why.getBytes(StandardCharsets.UTF_8))
                        .keepAlive(false)
                        .build();
            }
            ApiFailure failure = status.code() == 413
                    ? ApiFailure.tooLarge(Decoder.LIMIT)
                    : ApiFailure.of(status.code(), status.code() == 400 ? "BadRequest" : "Unknown", why);
            return DirectHandler.TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .entity(Json.bytes(failure.toStatus()))
                    .keepAlive(false)
                    .build();
        };
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, handler);
        }
        return handlers.build();
    }

    /** The port listened on. */
    public int port() {
        return server.port();
    }

    /** Ends all watches, waits up to five seconds for requests under way, and stops listening. */
    @Override
    public void close() {
        front.endWatches(GRACE);
        server.stop();
        deadline.close();
    }
}
