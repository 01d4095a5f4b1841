package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resourceprovider.identity.Limits;
import dev.capstan.resourceprovider.identity.Limits.Rate;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final Limits SMALL = new Limits(new Rate(5, 1), new Rate(2, 1), new Rate(1, 1), new Rate(20, 2));

    private final Lab lab = new Lab(new Interceptor() {}, SMALL);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void whoAsksTooMuchIsToldWhenToComeBackAndOthersGoOn() {
        String busy = lab.tokenOf(lab.principal("Contributor", Lab.SUB));
        String other = lab.tokenOf(lab.principal("Contributor", Lab.SUB));
        for (int left = 4; left >= 0; left--) {
            Answer answer = lab.as(busy, "GET", "/subscriptions", null);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-ms-ratelimit-remaining-subscription-reads"))
                    .isEqualTo(Integer.toString(left));
        }
        Answer refused = lab.as(busy, "GET", "/subscriptions", null);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("SubscriptionRequestsThrottled");
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(lab.as(other, "GET", "/subscriptions", null).status()).isEqualTo(200);
        assertThat(lab.as(busy, "PUT", Lab.GROUP, "{\"location\":\"local\"}")
                        .header("x-ms-ratelimit-remaining-subscription-writes"))
                .isEqualTo("1");
        lab.pass(Duration.ofSeconds(1));
        assertThat(lab.as(busy, "GET", "/subscriptions", null).status()).isEqualTo(200);
        assertThat(lab.as(busy, "GET", "/subscriptions", null).status()).isEqualTo(429);
    }

    @Test
    void theAdministratorHasNoLimit() {
        for (int i = 0; i < 30; i++) {
            assertThat(lab.get("/subscriptions").status()).isEqualTo(200);
        }
    }

    @Test
    void strangersAreBoundedByAddress() {
        int refused = 0;
        for (int i = 0; i < 40; i++) {
            int status = lab.raw("GET", "/subscriptions?api-version=2022-12-01", null, Map.of())
                    .status();
            assertThat(status).isIn(401, 429);
            refused += status == 429 ? 1 : 0;
        }
        assertThat(refused).isEqualTo(20);
        assertThat(lab.get("/subscriptions").status()).isEqualTo(200);
    }

    @Test
    void slowClientsHoldUpNobody() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = lab.connect();
                slow.add(socket);
                // Half a request: of its headers, or of its body.
                socket.getOutputStream()
                        .write((i % 2 == 0
                                        ? "GET /subscriptions HTTP/1.1\r\nHost: a\r\nX-Slow: "
                                        : "POST /adfs/oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\ngrant")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThat(lab.get("/subscriptions").status()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(2));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        try (Socket socket = lab.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /subscriptions HTTP/1.1\r\nHost: a\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] header = ("X-Much: " + "x".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 200; i++) {
                out.write(header);
            }
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 4");
        } catch (SocketException cutOff) {
            assertThat(cutOff).as("cut off before all of it was sent").isNotNull();
        }
    }

    @Test
    void noAnswerHasAStackTrace() {
        for (Answer answer : List.of(
                lab.send("PUT", Lab.CLUSTER, Lab.GA, "{\"properties\":{\"agentPoolProfiles\":[[[1]]]}}", Map.of()),
                lab.send("PUT", Lab.GROUP, Lab.GA, "[".repeat(100_000), Map.of()),
                lab.get(Lab.SUB + "/%00%ff"),
                lab.get("/" + "a/".repeat(5000)))) {
            assertThat(answer.status()).isBetween(400, 499);
            assertThat(answer.text()).doesNotContain("Exception", "at dev.capstan", "java.");
        }
    }
}
