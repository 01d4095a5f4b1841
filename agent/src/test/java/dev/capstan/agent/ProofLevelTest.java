package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What proofs make of the node's level, with a stand-in for the process that makes them. */
class ProofLevelTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    private final Queue<ProofRequest> asked = new ConcurrentLinkedQueue<>();
    private volatile Outcome outcome = Outcome.PROVEN;

    private List<ProofResult> prove(ProofRequest request, Duration limit) {
        asked.add(request);
        return request.endpoints().stream()
                .map(endpoint -> new ProofResult(
                        endpoint,
                        outcome,
                        outcome == Outcome.PROVEN ? "Verified" : "UnknownAuthority",
                        "as the test says",
                        List.of(),
                        null,
                        Duration.ZERO,
                        Instant.now()))
                .toList();
    }

    @Test
    void aLoadedSetIsProvenByTheEndpointsOfSecretAndNodeTrust() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0), "registry.corp:443, nonsense");
        node.server().spec("\"followSecret\":true,\"probes\":[\"https://git.corp/x\"],\"proofSpreadSeconds\":1");
        node.start(AN_HOUR, this::prove);
        node.server().awaitStatus("proven", status -> status.contains("\"level\":\"Proven\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"proven\":\"" + fingerprint(0) + "\"", "\"outcome\":\"Proven\"", "\"problem\":null")
                .contains("\"code\":\"not-an-endpoint\"", "annotation capstan.dev/probe");
        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.endpoints()).hasSize(2);
            assertThat(request.anchors()).containsExactly(node.root().bundle());
        });
        assertThat(node.server().statuses()).hasSize(2);
    }

    @Test
    void eachChangeOfTheSetIsProvenAnewAndAChangeOfOrderIsNot() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0, 1), "registry.corp:443");
        node.server().spec("\"followSecret\":true,\"proofSpreadSeconds\":1");
        node.start(AN_HOUR, this::prove);
        node.server().awaitStatus("proven", status -> status.contains("\"proven\":\"" + fingerprint(0, 1) + "\""));
        node.server().secret(secret(1, 0), "registry.corp:443");
        node.server().awaitStatus("seen", status -> status.contains("\"resourceVersion\":\"105\""));
        assertThat(node.server().statuses().getLast()).contains("\"level\":\"Proven\"");
        node.server().secret(secret(1), "registry.corp:443");
        node.server().awaitStatus("proven anew", status -> status.contains("\"proven\":\"" + fingerprint(1) + "\""));
        assertThat(asked).hasSize(2);
    }

    @Test
    void whatIsRefutedIsAProblemAtLevelLoaded() throws Exception {
        outcome = Outcome.REFUTED;
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0), "registry.corp:443");
        node.server().trust(null, true);
        node.start(AN_HOUR, this::prove);
        node.server().awaitStatus("refuted", status -> status.contains("\"reason\":\"Refuted\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"level\":\"Loaded\"", "registry.corp:443: UnknownAuthority", "\"proven\":null");
    }

    @Test
    void withoutEndpointsTheLevelStaysLoadedAndWhatWouldBeNeededIsSaid() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start(AN_HOUR, this::prove);
        node.awaitLoaded(0);
        assertThat(node.server().statuses().getLast())
                .contains("\"level\":\"Loaded\"", "\"proof\":null", "\"code\":\"no-endpoint\",\"severity\":\"note\"");
        node.server().secret(secret(0), "registry.corp:443");
        node.server().awaitStatus("proven", status -> status.contains("\"level\":\"Proven\""));
        assertThat(node.server().statuses().getLast()).doesNotContain("no-endpoint");
    }

    @Test
    void aSetThatTheRuntimeHasNotLoadedIsNotProven() throws Exception {
        node.server().secret(secret(0), "registry.corp:443");
        node.server().spec("\"followSecret\":true,\"proofSpreadSeconds\":1");
        node.start(AN_HOUR, this::prove);
        node.awaitHeld(0);
        node.server().trust(null, true);
        node.server().awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":2"));
        assertThat(asked).isEmpty();
    }
}
