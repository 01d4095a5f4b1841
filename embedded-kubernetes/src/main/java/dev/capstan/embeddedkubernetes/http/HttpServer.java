package dev.capstan.embeddedkubernetes.http;

import dev.capstan.embeddedkubernetes.identity.AdministratorToken;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Decoder;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * The TLS server: HTTP/1.1, one virtual thread per connection. Limits: request line 16 KiB, headers 64 KiB, body 3 MiB,
 * 30 seconds for the next bytes of a request, five minutes of idleness between requests, 4096 connections.
 */
public final class HttpServer implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final HttpFront front;
    private final WebServer server;

    private HttpServer(HttpFront front, WebServer server) {
        this.front = front;
        this.server = server;
    }

    /**
     * Starts listening.
     *
     * @param address port 0 takes a free one
     * @param tls the server's key and certificate
     * @param clusters finds a cluster's API by its name
     * @param administrator who is told that a cluster does not exist
     * @throws IllegalStateException if the address cannot be listened on
     */
    public static HttpServer start(
            InetSocketAddress address,
            SSLContext tls,
            Function<String, Optional<ClusterApi>> clusters,
            AdministratorToken administrator) {
        HttpFront front = new HttpFront(clusters, administrator);
        WebServer server = WebServer.builder()
                .bindAddress(address)
                .tls(Tls.builder()
                        .sslContext(tls)
                        .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                        .build())
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(16 * 1024)
                        .maxHeadersSize(64 * 1024)
                        .build())
                .maxPayloadSize(HttpFront.MOST_READ)
                .maxTcpConnections(4096)
                .connectionOptions(options -> options.readTimeout(Duration.ofSeconds(30))
                        .socketKeepAlive(true)
                        .tcpNoDelay(true))
                .idleConnectionTimeout(Duration.ofMinutes(5))
                .writeQueueLength(0)
                .shutdownGracePeriod(GRACE)
                .shutdownHook(false)
                .directHandlers(statusBodies())
                .routing(routing -> routing.any(front::handle))
                .build();
        try {
            return new HttpServer(front, server.start());
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "Cannot listen on " + address + ": " + e.getMessage() + ". Is the port taken?", e);
        }
    }

    /** What Helidon itself refuses, such as too large headers, is told in a Status, too. */
    private static DirectHandlers statusBodies() {
        DirectHandler handler = (request, type, status, headers, message) -> {
            ApiFailure failure = status.code() == 413
                    ? ApiFailure.tooLarge(Decoder.LIMIT)
                    : ApiFailure.of(
                            status.code(),
                            status.code() == 400 ? "BadRequest" : "Unknown",
                            "the request is not acceptable HTTP: " + status.reasonPhrase());
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
        front.endWatches();
        Instant last = Instant.now().plus(GRACE);
        while (front.hasWatches() && Instant.now().isBefore(last)) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        server.stop();
    }
}
