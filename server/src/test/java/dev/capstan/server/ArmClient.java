package dev.capstan.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/** A client of the ARM API of a {@code capstan up}: over TLS, logged in as the home's principal. Any number of threads may use it. */
final class ArmClient implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();
    static final String VERSION = "2025-03-01";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final HttpClient http;
    private final String endpoint;
    private final String subscription;
    private final String token;

    /**
     * An answer.
     *
     * @param body missing where there is none
     */
    record Answer(int status, HttpHeaders headers, JsonNode body) {

        String code() {
            return body.at("/error/code").asText();
        }
    }

    private ArmClient(HttpClient http, String endpoint, String subscription, String token) {
        this.http = http;
        this.endpoint = endpoint;
        this.subscription = subscription;
        this.token = token;
    }

    /** Logs in at the server that runs on a home. */
    static ArmClient login(Path home) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(TrustedBy.authority(Files.readString(home.resolve("pki/ca.crt"))))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        String endpoint = JSON.readTree(home.resolve("server.json").toFile())
                .path("endpoint")
                .asText();
        JsonNode principal = JSON.readTree(home.resolve("principal.json").toFile());
        String form = "grant_type=client_credentials&client_id="
                + encoded(principal.path("clientId").asText()) + "&client_secret="
                + encoded(principal.path("clientSecret").asText());
        HttpRequest login = HttpRequest.newBuilder(URI.create(endpoint + "/adfs/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        JsonNode token = JSON.readTree(http.send(login, BodyHandlers.ofString()).body());
        return new ArmClient(
                http,
                endpoint,
                "/subscriptions/" + principal.path("subscriptionId").asText(),
                token.path("access_token").asText());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** {@code /subscriptions/…} of this server. */
    String subscription() {
        return subscription;
    }

    String group(String name) {
        return subscription + "/resourcegroups/" + name;
    }

    String clusters(String group) {
        return subscription + "/resourceGroups/" + group + "/providers/Microsoft.ContainerService/managedClusters";
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "", Map.of());
    }

    Answer put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, body, Map.of());
    }

    /** Sends a request once, with the api-version. */
    Answer send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return exchange(method, path + "?api-version=" + VERSION, body, headers);
    }

    /** Sends a request as it is. */
    Answer exchange(String method, String pathAndQuery, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(endpoint + pathAndQuery))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .timeout(PATIENCE);
        headers.forEach(request::header);
        HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
        JsonNode tree = answer.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(answer.body());
        return new Answer(answer.statusCode(), answer.headers(), tree);
    }

    /** Sends a request that need not make sense; answers with the status. */
    int status(Fuzz.Request fuzzed) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(endpoint + fuzzed.path()))
                .method(fuzzed.method(), BodyPublishers.ofByteArray(fuzzed.body()))
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE);
        fuzzed.headers().forEach(request::header);
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
