package dev.capstan.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.agent.api.Api;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.Token;
import dev.capstan.agent.disk.ClusterPin;
import dev.capstan.proof.ProofProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The node's Lease and its token. */
class HeartbeatTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void theLeaseIsRenewedAsTheControllerMadeIt() throws Exception {
        node.server().trust(null, false);
        node.start();
        node.server().await("a lease", () -> node.server().leases().size() == 1);
        assertThat(node.server().leases().getFirst())
                .contains("\"holderIdentity\":\"" + FakeApi.NODE + "\"")
                .contains("\"leaseDurationSeconds\":90")
                .contains("\"labels\":{\"app.kubernetes.io/managed-by\":\"capstan\"}")
                .containsPattern("\"renewTime\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\"");
    }

    @Test
    void aLeaseThatSomebodyElseWroteIsReadAgainAndRenewed() throws Exception {
        Settings settings = Settings.parse(node.root().properties(node.server().url()));
        Token token = settings.token();
        Api api = new Api(
                settings.server(),
                settings.certificateAuthority(),
                token,
                new ClusterPin(settings.folder().resolve("cluster-uid")));
        try (Requests requests = new Requests(api, FakeApi.NODE, token);
                Heartbeat heartbeat = new Heartbeat(requests, token, InstantSource.system(), 50)) {
            heartbeat.start();
            node.server().await("two beats", () -> node.server().leases().size() >= 2);
            assertThat(node.server()
                            .count(request -> request.method().equals("GET")
                                    && request.path().contains("/leases/")))
                    .isOne();
            node.server().leaseTakenByOthers();
            int before = node.server().leases().size();
            node.server().await("two more", () -> node.server().leases().size() >= before + 2);
            assertThat(node.server().connections()).isOne();
            node.server().cut();
            int cut = node.server().leases().size();
            node.server().await("two more", () -> node.server().leases().size() >= cut + 2);
        }
    }

    @Test
    void theTokenIsRenewedAtHalfItsLifeAndKeptForTheOwnerAlone() throws Exception {
        long now = System.currentTimeMillis() / 1000;
        String old = jwt(now - 2000, now + 1600);
        String next = jwt(now, now + 3600);
        node.server().token(old);
        node.server().renewedToken(next);
        node.server().trust(null, false);
        Path properties = node.root().properties(node.server().url());
        Path token = node.root().path().resolve("run/capstan/token");
        Files.writeString(token, old);
        node.start(properties, 1000, ProofProcess::run);
        node.server().await("a request with the new token", () -> {
            node.server().trust(null, false);
            return node.server().count(request -> request.token().equals(next)) > 0;
        });
        assertThat(Files.readString(token)).isEqualTo(next);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(node.server().count(request -> request.method().equals("POST")))
                .isOne();
        assertThat(node.server().seen().stream()
                        .filter(request -> request.method().equals("POST"))
                        .findFirst()
                        .orElseThrow()
                        .body())
                .contains("\"expirationSeconds\":3600")
                .doesNotContain("audiences");
    }

    static String jwt(long issued, long expires) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String claims = "{\"aud\":[\"api\"],\"exp\":" + expires + ",\"iat\":" + issued + ",\"x\":{\"y\":1}}";
        return base64.encodeToString("{}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
    }
}
