package dev.capstan.endtoend.lanes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry behind TLS on a free loopback port, with the part of the distribution API that a pull uses. It may want a token
 * of another host, or send who asks for a blob to another host; each of them is a registry of this class too.
 */
final class TlsRegistry implements Closeable {

    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");

    static {
        // Without it each answer waits for the peer's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final String host;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Images images;
    private final String tokensOf;
    private final String blobsOf;
    private final AtomicInteger requests = new AtomicInteger();

    private TlsRegistry(String host, HttpsServer server, Images images, String tokensOf, String blobsOf) {
        this.host = host;
        this.server = server;
        this.images = images;
        this.tokensOf = tokensOf;
        this.blobsOf = blobsOf;
    }

    /** A registry of this name, with a certificate from this authority. */
    static TlsRegistry start(Authority authority, String host, Images images) {
        return start(authority, host, images, "", "");
    }

    /** A registry that wants a token from one address and sends for blobs to another; empty: it does both itself. */
    static TlsRegistry start(Authority authority, String host, Images images, String tokensOf, String blobsOf) {
        try {
            HttpsServer server = HttpsServer.create(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(authority.server(host)));
            TlsRegistry registry = new TlsRegistry(host, server, images, tokensOf, blobsOf);
            server.setExecutor(registry.threads);
            server.createContext("/", registry::answer);
            server.start();
            return registry;
        } catch (IOException e) {
            throw new AssertionError("no registry " + host, e);
        }
    }

    String host() {
        return host;
    }

    /** Name and port, as an image reference or a host directory names it. */
    String address() {
        return host + ":" + server.getAddress().getPort();
    }

    /** An image nobody has pulled yet. */
    String image() {
        return address() + "/lab/app:" + Images.tag();
    }

    /** How many requests came through its TLS so far. */
    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/token")) {
                send(
                        exchange,
                        200,
                        Map.of("Content-Type", "application/json"),
                        "{\"token\":\"lab\"}".getBytes(StandardCharsets.UTF_8));
                return;
            }
            if (!tokensOf.isEmpty() && exchange.getRequestHeaders().getFirst("Authorization") == null) {
                String challenge = "Bearer realm=\"https://" + tokensOf
                        + "/token\",service=\"lab\",scope=\"repository:lab/app:pull\"";
                send(exchange, 401, Map.of("WWW-Authenticate", challenge), new byte[0]);
                return;
            }
            Matcher matcher = PATH.matcher(path);
            if (!matcher.matches()) {
                send(exchange, path.startsWith("/v2") ? 200 : 404, Map.of(), new byte[0]);
                return;
            }
            boolean blob = matcher.group(2).equals("blobs");
            if (blob && !blobsOf.isEmpty()) {
                send(exchange, 307, Map.of("Location", "https://" + blobsOf + path), new byte[0]);
                return;
            }
            Optional<byte[]> content = blob ? images.blob(matcher.group(3)) : images.manifest(matcher.group(3));
            if (content.isEmpty()) {
                send(exchange, 404, Map.of(), new byte[0]);
                return;
            }
            send(
                    exchange,
                    200,
                    Map.of(
                            "Content-Type",
                            blob ? "application/octet-stream" : Images.MANIFEST,
                            "Docker-Content-Digest",
                            Images.digest(content.get())),
                    content.get());
        }
    }

    private static void send(HttpExchange exchange, int status, Map<String, String> headers, byte[] body)
            throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
