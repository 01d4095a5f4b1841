package dev.capstan.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Identity;
import dev.capstan.proof.ChainCertificate;
import dev.capstan.proof.Endpoint;
import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofResult;
import dev.capstan.resources.TrustProof;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What becomes of what the rounds find: which level, which problem, and what of it is told. */
class ProofsTest {

    private static final String OLD = "v1:" + "0".repeat(64);
    private static final String NEW = "v1:" + "1".repeat(64);
    private static final String A = "a.corp:443";
    private static final String B = "b.corp:443";

    private Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private final Proofs proofs = new Proofs((request, limit) -> List.of(), round -> {}, () -> now, () -> 0.5);

    @Test
    void theSetIsProvenOnlyWhenEveryEndpointIs() {
        about(NEW, A, B);
        assertThat(end(NEW, List.of(A, B), proven(A), down(B, "TimedOut"))).isTrue();
        assertThat(proofs.proven()).isNull();
        assertThat(proofs.told().outcome()).isEqualTo("Inconclusive");
        assertThat(end(NEW, List.of(A, B), proven(B))).isTrue();
        assertThat(proofs.proven()).isEqualTo(NEW);
        assertThat(proofs.told().outcome()).isEqualTo("Proven");
    }

    @Test
    void aRegistryThatIsDownTakesNothingAwayAndIsSaidBesideWhatIsKnown() {
        about(NEW, A);
        end(NEW, List.of(A), proven(A));
        assertThat(end(NEW, List.of(A), down(A, "ConnectionRefused"))).isTrue();
        assertThat(proofs.proven()).isEqualTo(NEW);
        assertThat(proofs.refuted(NEW)).isNull();
        TrustProof.Endpoint told = proofs.told().endpoints().getFirst();
        assertThat(told.outcome()).isEqualTo("Proven");
        assertThat(told.lastTry().reason()).isEqualTo("ConnectionRefused");
        String since = told.lastTry().at();

        now = now.plusSeconds(300);
        assertThat(end(NEW, List.of(A), down(A, "ConnectionRefused"))).isFalse();
        assertThat(end(NEW, List.of(A), down(A, "TimedOut"))).isTrue();
        assertThat(proofs.told().endpoints().getFirst().lastTry().at()).isNotEqualTo(since);
        assertThat(end(NEW, List.of(A), proven(A))).isTrue();
        assertThat(proofs.told().endpoints().getFirst().lastTry()).isNull();
    }

    @Test
    void whatIsRefutedIsAProblemWithEndpointReasonAndChainUntilItIsProven() {
        about(NEW, A);
        end(NEW, List.of(A), refuted(A));
        assertThat(proofs.proven()).isNull();
        assertThat(proofs.refuted(NEW).reason()).isEqualTo("Refuted");
        assertThat(proofs.refuted(NEW).message())
                .contains(A, "UnknownAuthority", "CN=swapped", "CN=Another CA", "ab".repeat(32));
        assertThat(proofs.refuted(OLD)).isNull();
        end(NEW, List.of(A), down(A, "TimedOut"));
        assertThat(proofs.refuted(NEW)).isNotNull();
        end(NEW, List.of(A), proven(A));
        assertThat(proofs.refuted(NEW)).isNull();
    }

    @Test
    void anotherSetIsNotProvenByWhatWasFoundWithTheOldOne() {
        about(OLD, A);
        end(OLD, List.of(A), proven(A));
        about(NEW, A);
        assertThat(proofs.proven()).isEqualTo(OLD);
        end(NEW, List.of(A), down(A, "TimedOut"));
        assertThat(proofs.proven()).isEqualTo(OLD);
        assertThat(proofs.told().outcome()).isEqualTo("Inconclusive");
    }

    @Test
    void whatARoundFoundOfASetThatIsNoMoreIsDropped() {
        about(OLD, A);
        Subject old = subject(OLD, A);
        about(NEW, A);
        assertThat(proofs.take(new Proofs.Round(old, true, List.of(proven(A))))).isFalse();
        assertThat(proofs.proven()).isNull();
    }

    @Test
    void theSameAgainIsToldOnceInAnHourAndNoMore() {
        about(NEW, A);
        int told = 0;
        for (int minute = 0; minute < 180; minute += 10) {
            told += end(NEW, List.of(A), proven(A)) ? 1 : 0;
            now = now.plusSeconds(600);
        }
        assertThat(told).isEqualTo(3);
    }

    @Test
    void aNextLifeOfTheAgentGoesOnWithWhatWasTold() {
        about(NEW, A, B);
        end(NEW, List.of(A, B), proven(A), proven(B));
        TrustProof told = proofs.told();
        Proofs next = new Proofs((request, limit) -> List.of(), round -> {}, () -> now, () -> 0.5);
        next.restore(told);
        next.name(Probes.of(List.of(A, B), ""));
        assertThat(next.proven()).isEqualTo(NEW);
        assertThat(next.told()).isEqualTo(told);
    }

    @Test
    void anEndpointThatIsNamedNoMoreCountsNoMore() {
        about(NEW, A, B);
        end(NEW, List.of(A, B), proven(A), refuted(B));
        proofs.name(Probes.of(List.of(A), ""));
        assertThat(proofs.refuted(NEW)).isNull();
        assertThat(proofs.proven()).isEqualTo(NEW);
        proofs.name(Probes.NONE);
        assertThat(proofs.told()).isNull();
        assertThat(proofs.proven()).isNull();
    }

    @Test
    void aRoundThatIsUnderWayIsBrokenOffWhenThereIsSomethingElseToProve() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Proofs slow = new Proofs(
                (request, limit) -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                    return List.of();
                },
                round -> ended.countDown(),
                () -> now,
                () -> 0.0);
        slow.name(Probes.of(List.of(A), ""));
        slow.about(subject(OLD, A), 1);
        slow.begin();
        begun.await();
        assertThat(slow.due()).isEqualTo(Long.MAX_VALUE);
        slow.about(subject(NEW, A), 1);
        ended.await();
        slow.take(new Proofs.Round(subject(OLD, A), true, List.of()));
        assertThat(slow.due()).isLessThan(Long.MAX_VALUE);
        slow.close();
    }

    private void about(String fingerprint, String... endpoints) {
        proofs.name(Probes.of(Arrays.asList(endpoints), ""));
        proofs.about(subject(fingerprint, endpoints), null);
    }

    private boolean end(String fingerprint, List<String> endpoints, ProofResult... results) {
        return proofs.take(
                new Proofs.Round(subject(fingerprint, endpoints.toArray(String[]::new)), true, List.of(results)));
    }

    private static Subject subject(String fingerprint, String... endpoints) {
        return new Subject(
                fingerprint,
                "1 1",
                Arrays.stream(endpoints).map(Endpoint::parse).toList(),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    private ProofResult proven(String endpoint) {
        return result(endpoint, Outcome.PROVEN, "Verified", List.of());
    }

    private ProofResult down(String endpoint, String reason) {
        return result(endpoint, Outcome.INCONCLUSIVE, reason, List.of());
    }

    private ProofResult refuted(String endpoint) {
        return result(
                endpoint,
                Outcome.REFUTED,
                "UnknownAuthority",
                List.of(new ChainCertificate(
                        "CN=swapped",
                        "CN=Another CA",
                        new Identity("ab".repeat(32)),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2027-01-01T00:00:00Z"))));
    }

    private ProofResult result(String endpoint, Outcome outcome, String reason, List<ChainCertificate> chain) {
        return new ProofResult(
                Endpoint.parse(endpoint),
                outcome,
                reason,
                "words at " + now,
                chain,
                outcome == Outcome.PROVEN ? new Identity("cd".repeat(32)) : null,
                Duration.ofMillis(5),
                now);
    }
}
