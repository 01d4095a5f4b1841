package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The socket in the home, and HTTP as a server may speak it. */
class SocketTest {

    private static final String EMPTY = "{\"value\":[]}";

    @TempDir
    private Path temporary;

    private FakeApi api;
    private ServerSocketChannel socket;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
        var path = api.home().resolve("api.sock");
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        var file = api.home().resolve("server.json");
        var state = (ObjectNode) Json.parse(Files.readString(file));
        Files.writeString(file, Json.write(state.put("socket", path.toString())));
    }

    @AfterEach
    void stop() throws Exception {
        socket.close();
        api.close();
    }

    @Test
    void whereTheHomeHasASocketItIsAskedAndTheEndpointIsNot() {
        serve(List.of(ok(EMPTY)));

        var run = Run.of(api.home(), "aks", "list");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("[]\n");
        assertThat(api.asked()).isEmpty();
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst())
                .startsWith("GET /subscriptions/" + FakeApi.SUBSCRIPTION)
                .contains("host: " + api.endpoint().substring("https://".length()) + "\r\n")
                .contains("authorization: Bearer " + FakeApi.TOKEN + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSocketThatNobodyListensOnIsAFailureInWords(boolean there) throws Exception {
        socket.close();
        if (!there) {
            Files.delete(api.home().resolve("api.sock"));
        }

        var run = Run.of(api.home(), "aks", "list");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached", "it does not accept connections", "server.log");
    }

    @Test
    void chunksMakeOneBody() {
        serve(
                List.of(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n{\"va\r\n9\r\nlue\":[1]}\r\n0\r\nA: b\r\n\r\n"));

        assertThat(Run.of(api.home(), "rest", "--url", "/x").out()).contains("\"value\": [", "1");
    }

    @Test
    void aBodyMayEndWithItsConnection() {
        serve(List.of("HTTP/1.1 200 OK\r\n\r\n" + EMPTY));

        assertThat(Run.of(api.home(), "rest", "--url", "/x").out()).contains("\"value\": []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"value\":",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"va",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-8\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n"
            })
    void whatIsNoWholeAnswerIsNone(String answer) {
        serve(List.of(answer));

        var run = Run.of(api.home(), "aks", "list");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("ERROR: The API at " + api.endpoint() + " cannot be reached: ");
        assertThat(run.err()).doesNotContain("null", "Unexpected");
    }

    @Test
    void aRedirectionIsNotFollowed() {
        serve(
                List.of("HTTP/1.1 302 Found\r\nLocation: https://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"),
                List.of(ok(EMPTY)));

        assertThat(Run.of(api.home(), "rest", "--url", "/x").err()).contains("HTTP 302");
        assertThat(asked).hasSize(1);
    }

    @Test
    void oneConnectionServesAllRequests() {
        serve(List.of(
                ok("{\"value\":[],\"nextLink\":\"https://elsewhere.example/2?a=b\"}"),
                "HTTP/1.1 100 Continue\r\n\r\n" + ok(EMPTY)));

        assertThat(Run.of(api.home(), "aks", "list").code()).isZero();
        assertThat(asked).hasSize(2);
        assertThat(asked.getLast()).startsWith("GET /2?a=b HTTP/1.1\r\n");
    }

    @Test
    void aReadingIsAskedAgainOnANewConnectionWhereTheKeptOneEnded() {
        serve(List.of(ok("{\"value\":[],\"nextLink\":\"/2\"}")), List.of(ok(EMPTY)));

        assertThat(Run.of(api.home(), "aks", "list").code()).isZero();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aWriteIsNeverSentTwice() {
        var cluster = "{\"properties\":{\"provisioningState\":\"Succeeded\"}}";
        serve(List.of(ok(cluster)), List.of(ok(cluster)));

        var run = Run.of(api.home(), "aks", "update", "-g", "a", "-n", "b", "--tags", "c=d");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached");
        assertThat(asked).noneMatch(request -> request.startsWith("PUT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x=y\r\nz: 1", "a b=c", "Host=elsewhere", "Content-Length=1", "x=\u20ac"})
    void aHeaderThatWouldChangeTheRequestIsRefused(String header) {
        serve(List.of(ok(EMPTY)));

        var run = Run.of(api.home(), "rest", "--url", "/x", "--headers", header);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("The request cannot be sent: ");
        assertThat(asked).isEmpty();
    }

    @Test
    void aMethodIsOneWord() {
        serve(List.of(ok(EMPTY)));

        assertThat(Run.of(api.home(), "rest", "--url", "/x", "--method", "get /y HTTP/1.1\r\n")
                        .err())
                .contains("can be no HTTP method");
        assertThat(asked).isEmpty();
    }

    @Test
    void whatTheAnswerToHeadAnnouncesDoesNotCome() {
        serve(List.of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));

        assertThat(Run.of(api.home(), "rest", "--url", "/x", "--method", "head").code())
                .isZero();
    }

    private static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Answers on the socket: each list is a connection, which ends after its last answer. */
    @SafeVarargs
    private void serve(List<String>... connections) {
        Thread.ofVirtual().start(() -> {
            try {
                for (var answers : connections) {
                    try (var client = socket.accept()) {
                        for (var answer : answers) {
                            var bytes = ByteBuffer.allocate(64 * 1024);
                            client.read(bytes);
                            asked.add(
                                    StandardCharsets.UTF_8.decode(bytes.flip()).toString());
                            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                        }
                    }
                }
            } catch (ClosedChannelException over) {
                return;
            } catch (IOException e) {
                asked.add("the server failed: " + e);
            }
        });
    }
}
