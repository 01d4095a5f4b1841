package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeUnderTest.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One round after the other: what is reported, and when; what is repaired; what the runtime has loaded. */
class NodeLoopTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    @Test
    void aBurstOfChangesIsOnePieceOfWorkAndTheLastOneCounts() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        int before = node.server().statuses().size();
        Set<String> were = new HashSet<>(Set.of(fingerprint(0), fingerprint(3, 4, 5)));
        long begun = System.nanoTime();
        for (int change = 0; change < 200; change++) {
            node.server().secret(secret(change % 7, 10 + change % 5));
            were.add(fingerprint(change % 7, 10 + change % 5));
            TimeUnit.MILLISECONDS.sleep(5);
        }
        node.server().secret(secret(3, 4, 5));
        node.awaitHeld(3, 4, 5);
        long halves = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / 500;
        List<String> told = node.server().statuses();
        assertThat((long) told.size() - before).isLessThanOrEqualTo(halves + 2);
        // Every write is of a set that really was, and says so: none mixes two of them.
        assertThat(told).allSatisfy(status -> {
            Matcher written = Pattern.compile("\"wanted\":\"(v1:\\w+)\",\"written\":\"(v1:\\w+)\"")
                    .matcher(status);
            assertThat(written.find()).isTrue();
            assertThat(were).contains(written.group(1));
            assertThat(written.group(2)).isEqualTo(written.group(1));
        });
    }

    @Test
    void itsOwnStatusIsNoReasonToDoAnything() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        for (int echo = 0; echo < 10; echo++) {
            node.server().touchTrust();
        }
        node.server().trust(null, true);
        node.server().awaitStatus("generation 2", status -> status.contains("\"observedGeneration\":2"));
        assertThat(node.server().statuses()).hasSize(2);
    }

    @Test
    void aRestartReportsOnceAndKeepsTheTimeOfTheLastChange() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        Map<String, String> before = node.root().fingerprints();
        node.stop();
        node.start();
        node.server().await("a report", () -> node.server().statuses().size() == 2);
        assertThat(node.root().fingerprints().get("etc/ssl/certs/ca-certificates.crt"))
                .isEqualTo(before.get("etc/ssl/certs/ca-certificates.crt"));
    }

    @Test
    void aStatusThatCouldNotBeWrittenIsWrittenLaterWithoutTouchingTheStore() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        node.server()
                .script(request -> request.method().equals("PATCH") && refusals.incrementAndGet() <= 3
                        ? FakeApi.status(503, "etcd is away")
                        : null);
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.server().await("a first try", () -> refusals.get() >= 1);
        Map<String, String> before = node.root().fingerprints();
        node.awaitHeld(0);
        assertThat(refusals).hasValue(4);
        assertThat(node.root().fingerprints()).isEqualTo(before);
        assertThat(Set.copyOf(node.server().statuses())).hasSize(1);
    }

    @Test
    void aStoreThatCannotBeWrittenIsReportedAndTriedAgain() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        Path anchors = node.root().path().resolve("usr/local/share/ca-certificates");
        Path aside = node.root().path().resolve("usr/local/share/aside");
        Files.move(anchors, aside);
        Files.writeString(anchors, "a file where a folder should be");
        node.server().secret(secret(0, 1));
        node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"StoreFailed\""));
        assertThat(node.root().held()).isEqualTo(identities(0));
        Files.delete(anchors);
        Files.move(aside, anchors);
        node.awaitHeld(0, 1);
        node.server().awaitStatus("no problem", status -> !status.contains("StoreFailed"));
    }

    @Test
    void aStoreThatSomethingElseDamagedIsRepairedWithinSeconds() throws Exception {
        node.server().secret(secret(0, 1));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0, 1);
        Path other = node.folder().resolve("other");
        StringBuilder onlyTheirs = new StringBuilder();
        for (int number = 99; number > 94; number--) {
            onlyTheirs.append(TestPki.root(number));
        }
        Files.writeString(other, onlyTheirs);
        Files.move(other, node.root().bundle(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(node.root().held()).isEmpty();
        node.server().await("the repair", () -> node.root().held().equals(identities(0, 1)));
    }

    @Test
    void aBundleThatIsGoneIsMadeAnewOrReported() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        Files.delete(node.root().bundle());
        node.server()
                .await(
                        "a repair or a report",
                        () -> Files.exists(node.root().bundle())
                                || node.server().statuses().getLast().contains("\"reason\":\"StoreFailed\""));
    }

    @Test
    void aStoreThatDriftsIsSeenAtTheNextLookAndNothingElseIsTouched() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0, 1));
        node.server().trust(null, true);
        node.start();
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0, 1) + "\""));
        String shown = node.root().fingerprints().get("etc/containerd/certs.d/_default/capstan.crt");
        String recorded = node.root().fingerprints().get("var/lib/capstan/agent/last-good");
        Files.delete(node.root()
                .path()
                .resolve("usr/local/share/ca-certificates")
                .resolve(node.root().anchors().iterator().next()));
        node.server().await("the repair", () -> node.root().hasAnchors(2));
        assertThat(node.root().fingerprints())
                .containsEntry("etc/containerd/certs.d/_default/capstan.crt", shown)
                .containsEntry("var/lib/capstan/agent/last-good", recorded);
        node.server().awaitStatus("what was healed", status -> status.contains("\"healed\":1"));
        assertThat(node.server().statuses()).hasSize(2);
    }

    @Test
    void aSetIsLoadedOnlyOnceARunningContainerdReadsIt() throws Exception {
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.awaitHeld(0);
        assertThat(node.server().statuses().getLast())
                .contains("\"loaded\":null")
                .contains("\"reason\":\"RuntimeUnknown\"");
        node.root().containerd(node.proc(), 1040, 40);
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"problem\":null")
                .contains("\"lane\":{\"name\":\"Isolated\"");
        assertThat(node.root().shown()).isEqualTo(TestPki.root(0));
        node.server().deleteSecret();
        node.server().awaitStatus("nothing loaded", status -> status.contains("\"loaded\":\"" + fingerprint() + "\""));
        assertThat(node.root().shown()).isEmpty();
    }

    @Test
    void aRuntimeThatStoppedOrStartedAnewIsMeasuredAnew() throws Exception {
        node.root().containerd(node.proc(), 1040, 40);
        node.server().secret(secret(0));
        node.server().trust(null, true);
        node.start();
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        Files.move(node.proc().resolve("1040"), node.proc().resolve("gone"));
        node.server().awaitStatus("not loaded", status -> status.contains("\"loaded\":null"));
        Files.move(node.proc().resolve("gone"), node.folder().resolve("gone"));
        node.root().containerd(node.proc(), 1050, 50);
        node.server().awaitStatus("loaded again", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
    }
}
