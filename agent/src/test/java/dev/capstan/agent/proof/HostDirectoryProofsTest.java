package dev.capstan.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Endpoint;
import dev.capstan.proof.Outcome;
import dev.capstan.proof.ProofRequest;
import dev.capstan.proof.ProofResult;
import dev.capstan.runtime.HostDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When host directories are proven, with what, and what counts of it; with a stand-in for the process of proofs. */
class HostDirectoryProofsTest {

    private static final Map<String, String> NO_PROXY = Map.of();

    @TempDir
    private Path folder;

    private final BlockingQueue<HostDirectoryProofs.Round> rounds = new LinkedBlockingQueue<>();
    private final Queue<ProofRequest> asked = new ConcurrentLinkedQueue<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private Path roots;
    private Path ca;

    @BeforeEach
    void files() throws Exception {
        roots = Files.writeString(folder.resolve("roots.pem"), "roots");
        ca = Files.writeString(folder.resolve("own.crt"), "own");
    }

    private HostDirectoryProofs proofs() {
        return new HostDirectoryProofs(folder, this::prove, rounds::add, () -> 0);
    }

    private List<ProofResult> prove(ProofRequest request, Duration limit) {
        asked.add(request);
        return request.endpoints().stream()
                .map(endpoint -> new ProofResult(
                        endpoint,
                        outcomes.getOrDefault(endpoint.text(), Outcome.PROVEN),
                        "Reason",
                        "words",
                        List.of(),
                        null,
                        Duration.ZERO,
                        Instant.now()))
                .toList();
    }

    private static HostDirectory directory(String registry, HostDirectory.Server... servers) {
        return new HostDirectory(
                registry, "/etc/containerd/certs.d/" + registry, Optional.of("hides"), false, List.of(servers));
    }

    private static HostDirectory.Server server(String address, Path... ca) {
        return new HostDirectory.Server(address, List.of(ca));
    }

    private boolean round(HostDirectoryProofs proofs) throws InterruptedException {
        proofs.begin();
        return proofs.take(rounds.take());
    }

    @Test
    void eachStateIsProvenOnceAndAnyChangeOfItAnew() throws Exception {
        HostDirectoryProofs proofs = proofs();
        List<HostDirectory> directories = List.of(directory("docker.io", server("mirror.corp", ca)));

        proofs.about(directories, roots, NO_PROXY);
        assertThat(proofs.isUndecided()).isTrue();
        assertThat(proofs.words()).startsWith("docker.io: ");
        assertThat(round(proofs)).isTrue();
        assertThat(proofs.vouched()).containsExactlyElementsOf(directories);
        assertThat(proofs.isUndecided()).isFalse();
        assertThat(proofs.words()).isEmpty();
        long renewal = proofs.due();
        proofs.about(directories, roots, NO_PROXY);
        assertThat(proofs.due()).isEqualTo(renewal).isGreaterThan(System.nanoTime() + 400_000_000_000L);

        for (String change : List.of("ca", "roots", "proxy", "server", "path")) {
            List<HostDirectory> changed = directories;
            switch (change) {
                case "ca" -> Files.writeString(ca, "another");
                case "roots" -> Files.writeString(roots, "others");
                case "server" -> changed = List.of(directory("docker.io", server("mirror.corp:8443", ca)));
                case "path" -> changed = List.of(directory("quay.io", server("mirror.corp", ca)));
                default -> {
                    // The proxy, below.
                }
            }
            proofs.about(changed, roots, change.equals("proxy") ? Map.of("HTTPS_PROXY", "p:1") : NO_PROXY);
            assertThat(proofs.vouched()).as(change).isEmpty();
            assertThat(proofs.due()).as(change).isLessThanOrEqualTo(System.nanoTime());
            assertThat(round(proofs)).isTrue();
            assertThat(proofs.vouched()).as(change).hasSize(1);
        }
        proofs.about(List.of(), roots, NO_PROXY);
        assertThat(proofs.due()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void serversAreAskedTogetherByWhatTheyAreVerifiedWith() throws Exception {
        HostDirectoryProofs proofs = proofs();
        proofs.about(
                List.of(
                        directory("docker.io", server("mirror.corp"), server("registry-1.docker.io")),
                        directory("quay.io", server("mirror.corp"), server("cache.corp:5000", ca))),
                roots,
                NO_PROXY);
        round(proofs);

        assertThat(asked).hasSize(2);
        ProofRequest plain = asked.remove();
        assertThat(plain.anchors()).containsExactly(roots);
        assertThat(plain.endpoints())
                .extracting(Endpoint::text)
                .containsExactly("https://mirror.corp/v2/", "https://registry-1.docker.io/v2/");
        assertThat(plain.tokenServers()).isTrue();
        assertThat(asked.remove().anchors()).containsExactly(roots, ca);
    }

    @Test
    void oneServerThatIsRefutedRefutesItsDirectoryAloneAndOneThatIsAwayTakesNothing() throws Exception {
        HostDirectoryProofs proofs = proofs();
        HostDirectory one = directory("docker.io", server("mirror.corp"), server("registry-1.docker.io"));
        HostDirectory other = directory("quay.io", server("cache.corp"));
        outcomes.put("https://registry-1.docker.io/v2/", Outcome.INCONCLUSIVE);
        proofs.about(List.of(one, other), roots, NO_PROXY);
        round(proofs);
        assertThat(proofs.vouched()).containsExactly(other);
        assertThat(proofs.words()).contains("docker.io: registry-1.docker.io without the set is Reason");

        outcomes.clear();
        proofs.take(new HostDirectoryProofs.Round(List.of(), Map.of()));
        assertThat(proofs.vouched()).as("a round about something else").containsExactly(other);

        // The agent ends, and its servers with it; what it knew is known, and a refutation takes it away.
        outcomes.put("https://cache.corp/v2/", Outcome.INCONCLUSIVE);
        HostDirectoryProofs next = proofs();
        next.about(List.of(one, other), roots, NO_PROXY);
        assertThat(next.vouched()).containsExactly(other);
        round(next);
        assertThat(next.vouched()).containsExactlyInAnyOrder(one, other);
        outcomes.put("https://cache.corp/v2/", Outcome.REFUTED);
        HostDirectoryProofs last = proofs();
        last.about(List.of(one, other), roots, NO_PROXY);
        round(last);
        assertThat(last.vouched()).containsExactly(one);
        assertThat(HostDirectoryProofs.remembered(folder).due()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDirectoryOfWhichNoProofWouldTellAnythingIsNotAsked() {
        HostDirectoryProofs proofs = proofs();
        proofs.about(List.of(directory("broken.corp")), roots, NO_PROXY);
        assertThat(proofs.due()).isEqualTo(Long.MAX_VALUE);
        assertThat(proofs.vouched()).isEmpty();
        assertThat(proofs.isUndecided()).isFalse();
    }
}
