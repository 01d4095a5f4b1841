package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.machines.Machine;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrustVerdictTest {

    private static final String SET = "v1:" + "a".repeat(64);
    private static final String OTHER = "v1:" + "b".repeat(64);
    private static final AgentContact ALIVE = new AgentContact.Alive(Instant.MAX);
    private static final NodeTrust.Spec FOLLOWS = new NodeTrust.Spec(null, true, false);

    @Test
    void trueFromLoadedOnAndTheReasonIsTheLevel() {
        assertThat(of(FOLLOWS, status(SET, SET, SET, null)))
                .isEqualTo(new Verdict(
                        "True", "Loaded", "2 certificates loaded by the runtime, lane Isolated, set v1:aaaaaaaaaaaa"));
        assertThat(of(FOLLOWS, status(SET, SET, SET, SET)))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly("True", "Proven");
    }

    @Test
    void falseBelowLoaded() {
        assertThat(of(FOLLOWS, status(SET, SET, OTHER, OTHER)))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly("False", "Written");
        assertThat(of(FOLLOWS, status(SET, OTHER, OTHER, null)))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly("False", "Pending");
    }

    @Test
    void falseForEveryProblemInItsOwnWords() {
        for (String reason : NodeTrust.Problem.REASONS) {
            assertThat(of(FOLLOWS, status(SET, SET, SET, SET, List.of(), new NodeTrust.Problem(reason, "why"), true)))
                    .isEqualTo(new Verdict("False", reason, "why"));
        }
    }

    @Test
    void quarantinedIsTrueAndNamesTheKeys() {
        Verdict verdict = of(FOLLOWS, status(SET, SET, SET, null, findings("error", 7), null, true));
        assertThat(verdict.status()).isEqualTo("True");
        assertThat(verdict.reason()).isEqualTo("Quarantined");
        assertThat(verdict.message())
                .endsWith("; left out: secret/ca0.crt (not-a-ca), secret/ca1.crt (not-a-ca), secret/ca2.crt (not-a-ca),"
                        + " secret/ca3.crt (not-a-ca), secret/ca4.crt (not-a-ca) and 2 more");
    }

    @Test
    void aWarningQuarantinesNothing() {
        assertThat(of(FOLLOWS, status(SET, SET, SET, null, findings("warning", 1), null, true))
                        .reason())
                .isEqualTo("Loaded");
    }

    @Test
    void notEnabledOnceNothingIsAskedForAndNothingIsLeft() {
        var nothing = new NodeTrust.Spec(null, false, false);
        assertThat(of(nothing, status(SET, SET, SET, null)).reason()).isEqualTo("NotEnabled");
        assertThat(of(nothing, status(SET, SET, OTHER, null)).reason()).isEqualTo("Written");
        assertThat(of(new NodeTrust.Spec(SET, false, false), status(SET, SET, SET, null))
                        .reason())
                .isEqualTo("Loaded");
    }

    @Test
    void aMachineThatIsOnlyADirectorySaysThatWrittenIsTheMostItReaches() {
        assertThat(ofDirectory(FOLLOWS, status(SET, SET, null, null, findings("error", 1), null, true)))
                .isEqualTo(new Verdict(
                        "False",
                        "Written",
                        "2 certificates in the trust store; this machine is only a directory, without a container"
                                + " runtime: Written is the most it reaches; left out: secret/ca0.crt (not-a-ca)"));
        assertThat(ofDirectory(new NodeTrust.Spec(null, false, false), status(SET, SET, null, null))
                        .reason())
                .isEqualTo("NotEnabled");
        assertThat(ofDirectory(FOLLOWS, status(SET, OTHER, null, null)).reason())
                .isEqualTo("Pending");
    }

    @Test
    void unknownWhileTheAgentIsSilentOrItsMachineDoesNotRun() {
        var status = status(SET, SET, SET, null);
        var since = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(TrustVerdict.of(
                        1, FOLLOWS, status, Machine.Kind.SYSTEM, true, new AgentContact.Silent(since), true, List.of()))
                .isEqualTo(new Verdict(
                        "Unknown",
                        "AgentSilent",
                        "the agent has not renewed its Lease since 2026-01-01T00:00:00Z; its last word was Loaded"));
        assertThat(TrustVerdict.of(
                                1,
                                FOLLOWS,
                                status,
                                Machine.Kind.SYSTEM,
                                true,
                                new AgentContact.Never(),
                                true,
                                List.of())
                        .status())
                .isEqualTo("Unknown");
        assertThat(TrustVerdict.of(1, FOLLOWS, status, Machine.Kind.SYSTEM, false, ALIVE, true, List.of()))
                .isEqualTo(new Verdict("Unknown", "AgentSilent", "the machine does not run"));
    }

    @Test
    void anAnswerToAnOlderSpecSaysNothingOfThisOne() {
        assertThat(TrustVerdict.of(
                        2, FOLLOWS, status(SET, SET, SET, SET), Machine.Kind.SYSTEM, true, ALIVE, true, List.of()))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly("False", "Pending");
        assertThat(TrustVerdict.of(1, FOLLOWS, null, Machine.Kind.SYSTEM, true, ALIVE, true, List.of())
                        .reason())
                .isEqualTo("Pending");
    }

    @Test
    void aMissingSecretIsNamed() {
        var status = status(SET, SET, SET, null, List.of(), null, false);
        assertThat(TrustVerdict.of(1, FOLLOWS, status, Machine.Kind.SYSTEM, true, ALIVE, false, List.of())
                        .message())
                .startsWith("kube-system/custom-ca-trust-secret does not exist; ");
        assertThat(TrustVerdict.of(1, FOLLOWS, status, Machine.Kind.SYSTEM, true, ALIVE, true, List.of())
                        .message())
                .doesNotContain("does not exist");
    }

    @Test
    void whatTheControllerHasToSayIsAddedToWhatTheAgentSays() {
        NodeTrust.Status status = status(SET, SET, SET, null);
        assertThat(TrustVerdict.of(
                                1,
                                FOLLOWS,
                                status,
                                Machine.Kind.SYSTEM,
                                true,
                                ALIVE,
                                true,
                                List.of("held back", "waits"))
                        .message())
                .endsWith("; held back; waits");
        assertThat(TrustVerdict.of(
                                1,
                                FOLLOWS,
                                status,
                                Machine.Kind.SYSTEM,
                                true,
                                new AgentContact.Never(),
                                true,
                                List.of("held back"))
                        .message())
                .doesNotContain("held back");
    }

    @Test
    void anEndpointThatDidNotAnswerIsAMessageAndNoMore() {
        Verdict verdict = of(FOLLOWS, proven(SET, TrustProof.INCONCLUSIVE, "ConnectionRefused"));
        assertThat(verdict.status()).isEqualTo("True");
        assertThat(verdict.reason()).isEqualTo("Loaded");
        assertThat(verdict.message()).contains("; not yet proven: registry.corp:443 (ConnectionRefused)");
    }

    @Test
    void onlyARefutedEndpointSpeaksAgainstAMachineAndOnlyWithItsSet() {
        List<String> asked = List.of("registry.corp:443");
        Duration patience = Duration.ofMinutes(2);
        var awaited = new Proof.Awaited(patience);
        NodeTrust.Status refuted = proven(SET, TrustProof.REFUTED, "UnknownAuthority");
        assertThat(TrustVerdict.proof(List.of(), status(SET, SET, SET, null), List.of(), patience))
                .isEqualTo(new Proof.None());
        assertThat(TrustVerdict.proof(asked, null, List.of(), patience)).isEqualTo(awaited);
        assertThat(TrustVerdict.proof(asked, status(SET, SET, SET, null), List.of(), patience))
                .isEqualTo(awaited);
        assertThat(TrustVerdict.proof(
                        asked, proven(OTHER, TrustProof.REFUTED, "UnknownAuthority"), List.of(), patience))
                .isEqualTo(awaited);
        assertThat(TrustVerdict.proof(asked, proven(SET, TrustProof.INCONCLUSIVE, "TimedOut"), List.of(), patience))
                .isEqualTo(new Proof.None());
        assertThat(TrustVerdict.proof(asked, proven(SET, TrustProof.PROVEN, "Verified"), List.of(), patience))
                .isEqualTo(new Proof.None());
        assertThat(TrustVerdict.proof(asked, refuted, List.of(), patience))
                .isEqualTo(new Proof.Refuted("registry.corp:443 (UnknownAuthority): what was found"));
        assertThat(TrustVerdict.proof(asked, refuted, asked, patience))
                .as("that it breaks was known and wanted")
                .isEqualTo(new Proof.None());
        assertThat(TrustVerdict.proof(List.of("other.corp:443"), refuted, List.of(), patience))
                .as("nobody asks for that endpoint any more, and the other was not tried yet")
                .isEqualTo(awaited);
        assertThat(TrustVerdict.proof(List.of(), refuted, List.of(), patience)).isEqualTo(new Proof.None());
    }

    @Test
    void theNodesOfALargeClusterSpreadTheirProofs() {
        assertThat(NodeTrusts.proofSpread(50)).isNull();
        assertThat(NodeTrusts.proofSpread(51)).isEqualTo(4);
        assertThat(NodeTrusts.proofSpread(1000)).isEqualTo(64);
        assertThat(NodeTrusts.proofSpread(100)).isEqualTo(NodeTrusts.proofSpread(81));
        assertThat(NodeTrusts.proofSpread(1_000_000)).isEqualTo(3600);
        for (int nodes = 51; nodes < 72_000; nodes++) {
            assertThat((double) nodes / NodeTrusts.proofSpread(nodes)).isLessThanOrEqualTo(20.0);
        }
    }

    private static NodeTrust.Status proven(String with, String outcome, String reason) {
        return new NodeTrust.Status(
                1,
                SET,
                SET,
                SET,
                null,
                null,
                List.of(),
                List.of(),
                null,
                null,
                "1",
                null,
                new TrustProof(
                        outcome,
                        with,
                        "2026-01-01T00:00:00Z",
                        List.of(new TrustProof.Endpoint(
                                "registry.corp:443",
                                outcome,
                                reason,
                                "what was found",
                                with,
                                null,
                                List.of(),
                                "2026-01-01T00:00:00Z",
                                null))),
                null);
    }

    private static Verdict of(NodeTrust.Spec spec, NodeTrust.Status status) {
        return TrustVerdict.of(1, spec, status, Machine.Kind.SYSTEM, true, ALIVE, true, List.of());
    }

    private static Verdict ofDirectory(NodeTrust.Spec spec, NodeTrust.Status status) {
        return TrustVerdict.of(1, spec, status, Machine.Kind.DIRECTORY, true, ALIVE, true, List.of());
    }

    private static NodeTrust.Status status(
            String wanted, String written, @Nullable String loaded, @Nullable String proven) {
        return status(wanted, written, loaded, proven, List.of(), null, true);
    }

    private static NodeTrust.Status status(
            String wanted,
            String written,
            @Nullable String loaded,
            @Nullable String proven,
            List<NodeTrust.StatusFinding> findings,
            NodeTrust.@Nullable Problem problem,
            boolean sawSecret) {
        var certificate = new NodeTrust.TrustedCertificate("CN=x", "0", "2030-01-01T00:00:00Z", List.of("secret/x"));
        return new NodeTrust.Status(
                1,
                wanted,
                written,
                loaded,
                proven,
                new NodeTrust.Lane("Isolated", "made here"),
                List.of(certificate, certificate),
                findings,
                problem,
                sawSecret ? new NodeTrust.SecretSeen("uid", "1") : null,
                "1",
                null);
    }

    private static List<NodeTrust.StatusFinding> findings(String severity, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NodeTrust.StatusFinding("not-a-ca", severity, "secret/ca" + i + ".crt", "no", "fix"))
                .toList();
    }
}
