package dev.capstan.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A registry is reached only where the token server that it names is trusted too. */
class TokenServerTest {

    private static ProofResult prove(String challenge, boolean tokenServers) throws Exception {
        try (var registry =
                JavaServer.answering("good", "401 Unauthorized\r\nServer: x\r\nWWW-Authenticate: " + challenge)) {
            Endpoint endpoint = Endpoint.parse("https://localhost:" + registry.port() + "/v2/");
            // As the process of proofs is asked.
            ProofRequest request = ProofText.request(ProofText.of(new ProofRequest(
                    List.of(endpoint),
                    List.of(Chains.roots("good")),
                    Optional.empty(),
                    Map.of(),
                    Duration.ofMinutes(2),
                    tokenServers)));
            return Prover.of(request).prove(endpoint);
        }
    }

    private static String bearer(int port) {
        return "Bearer realm=\"https://localhost:" + port + "/token?x=1\",service=\"registry\"";
    }

    @Test
    void anUntrustedTokenServerRefutesTheRegistryWhereItIsAskedFor() throws Exception {
        try (var tokens = OpensslServer.start("of-other")) {
            ProofResult asked = prove(bearer(tokens.port()), true);
            assertThat(asked.reason()).as(asked.message()).isEqualTo("UnknownAuthority");
            assertThat(asked.message())
                    .contains("its token server https://localhost:" + tokens.port(), "CN=Other Root");
            assertThat(prove(bearer(tokens.port()), false).outcome()).isEqualTo(Outcome.PROVEN);
        }
    }

    @Test
    void aTrustedTokenServerProvesItAndOneThatIsDownLeavesItOpen() throws Exception {
        int port;
        try (var tokens = OpensslServer.start("good")) {
            port = tokens.port();
            ProofResult proven = prove(bearer(port), true);
            assertThat(proven.outcome()).as(proven.message()).isEqualTo(Outcome.PROVEN);
        }
        assertThat(prove(bearer(port), true).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(prove("Bearer realm=\"https://:/\"", true).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void otherChallengesNameNone() throws Exception {
        assertThat(prove("Basic realm=\"https://registry.invalid/\"", true).outcome())
                .isEqualTo(Outcome.PROVEN);
        assertThat(prove("bearer realm=\"http://registry.invalid/\"", true).outcome())
                .isEqualTo(Outcome.PROVEN);
    }
}
