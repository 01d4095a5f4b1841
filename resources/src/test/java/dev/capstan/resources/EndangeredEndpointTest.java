package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.NodeTrust.TrustedCertificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndangeredEndpointTest {

    private static final String CORP = "c".repeat(64);
    private static final String PUBLIC = "d".repeat(64);

    @Test
    void anEndpointIsEndangeredWhereItsChainEndedInWhatGoes() {
        Map<String, TrustedCertificate> anchors = EndangeredEndpoint.anchors(status(
                endpoint("registry.corp:443", "Proven", CORP),
                endpoint("public.example:443", "Proven", PUBLIC),
                endpoint("refuted.corp:443", "Refuted", null)));
        assertThat(anchors).containsOnlyKeys("registry.corp:443");
        assertThat(EndangeredEndpoint.among(Map.of("b", anchors, "a", anchors), (node, certificate) -> true))
                .containsExactly(new EndangeredEndpoint("registry.corp:443", "CN=Corp", CORP, List.of("a", "b")));
        assertThat(EndangeredEndpoint.among(Map.of("b", anchors), (node, certificate) -> false))
                .isEmpty();
    }

    @Test
    void anEndpointThatDidNotAnswerLatelyKeepsWhatItWasProvenWith() {
        assertThat(EndangeredEndpoint.anchors(status(endpoint("registry.corp:443", "Inconclusive", CORP))))
                .containsOnlyKeys("registry.corp:443");
    }

    @Test
    void itsWordsNameEndpointCaAndNodes() {
        assertThat(new EndangeredEndpoint("r:443", "CN=Corp", CORP, List.of("n0", "n1", "n2", "n3", "n4", "n5"))
                        .words())
                .isEqualTo("r:443, whose chain ends in CN=Corp (SHA-256 " + CORP
                        + "), on nodes n0, n1, n2, n3, n4 and 1 more");
    }

    private static TrustProof.Endpoint endpoint(String name, String outcome, @Nullable String anchor) {
        return new TrustProof.Endpoint(
                name, outcome, "Verified", "", "v1:x", anchor, List.of(), "2026-01-01T00:00:00Z", null);
    }

    private static NodeTrust.Status status(TrustProof.Endpoint... endpoints) {
        return new NodeTrust.Status(
                1,
                "v1:x",
                "v1:x",
                "v1:x",
                null,
                null,
                List.of(new TrustedCertificate("CN=Corp", CORP, "2030-01-01T00:00:00Z", List.of("list"))),
                List.of(),
                null,
                null,
                "1",
                null,
                new TrustProof("Proven", "v1:x", "2026-01-01T00:00:00Z", List.of(endpoints)),
                null);
    }
}
