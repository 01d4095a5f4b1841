package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.certificates;
import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static dev.capstan.agent.NodeRoot.identity;
import static dev.capstan.agent.NodeUnderTest.AN_HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.Place;
import dev.capstan.proof.ProofProcess;
import dev.capstan.truststore.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that never looks by itself: what it mends it was told of by the kernel. And what it distrusts. */
class HealingTest {

    @RegisterExtension
    private final NodeUnderTest node = new NodeUnderTest();

    private void replaceBundleByTheDistributionsAlone() throws IOException {
        Path other = node.folder().resolve("other");
        StringBuilder theirs = new StringBuilder();
        for (int number = 99; number > 94; number--) {
            theirs.append(TestPki.root(number));
        }
        Files.writeString(other, theirs);
        Files.move(other, node.root().bundle(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aForeignWriteIsMendedAsItIsMadeEachTimeWithTheApiAwayToo() throws Exception {
        node.server().secret(Map.of("ca0.crt", TestPki.root(0), "ca1.crt", TestPki.root(1)));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run);
        node.awaitHeld(0, 1);
        node.server().close();
        for (int time = 0; time < 5; time++) {
            replaceBundleByTheDistributionsAlone();
            // The next look by the clock is an hour away: what mends it is the change itself.
            node.server().await("the repair", () -> node.root().held().equals(identities(0, 1)));
        }
        Files.delete(node.root()
                .path()
                .resolve("usr/local/share/ca-certificates")
                .resolve(node.root().anchors().iterator().next()));
        node.server().await("an anchor too", () -> node.root().hasAnchors(2));
    }

    @Test
    void itsOwnWritesWakeItOnceAndALookThatFindsNothingWakesNobody() throws Exception {
        Settings settings = Settings.parse(node.root().properties(node.server().url()));
        Node itself = new Node(
                settings, node.proc(), InstantSource.system(), HostDirectoryProofs.remembered(settings.folder()));
        var wanted = Wanted.of(new CertificateReader(InstantSource.system())
                .readPem(TestPki.root(0).getBytes(StandardCharsets.US_ASCII), Place.of("test"))
                .set());
        var woken = new Semaphore(0);
        try (var watch = new StoreWatch(woken::release)) {
            watch.watch(itself.watched());
            assertThat(itself.bring(wanted, false).changed()).isTrue();
            watch.watch(itself.watched());
            assertThat(woken.tryAcquire(5, TimeUnit.MINUTES)).isTrue();
            boolean more;
            do {
                more = woken.tryAcquire(5, TimeUnit.SECONDS); // the burst of our own write, in as many calls as it took
            } while (more);
            assertThat(itself.bring(wanted, false).changed()).isFalse();
            assertThat(woken.tryAcquire(1, TimeUnit.SECONDS)).isFalse();
            replaceBundleByTheDistributionsAlone();
            assertThat(woken.tryAcquire(5, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void aStoreThatCannotBeWrittenIsTriedInItsTimeAndNotAtEachOfItsOwnTraces() throws Exception {
        node.server().secret(Map.of("ca0.crt", TestPki.root(0)));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run);
        node.awaitHeld(0);
        Path anchors = node.root().path().resolve("usr/local/share/ca-certificates");
        Path inTheWay = anchors.resolve("capstan-" + identity(TestPki.root(1)) + ".crt");
        Files.createDirectories(inTheWay.resolve("a folder where a file should be"));
        int tries = 0;
        try (var service = anchors.getFileSystem().newWatchService()) {
            anchors.register(service, StandardWatchEventKinds.ENTRY_CREATE);
            node.server().secret(Map.of("ca1.crt", TestPki.root(1)));
            node.server().awaitStatus("a problem", status -> status.contains("\"reason\":\"StoreFailed\""));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            while (System.nanoTime() < until) {
                WatchKey key = service.poll(100, TimeUnit.MILLISECONDS);
                if (key != null) {
                    tries += key.pollEvents().size();
                    key.reset();
                }
            }
        }
        // The backoff doubles from 0.1 s on: at most some ten tries begin in this time; a loop makes many more.
        assertThat(tries).isLessThan(20);
        Files.delete(inTheWay.resolve("a folder where a file should be"));
        Files.delete(inTheWay);
        node.awaitHeld(1);
    }

    @Test
    void whatIsDistrustedLeavesTheStoreAndStaysOutWithTheApiAway() throws Exception {
        String theirs = identity(TestPki.root(97));
        String ours = identity(TestPki.root(1));
        node.server().secret(Map.of("ca0.crt", TestPki.root(0), "ca1.crt", TestPki.root(1)));
        node.server().trust(null, true, List.of(ours, theirs));
        node.start(AN_HOUR, ProofProcess::run);

        String wanted = fingerprintOf(identities(0), new TreeSet<>(Set.of(ours, theirs)));
        node.server().awaitStatus("written", status -> status.contains("\"written\":\"" + wanted + "\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"wanted\":\"" + wanted + "\"")
                .contains("\"code\":\"distrusted\",\"severity\":\"error\",\"source\":\"secret/ca1.crt\"")
                .doesNotContain("\"sha256\":\"" + ours + "\"");
        assertThat(certificates(node.root().bundle()))
                .doesNotContain(ours, theirs)
                .containsAll(identities(0, 99, 98, 96, 95));
        assertThat(node.root().path().resolve("etc/ca-certificates.conf"))
                .content()
                .contains("!mozilla/root2.crt");

        node.stop();
        node.server().close();
        replaceBundleByTheDistributionsAlone();
        node.start(AN_HOUR, ProofProcess::run);
        node.server().await("out again", () -> {
            try {
                return !certificates(node.root().bundle()).contains(theirs)
                        && certificates(node.root().bundle()).containsAll(identities(0));
            } catch (IOException moving) {
                return false;
            }
        });
    }

    @Test
    void aRuntimeThatMayHaveReadWhatIsNowDistrustedIsStaleUntilItIsRestarted() throws Exception {
        String theirs = identity(TestPki.root(97));
        node.root().containerd(node.proc(), 1010, 10);
        node.server().secret(Map.of("ca0.crt", TestPki.root(0)));
        node.server().trust(null, true);
        node.start(1000, ProofProcess::run);
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        assertThat(certificates(node.root().path().resolve("var/lib/capstan/runtime/distribution-roots.pem")))
                .isEqualTo(identities(95, 96, 97, 98, 99));

        node.server().trust(null, true, List.of(theirs));

        String wanted = fingerprintOf(identities(0), new TreeSet<>(Set.of(theirs)));
        node.server().awaitStatus("stale", status -> status.contains("\"reason\":\"RuntimeStale\""));
        assertThat(node.server().statuses().getLast())
                .contains("\"written\":\"" + wanted + "\"", "\"loaded\":null", theirs, "systemctl restart containerd");
        assertThat(certificates(node.root().path().resolve("var/lib/capstan/runtime/distribution-roots.pem")))
                .isEqualTo(identities(95, 96, 98, 99));

        Files.move(node.proc().resolve("1010"), node.folder().resolve("gone"));
        Files.writeString(node.proc().resolve("uptime"), "60.00 5.00\n");
        node.root().startContainerd(node.proc(), 1070, 70);
        node.server().awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + wanted + "\""));
        assertThat(node.server().statuses().getLast()).contains("\"problem\":null");
    }

    @Test
    void aMachineWithoutARuntimeIsWhereItShallBeWhenItsStoreIsWritten() throws Exception {
        node.server().secret(Map.of("ca0.crt", TestPki.root(0)));
        node.server().trust(null, true);
        node.start(AN_HOUR, ProofProcess::run, "runtime = none");
        node.awaitHeld(0);
        assertThat(node.server().statuses())
                .singleElement()
                .asString()
                .contains(
                        "\"level\":\"Written\"", "\"loaded\":null", "\"problem\":null", "\"lane\":{\"name\":\"None\"");
    }

    /** Of these identities and what is distrusted, reckoned without our code. */
    private static String fingerprintOf(Set<String> identities, Set<String> distrusted) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        identities.forEach(identity -> digest.update(HexFormat.of().parseHex(identity)));
        digest.update("distrusted".getBytes(StandardCharsets.US_ASCII));
        distrusted.forEach(identity -> digest.update(HexFormat.of().parseHex(identity)));
        return "v1:" + HexFormat.of().formatHex(digest.digest());
    }
}
