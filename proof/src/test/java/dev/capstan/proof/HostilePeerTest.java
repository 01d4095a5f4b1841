package dev.capstan.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Peers that mean ill: a proof ends in its time, takes no more bytes than it may, and never says more than it saw. */
class HostilePeerTest {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** For peers that first do as they should: a busy machine takes its time for a handshake. */
    private static final Duration LONGER = Duration.ofSeconds(15);

    /** Time for a busy machine to notice that the limit is over; the peers here go on for ever. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private static TlsProof prove(String endpoint, Map<String, String> proxies) {
        return prove(endpoint, proxies, LIMIT);
    }

    private static TlsProof prove(String endpoint, Map<String, String> proxies, Duration limit) {
        var anchors = Chains.anchors("good");
        var began = System.nanoTime();
        var proof = TlsProof.of((TlsEndpoint) Endpoint.parse(endpoint), anchors, proxies, limit);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(limit.plus(GRACE));
        assertThat(proof.reason().outcome()).as(proof.message()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(proof.message()).hasSizeLessThan(2000);
        return proof;
    }

    private static void drip(OutputStream out, byte[] start, AtomicLong written) throws Exception {
        out.write(start);
        while (true) {
            out.write(0);
            out.flush();
            written.incrementAndGet();
            Thread.sleep(20);
        }
    }

    @Test
    void oneThatSaysNothingIsLeftInTime() throws Exception {
        try (var peer = Peer.start((connection, in, out) -> in.readAllBytes())) {
            assertThat(prove("localhost:" + peer.port(), Map.of()).reason()).isEqualTo(Reason.TIMED_OUT);
        }
    }

    @Test
    void aHandshakeThatDripsIsLeftInTime() throws Exception {
        var written = new AtomicLong();
        // The beginning of a record of 16 KiB that never ends.
        byte[] record = {22, 3, 3, 0x40, 0};
        try (var peer = Peer.start((connection, in, out) -> drip(out, record, written))) {
            assertThat(prove("localhost:" + peer.port(), Map.of()).reason()).isEqualTo(Reason.TIMED_OUT);
        }
        assertThat(written).hasPositiveValue();
    }

    @Test
    void anAnswerThatDripsIsLeftInTime() throws Exception {
        var written = new AtomicLong();
        try (var peer = Peer.start(
                JavaServer.socket("good"),
                (connection, in, out) -> drip(out, "HTTP/1.1 200 OK\r\nX: ".getBytes(US_ASCII), written))) {
            var proof = prove("https://localhost:" + peer.port() + "/", Map.of(), LONGER);

            assertThat(proof.reason()).isEqualTo(Reason.TIMED_OUT);
            assertThat(proof.message()).contains("verified, up to CN=Root", "but there was no answer");
        }
    }

    @Test
    void aProxyThatDripsIsLeftInTime() throws Exception {
        try (var peer = Peer.start(
                (connection, in, out) -> drip(out, "HTTP/1.1 200 OK\r\n".getBytes(US_ASCII), new AtomicLong()))) {
            assertThat(prove("a.wild.test:443", Map.of("HTTPS_PROXY", "127.0.0.1:" + peer.port()))
                            .reason())
                    .isEqualTo(Reason.TIMED_OUT);
        }
    }

    @Test
    void anAnswerWithoutEndIsCutOff() throws Exception {
        var written = new AtomicLong();
        try (var peer = Peer.start(JavaServer.socket("good"), (connection, in, out) -> {
            var line = "X-Fill: 0123456789\r\n".getBytes(US_ASCII);
            out.write("HTTP/1.1 200 OK\r\n".getBytes(US_ASCII));
            while (true) {
                out.write(line);
                written.addAndGet(line.length);
            }
        })) {
            assertThat(prove("https://localhost:" + peer.port() + "/", Map.of(), LONGER)
                            .reason())
                    .isEqualTo(Reason.SERVER_ERROR);
        }
    }

    @Test
    void handshakeMessagesWithoutEndAreCutOff() throws Exception {
        // Warning alerts, each well-formed, for ever.
        byte[] alert = {21, 3, 3, 0, 2, 1, 90};
        try (var peer = Peer.start((connection, in, out) -> {
            while (true) {
                out.write(alert);
            }
        })) {
            prove("localhost:" + peer.port(), Map.of());
        }
    }

    @Test
    void aChainOfTwoHundredIsRefusedUnjudged() throws Exception {
        try (var server = OpensslServer.start("giant")) {
            assertThat(prove("localhost:" + server.port(), Map.of(), LONGER).reason())
                    .isEqualTo(Reason.HANDSHAKE_FAILED);
        }
    }

    @RepeatedTest(40)
    void garbageIsInconclusive(RepetitionInfo repetition) throws Exception {
        var random = new Random(repetition.getCurrentRepetition());
        byte[] garbage = new byte[1 + random.nextInt(4000)];
        random.nextBytes(garbage);
        if (random.nextBoolean()) {
            // What looks like a handshake comes further.
            System.arraycopy(new byte[] {22, 3, 3}, 0, garbage, 0, Math.min(3, garbage.length));
        }
        try (var peer = Peer.start((connection, in, out) -> {
            out.write(garbage);
            out.flush();
        })) {
            prove("localhost:" + peer.port(), Map.of());
        }
    }
}
