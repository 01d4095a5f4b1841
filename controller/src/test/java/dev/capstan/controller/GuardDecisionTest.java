package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.controller.GuardDecision.Seen;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import dev.capstan.resources.TrustProof;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardDecisionTest {

    private static final Certificate CORP = certificate("corp");
    private static final Certificate OTHER = certificate("other");
    private static final Certificate THIRD = certificate("third");
    private static final String ENDPOINT = "registry.corp:443";

    @Test
    void aRemovalFromUnderAProvenEndpointIsHeldBackOnEveryGuardedNode() {
        Seen proven =
                guarded("n0", set(CORP, OTHER)).has(CORP, OTHER).proven(CORP).seen();
        Seen other = guarded("n1", set(CORP, OTHER)).has(CORP, OTHER).seen();
        GuardDecision decision = decide(set(OTHER), null, proven, other);
        assertThat(decision.fingerprints())
                .containsEntry("n0", print(CORP, OTHER))
                .containsEntry("n1", print(CORP, OTHER));
        assertThat(decision.held())
                .containsExactly(new EndangeredEndpoint(
                        ENDPOINT, "CN=corp", CORP.identity().hex(), List.of("n0")));
        assertThat(decision.overridden()).isEmpty();
        assertThat(decision.adds()).isZero();
    }

    @Test
    void aMixedChangeIsHeldBackAsAWholeAndCountsWhatItAdds() {
        Seen node = guarded("n0", set(CORP)).has(CORP).proven(CORP).seen();
        GuardDecision decision = decide(set(OTHER, THIRD), null, node);
        assertThat(decision.fingerprints()).containsEntry("n0", print(CORP));
        assertThat(decision.adds()).isEqualTo(2);
    }

    @Test
    void anAdditionIsNeverHeldBack() {
        Seen node = guarded("n0", set(CORP)).has(CORP).proven(CORP).seen();
        GuardDecision decision = decide(set(CORP, OTHER), null, node);
        assertThat(decision.fingerprints()).containsEntry("n0", print(CORP, OTHER));
        assertThat(decision.held()).isEmpty();
    }

    @Test
    void aRemovalThatBreaksNothingIsNotHeldBack() {
        Seen node =
                guarded("n0", set(CORP, OTHER)).has(CORP, OTHER).proven(CORP).seen();
        assertThat(decide(set(CORP), null, node).fingerprints()).containsEntry("n0", print(CORP));
    }

    @Test
    void theOverrideLetsThisSetThroughAndNoOther() {
        Seen node =
                guarded("n0", set(CORP, OTHER)).has(CORP, OTHER).proven(CORP).seen();
        GuardDecision through = decide(set(OTHER), print(OTHER), node);
        assertThat(through.fingerprints()).containsEntry("n0", print(OTHER));
        assertThat(through.held()).isEmpty();
        assertThat(through.overridden()).hasSize(1);
        assertThat(decide(set(), print(OTHER), node).held()).hasSize(1);
        Seen after = guarded("n0", set(OTHER)).has(OTHER).proven(CORP).seen();
        assertThat(decide(set(OTHER), print(OTHER), after).overridden())
                .as("said once, when it goes through")
                .isEmpty();
    }

    @Test
    void aNodeWithNothingOfTheSecretTakesUpWhatThereIs() {
        Seen proven = guarded("n0", set(CORP)).has(CORP).proven(CORP).seen();
        Seen born = guarded("n1", set()).has().seen();
        Seen silent = new Seen("n2", true, CertificateSet.empty().fingerprint().value(), null);
        assertThat(decide(set(OTHER), null, proven, born, silent).fingerprints())
                .containsEntry("n0", print(CORP))
                .containsEntry("n1", print(OTHER))
                .containsEntry("n2", print(OTHER));
    }

    @Test
    void whoeverWasNotGuardedUntilNowKeepsWhatHeHas() {
        Seen node = guarded("n0", null).has(CORP).proven(CORP).seen();
        assertThat(decide(set(OTHER), null, node).fingerprints()).containsEntry("n0", print(CORP));
        assertThat(decide(set(CORP), null, node).fingerprints()).containsEntry("n0", print(CORP));
    }

    @Test
    void whoeverIsNotGuardedWaitsForNothingAndHoldsNothingBack() {
        Seen free = new Built("n0", false, print(CORP), List.of(CORP), CORP, List.of("secret/ca")).seen();
        assertThat(decide(set(OTHER), null, free).fingerprints()).containsEntry("n0", null);
        assertThat(decide(set(OTHER), null, free).held()).isEmpty();
    }

    @Test
    void whatTheListHasTooDoesNotGo() {
        Seen node = new Built("n0", true, print(CORP), List.of(CORP), CORP, List.of("secret/ca", "list")).seen();
        assertThat(decide(set(OTHER), null, node).held()).isEmpty();
    }

    @Test
    void aRenewedCertificateOfTheSameCaDoesNotGo() {
        Seen node = guarded("n0", set(CORP)).has(CORP).proven(CORP).seen();
        GuardDecision decision = GuardDecision.of(
                List.of(node), set(OTHER), Set.of(CORP.identity().hex()), null);
        assertThat(decision.held()).isEmpty();
    }

    @Test
    void puttingItBackEndsIt() {
        Seen node = guarded("n0", set(CORP)).has(CORP).proven(CORP).seen();
        assertThat(decide(set(CORP), null, node).held()).isEmpty();
        assertThat(decide(set(CORP), null, node).fingerprints()).containsEntry("n0", print(CORP));
    }

    private static GuardDecision decide(CertificateSet secret, @Nullable String override, Seen... nodes) {
        return GuardDecision.of(List.of(nodes), secret, Set.of(), override);
    }

    private static CertificateSet set(Certificate... certificates) {
        return CertificateSet.of(List.of(certificates));
    }

    private static String print(Certificate... certificates) {
        return set(certificates).fingerprint().value();
    }

    private static Built guarded(String name, @Nullable CertificateSet waitsFor) {
        return new Built(
                name, true, waitsFor == null ? null : waitsFor.fingerprint().value(), List.of(), null, List.of("secret/ca"));
    }

    private record Built(
            String name,
            boolean isGuarded,
            @Nullable String fingerprint,
            List<Certificate> certificates,
            @Nullable Certificate anchor,
            List<String> sources) {

        Built has(Certificate... all) {
            return new Built(name, isGuarded, fingerprint, List.of(all), anchor, sources);
        }

        Built proven(Certificate with) {
            return new Built(name, isGuarded, fingerprint, certificates, with, sources);
        }

        Seen seen() {
            List<TrustProof.Endpoint> endpoints = new ArrayList<>();
            if (anchor != null) {
                endpoints.add(new TrustProof.Endpoint(
                        ENDPOINT,
                        TrustProof.PROVEN,
                        "Verified",
                        "",
                        "v1:x",
                        anchor.identity().hex(),
                        List.of(),
                        "2026-01-01T00:00:00Z",
                        null));
            }
            return new Seen(
                    name,
                    isGuarded,
                    fingerprint,
                    new NodeTrust.Status(
                            1,
                            "v1:x",
                            "v1:x",
                            "v1:x",
                            null,
                            null,
                            certificates.stream()
                                    .map(certificate -> new TrustedCertificate(
                                            certificate.subject(),
                                            certificate.identity().hex(),
                                            certificate.notAfter().toString(),
                                            sources))
                                    .toList(),
                            List.of(),
                            null,
                            null,
                            "1",
                            null,
                            new TrustProof(TrustProof.PROVEN, "v1:x", "2026-01-01T00:00:00Z", endpoints),
                            null));
        }
    }

    private static Certificate certificate(String name) {
        return new CertificateReader(InstantSource.system())
                .readPem(TestKeys.authority(name).getBytes(StandardCharsets.UTF_8), Place.of(name))
                .set()
                .certificates()
                .getFirst();
    }
}
