package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.http.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another API on the port of the Kubernetes one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BesideTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private TestServer server;
    private String root = "";

    @BeforeAll
    void start() throws Exception {
        server = new TestServer();
        server.kubernetes.stop();
        server.kubernetes.start(
                ANY,
                ServerKey.SHARED.server(),
                (request, response) -> response.status(Status.I_AM_A_TEAPOT_418)
                        .send(request.prologue().method() + " " + request.path().rawPath()));
        root = "https://127.0.0.1:" + server.kubernetes.port();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/metadata/endpoints",
                "//metadata/endpoints",
                "/subscriptions/s//x/",
                "/clusters",
                "/healthz/x"
            })
    void everyOtherPathGoesThere(String path) throws Exception {
        assertThat(server.absolute("GET", root + path)
                        .token("")
                        .send()
                        .expect(418)
                        .text())
                .isEqualTo("GET " + path);
    }

    @Test
    void clustersAndHealthStayHere() throws Exception {
        assertThat(server.absolute("GET", root + "/healthz").send().expect(200).text())
                .isEqualTo("ok");
        server.get("/api/v1/nodes").expect(200);
        assertThat(server.absolute("GET", root + "/clusters/none/api")
                        .send()
                        .expect(404)
                        .json()
                        .path("kind")
                        .asText())
                .isEqualTo("Status");
    }

    @Test
    void unacceptableHttpIsAStatusOnlyWhereKubernetesIsSpoken() throws Exception {
        String large = "X: " + "x".repeat(70_000) + "\r\n";
        assertThat(raw("GET /clusters/a/api HTTP/1.1\r\nHost: h\r\n" + large + "\r\n"))
                .contains("\"kind\":\"Status\"");
        assertThat(raw("GET /subscriptions HTTP/1.1\r\nHost: h\r\n" + large + "\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("text/plain")
                .doesNotContain("Status\"");
    }

    private String raw(String request) throws Exception {
        try (SSLSocket socket = (SSLSocket) ServerKey.SHARED
                .client()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.kubernetes.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void takenPortIsAnError() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestServer other = new TestServer()) {
            other.kubernetes.stop();
            InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
            assertThatThrownBy(() -> other.kubernetes.start(address, ServerKey.SHARED.server()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Cannot listen on")
                    .hasMessageContaining(String.valueOf(address.getPort()));
            other.kubernetes.start(ANY, ServerKey.SHARED.server());
            other.get("/api").expect(200);
        }
    }
}
