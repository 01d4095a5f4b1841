package dev.capstan.resourceprovider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrontTest {

    private final WebServer server = WebServer.builder()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .shutdownHook(false)
            .routing(routing -> routing.any(new Front("https://localhost", FrontTest::api)))
            .build()
            .start();

    private static ArmAnswer api(ArmRequest request) {
        return switch (request.path().getFirst()) {
            case "runtime" -> throw new IllegalStateException("made up");
            case "linkage" -> throw new NoClassDefFoundError("made up");
            case "stack" -> throw new StackOverflowError("made up");
            case "memory" -> throw new OutOfMemoryError("made up");
            default -> ArmAnswer.ok(Json.object().put("well", true));
        };
    }

    @AfterEach
    void close() {
        server.stop();
    }

    @Test
    void whateverFailsIsAnsweredWithItsRequestIdAndNothingOfItsInside() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String path : List.of("runtime", "linkage", "stack", "memory")) {
                HttpResponse<String> answer = get(client, path);
                assertThat(answer.statusCode()).as(path).isEqualTo(500);
                assertThat(answer.body())
                        .contains("InternalServerError")
                        .contains(answer.headers().firstValue("x-ms-request-id").orElseThrow())
                        .doesNotContain("made up", "Error:", "at dev.capstan");
                assertThat(get(client, "well").statusCode()).isEqualTo(200);
            }
        }
    }

    private HttpResponse<String> get(HttpClient client, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/" + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
