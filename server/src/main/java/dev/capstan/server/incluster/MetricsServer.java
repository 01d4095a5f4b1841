package dev.capstan.server.incluster;

import dev.capstan.controller.ControllerMetrics;
import dev.capstan.controller.TokenChecks;
import dev.capstan.server.home.StartException;
import dev.capstan.server.incluster.ControllerSettings.Certificate;
import dev.capstan.server.pki.MountedCertificate;
import dev.capstan.server.pki.OwnCertificate;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics} for Prometheus. On loopback to everybody there, as nobody else comes that far. Anywhere else over TLS alone,
 * with a certificate that is mounted or made at the start, and to bearers of a token who may {@code get} the non-resource URL {@code /metrics}.
 */
final class MetricsServer implements AutoCloseable {

    private static final String PATH = "/metrics";
    private static final String BEARER = "Bearer ";

    private final WebServer server;
    private final TokenChecks checks;

    private MetricsServer(WebServer server, TokenChecks checks) {
        this.server = server;
        this.checks = checks;
    }

    /**
     * Starts it.
     *
     * @param certificate null for one that nobody can verify
     */
    static MetricsServer start(
            Listen listen, @Nullable Certificate certificate, ControllerMetrics metrics, TokenChecks checks)
            throws StartException {
        WebServerConfig.Builder builder = WebServer.builder()
                .host(listen.address().getAddress().getHostAddress())
                .port(listen.address().getPort())
                .shutdownHook(false)
                .routing(routing -> routing.get(PATH, (request, response) -> {
                    if (listen.isLoopback() || isAllowed(checks, request, response)) {
                        send(metrics, response);
                    }
                }));
        try {
            if (!listen.isLoopback()) {
                builder.tls(Tls.builder()
                        .sslContext(
                                certificate == null
                                        ? OwnCertificate.serverContext(listen.address())
                                        : MountedCertificate.serverContext(
                                                certificate.certificate(), certificate.key()))
                        .build());
            }
            return new MetricsServer(builder.build().start(), checks);
        } catch (IOException | RuntimeException e) {
            throw new StartException(
                    "Cannot listen on " + listen.address() + " for metrics: " + e.getMessage() + ".",
                    "Say another address or certificate with metrics=, metrics-certificate= and metrics-key= in the"
                            + " configuration, or metrics=none.",
                    e);
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
        checks.close();
    }

    private static boolean isAllowed(TokenChecks checks, ServerRequest request, ServerResponse response) {
        String authorization =
                request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return refuse(response, Status.UNAUTHORIZED_401, "give a token: Authorization: Bearer TOKEN");
        }
        return switch (checks.mayGet(
                PATH, authorization.substring(BEARER.length()).strip())) {
            case ALLOWED -> true;
            case UNKNOWN -> refuse(response, Status.UNAUTHORIZED_401, "Kubernetes does not know this token");
            case FORBIDDEN ->
                refuse(
                        response,
                        Status.FORBIDDEN_403,
                        "whose token this is may not get the non-resource URL " + PATH + "; bind her to the ClusterRole"
                                + " capstan-metrics-reader");
            case UNAVAILABLE ->
                refuse(
                        response,
                        Status.SERVICE_UNAVAILABLE_503,
                        "the Kubernetes API was not reached, so nobody is known");
        };
    }

    private static boolean refuse(ServerResponse response, Status status, String why) {
        response.status(status).send(why + "\n");
        return false;
    }

    private static void send(ControllerMetrics metrics, ServerResponse response) {
        var out = new ByteArrayOutputStream();
        try {
            metrics.write(out);
        } catch (IOException e) {
            throw new IllegalStateException("an array takes what is written", e);
        }
        response.header(HeaderNames.CONTENT_TYPE, ControllerMetrics.CONTENT_TYPE)
                .send(out.toByteArray());
    }
}
