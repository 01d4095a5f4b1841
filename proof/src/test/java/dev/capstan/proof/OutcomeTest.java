package dev.capstan.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What everything but the chain does to the outcome of a proof of a TLS server. */
class OutcomeTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static TlsProof prove(String endpoint, Map<String, String> proxies, Duration limit) {
        return TlsProof.of((TlsEndpoint) Endpoint.parse(endpoint), Chains.anchors("good"), proxies, limit);
    }

    private static TlsProof prove(String endpoint) {
        return prove(endpoint, Map.of(), LIMIT);
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK,                    Verified",
        "307 Temporary Redirect,    Verified",
        "401 Unauthorized,          Verified",
        "403 Forbidden,             Verified",
        "404 Not Found,             Verified",
        "429 Too Many Requests,     TooManyRequests",
        "500 Internal Server Error, ServerError",
        "503 Service Unavailable,   ServerError"
    })
    void whatIsAnsweredCountsOnlyWhereTheServerItselfIsInTrouble(String status, String reason) throws Exception {
        try (var server = JavaServer.answering("good", status)) {
            var proof = prove("https://localhost:" + server.port() + "/v2/");

            assertThat(proof.reason().word()).as(proof.message()).isEqualTo(reason);
            assertThat(proof.message()).contains("GET /v2/ was answered " + status);
            assertThat(proof.verdict().anchor()).isNotNull();
        }
    }

    @Test
    void aServerThatHangsUpAfterTheHandshakeIsInTroubleItself() throws Exception {
        try (var server = Peer.start(JavaServer.socket("good"), (connection, in, out) -> JavaServer.head(in))) {
            assertThat(prove("https://localhost:" + server.port() + "/").reason())
                    .isEqualTo(Reason.SERVER_ERROR);
        }
    }

    @Test
    void aNameWithoutAnAddressIsInconclusive() {
        var proof = prove("registry.invalid:443");

        assertThat(proof.reason()).as(proof.message()).isEqualTo(Reason.NAME_NOT_RESOLVED);
        assertThat(proof.message()).contains("registry.invalid");
    }

    @Test
    void aPortWhereNobodyListensIsInconclusive() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var proof = prove("127.0.0.1:" + port);

        assertThat(proof.reason()).as(proof.message()).isEqualTo(Reason.CONNECTION_REFUSED);
        assertThat(proof.chain()).isEmpty();
    }

    @Test
    void plainHttpIsNamedAsSuch() throws Exception {
        try (var server = Peer.start((connection, in, out) -> {
            out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            out.flush();
        })) {
            assertThat(prove("localhost:" + server.port()).reason()).isEqualTo(Reason.NOT_TLS);
        }
    }

    @Test
    void aServerOfOldTlsAloneEndsTheHandshakeBeforeAChain() throws Exception {
        try (var server = OpensslServer.start("good", "-tls1_1")) {
            assertThat(prove("localhost:" + server.port()).reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
        }
    }

    @Test
    void aServerThatWantsAClientCertificateHasShownItsOwn() throws Exception {
        try (var server = OpensslServer.start("good", "-Verify", "1")) {
            assertThat(prove("localhost:" + server.port()).reason()).isEqualTo(Reason.VERIFIED);
        }
    }

    @Test
    void severalThingsThatAreWrongAreAllSaid() throws Exception {
        try (var server = OpensslServer.start("expired")) {
            var endpoint = (TlsEndpoint) Endpoint.parse("ip6-localhost:" + server.port());
            var sent = TlsProof.of(
                            (TlsEndpoint) Endpoint.parse("localhost:" + server.port()),
                            Chains.anchors("unknown-ca"),
                            Map.of(),
                            LIMIT)
                    .chain();

            var verdict = ChainCheck.of(sent, Chains.anchors("unknown-ca"), endpoint.host(), java.time.Instant.now());

            assertThat(verdict.problems())
                    .extracting(Verdict.Problem::reason)
                    .containsExactly(Reason.EXPIRED, Reason.HOSTNAME_MISMATCH, Reason.UNKNOWN_AUTHORITY);
        }
    }

    @Test
    void aCaOfTheSameNameWithAnotherKeyIsPointedOut() throws Exception {
        try (var server = OpensslServer.start("other-key")) {
            var proof = TlsProof.of(
                    (TlsEndpoint) Endpoint.parse("localhost:" + server.port()),
                    Chains.anchors("other-key"),
                    Map.of(),
                    LIMIT);

            assertThat(proof.message()).contains("CN=Root", "of that name with another key");
        }
    }

    @Test
    void theRuntimesProxyIsTaken() throws Exception {
        try (var server = JavaServer.answering("good", "401 Unauthorized");
                var proxy = ConnectProxy.plain()) {
            // A name that only the proxy could know.
            var proof = prove(
                    "https://a.wild.test:" + server.port() + "/v2/",
                    Map.of("HTTPS_PROXY", "http://me:secret@127.0.0.1:" + proxy.port()),
                    LIMIT);

            assertThat(proof.reason()).as(proof.message()).isEqualTo(Reason.VERIFIED);
            assertThat(proxy.requests())
                    .singleElement()
                    .satisfies(head -> assertThat(head)
                            .startsWith("CONNECT a.wild.test:" + server.port() + " HTTP/1.1\r\n")
                            .contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"));
            assertThat(proof.message()).doesNotContain("secret");
        }
    }

    @Test
    void aProxyOfTlsIsJudgedByTheStoreToo() throws Exception {
        try (var server = JavaServer.answering("good", "200 OK");
                var proxy = ConnectProxy.secured("good")) {
            var proxies = Map.of("https_proxy", "https://localhost:" + proxy.port());
            var endpoint = "a.wild.test:" + server.port();

            assertThat(prove(endpoint, proxies, LIMIT).reason()).isEqualTo(Reason.VERIFIED);
            var untrusted =
                    TlsProof.of((TlsEndpoint) Endpoint.parse(endpoint), Chains.anchors("unknown-ca"), proxies, LIMIT);
            assertThat(untrusted.reason()).isEqualTo(Reason.PROXY_UNTRUSTED);
            assertThat(untrusted.message()).contains("the proxy https://localhost:" + proxy.port(), "CN=Root");
            assertThat(untrusted.chain()).isNotEmpty();
        }
    }

    @Test
    void aProxyThatRefusesOrIsNotThereIsInconclusive() throws Exception {
        try (var proxy = ConnectProxy.refusing("407 Proxy Authentication Required")) {
            var refused = prove("a.wild.test:443", Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port()), LIMIT);

            assertThat(refused.reason()).as(refused.message()).isEqualTo(Reason.PROXY_REFUSED);
            assertThat(refused.message()).contains("407 Proxy Authentication Required");
        }
        var absent = prove("a.wild.test:443", Map.of("HTTPS_PROXY", "http://proxy.invalid:3128"), LIMIT);
        assertThat(absent.reason()).isEqualTo(Reason.PROXY_REFUSED);
        assertThat(absent.message()).contains("proxy.invalid");
        var socks = prove("a.wild.test:443", Map.of("HTTPS_PROXY", "socks5://me:secret@127.0.0.1:1"), LIMIT);
        assertThat(socks.reason()).isEqualTo(Reason.PROXY_REFUSED);
        assertThat(socks.message()).doesNotContain("secret");
    }

    @Test
    void noProxyLeadsPastIt() throws Exception {
        try (var server = JavaServer.answering("good", "200 OK")) {
            var proof = prove("localhost:" + server.port(), Map.of("HTTPS_PROXY", "http://proxy.invalid:3128"), LIMIT);

            assertThat(proof.reason()).as(proof.message()).isEqualTo(Reason.VERIFIED);
        }
    }
}
