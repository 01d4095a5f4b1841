package dev.capstan.cli.http;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Requests to one https server that is not the control plane of a home: a cluster's API. What vouches for the server, and the
 * client's certificate where it has one, are in the TLS context. One connection is used for all requests.
 */
public final class HttpsClient implements AutoCloseable {

    private static final int HTTPS_PORT = 443;

    private final URI server;
    private final Optional<String> token;
    private final KeptExchange exchange;

    /**
     * A client of this server.
     *
     * @param server https URL; a path in it comes before every path that is asked for
     * @param token bearer token, where that is how the client is known
     */
    public HttpsClient(URI server, SSLContext tls, Optional<String> token) {
        this.server = server.getPort() < 0
                ? URI.create("https://" + server.getRawAuthority() + ":" + HTTPS_PORT + prefix(server))
                : server;
        this.token = token;
        this.exchange = new KeptExchange(() -> PinnedTls.open(this.server, tls));
    }

    /**
     * Sends a request and returns the answer, whatever it is.
     *
     * @param path path and query
     * @param type media type of the body
     * @throws IOException if there is no answer within 30 s, or the server is not who it should be
     */
    public Answer send(String method, String path, String type, String body) throws IOException {
        var request = new Request(method, server.getRawAuthority(), prefix(server) + path, body)
                .header("accept", "application/json");
        if (!body.isEmpty()) {
            request.header("content-type", type);
        }
        token.ifPresent(bearer -> request.header("authorization", "Bearer " + bearer));
        return exchange.send(request);
    }

    @Override
    public void close() {
        exchange.close();
    }

    private static String prefix(URI server) {
        var path = server.getRawPath() == null ? "" : server.getRawPath();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
