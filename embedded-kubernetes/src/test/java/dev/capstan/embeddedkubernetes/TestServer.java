package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server with a cluster {@code a} in a temporary directory, and a client that speaks plain HTTP to it. */
final class TestServer implements AutoCloseable {
    static final String ADMINISTRATOR = "administrator-token-of-the-tests";
    static final ObjectMapper JSON = new ObjectMapper();

    final Path directory;
    final KeyPair signingKey = ServerKey.signingKey();
    final HttpClient client;
    EmbeddedKubernetes kubernetes;

    TestServer() throws Exception {
        directory = Files.createTempDirectory("kubernetes");
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(ServerKey.SHARED.client())
                .build();
        open();
        kubernetes.create("a");
    }

    private void open() throws Exception {
        kubernetes = EmbeddedKubernetes.open(
                directory,
                MessageDigest.getInstance("SHA-256").digest(ADMINISTRATOR.getBytes(StandardCharsets.UTF_8)),
                signingKey);
        kubernetes.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ServerKey.SHARED.server());
    }

    void restart() throws Exception {
        kubernetes.close();
        open();
    }

    VirtualCluster cluster() {
        return kubernetes.find("a").orElseThrow();
    }

    String url() {
        return "https://127.0.0.1:" + kubernetes.port() + "/clusters/a";
    }

    /** An answer, its body as JSON where it is some. */
    record Reply(int code, String text, HttpResponse<?> response) {
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError(text, e);
            }
        }

        String message() {
            return json().path("message").asText();
        }

        Reply expect(int expected) {
            assertThat(code).as(text).isEqualTo(expected);
            return this;
        }
    }

    /** A request to cluster a as the administrator. */
    Call call(String method, String path) {
        return new Call(method, url() + path);
    }

    /** A request to any address as the administrator. */
    Call absolute(String method, String url) {
        return new Call(method, url);
    }

    Reply get(String path) throws Exception {
        return call("GET", path).send();
    }

    Reply post(String path, String body) throws Exception {
        return call("POST", path).body("application/json", body).send();
    }

    Reply put(String path, String body) throws Exception {
        return call("PUT", path).body("application/json", body).send();
    }

    Reply delete(String path) throws Exception {
        return call("DELETE", path).send();
    }

    Reply merge(String path, String body) throws Exception {
        return call("PATCH", path).body("application/merge-patch+json", body).send();
    }

    final class Call {
        private final HttpRequest.Builder request;
        private final String method;
        private String token = ADMINISTRATOR;
        private HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.noBody();

        private Call(String method, String url) {
            this.method = method;
            this.request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofMinutes(5));
        }

        Call header(String name, String value) {
            request.header(name, value);
            return this;
        }

        Call token(String value) {
            token = value;
            return this;
        }

        Call body(String contentType, String text) {
            return body(contentType, text.getBytes(StandardCharsets.UTF_8));
        }

        Call body(String contentType, byte[] bytes) {
            request.header("Content-Type", contentType);
            body = HttpRequest.BodyPublishers.ofByteArray(bytes);
            return this;
        }

        private HttpRequest build() {
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            return request.method(method, body).build();
        }

        Reply send() throws Exception {
            HttpResponse<String> response = client.send(build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        }

        HttpResponse<byte[]> sendForBytes() throws Exception {
            return client.send(build(), HttpResponse.BodyHandlers.ofByteArray());
        }

        /** Opens a watch. */
        Events watch() throws Exception {
            HttpResponse<InputStream> response = client.send(build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            return new Events(response.body());
        }
    }

    Events watch(String path) throws Exception {
        return call("GET", path).watch();
    }

    /** The events of a watch, read in the background. */
    static final class Events implements AutoCloseable {
        private final InputStream in;
        private final BlockingQueue<JsonNode> queue = new LinkedBlockingQueue<>();
        private static final JsonNode END = JSON.createObjectNode().put("type", "END");

        private Events(InputStream in) {
            this.in = in;
            Thread.ofVirtual().start(() -> {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        // The stream begins with a space; without any event it is all there is.
                        if (!line.isBlank()) {
                            queue.add(JSON.readTree(line));
                        }
                    }
                } catch (IOException _) {
                    // Closed: the end is reported below.
                } finally {
                    queue.add(END);
                }
            });
        }

        JsonNode next() throws InterruptedException {
            JsonNode event = queue.poll(5, TimeUnit.MINUTES);
            assertThat(event).as("an event within five minutes").isNotNull();
            return event;
        }

        /** TYPE name. */
        String nextName() throws InterruptedException {
            JsonNode event = next();
            return event.path("type").asText() + " "
                    + event.path("object").path("metadata").path("name").asText();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    static ObjectNode tree(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    static String secret(String name, String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"" + name + "\"},\"data\":" + data
                + "}";
    }

    @Override
    public void close() throws IOException {
        kubernetes.close();
        client.shutdownNow();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
