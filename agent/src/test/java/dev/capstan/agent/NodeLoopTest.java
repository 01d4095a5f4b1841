package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.agent.api.Api;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.Token;
import dev.capstan.agent.disk.ClusterPin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLoopTest {

    @TempDir
    private Path folder;

    private FakeApi server;
    private NodeRoot root;
    private Path proc;
    private NodeLoop loop;

    @BeforeEach
    void prepare() throws IOException {
        server = new FakeApi();
        root = new NodeRoot(folder.resolve("root"));
        proc = NodeRoot.proc(folder.resolve("proc"));
    }

    @AfterEach
    void stop() throws IOException {
        stopAgent();
        server.close();
    }

    private void startAgent() throws IOException {
        loop = new NodeLoop(Settings.parse(root.properties(server.url())), proc, InstantSource.system(), "test", 1000);
        Thread.ofPlatform().start(loop::run);
    }

    private void stopAgent() {
        if (loop != null) {
            assertThat(loop.stop(5000)).isTrue();
            loop = null;
        }
    }

    private static Map<String, String> secret(int... roots) {
        Map<String, String> data = new LinkedHashMap<>();
        for (int number : roots) {
            data.put("ca" + number + ".crt", TestPki.root(number));
        }
        return data;
    }

    private void awaitHeld(int... roots) throws InterruptedException {
        server.awaitStatus(
                "written " + fingerprint(roots),
                status -> status.contains("\"written\":\"" + fingerprint(roots) + "\""));
        assertThat(root.held()).isEqualTo(identities(roots));
    }

    @Test
    void theSecretIsInTheStoreAndTheStatusSaysSo() throws Exception {
        server.secret(secret(0, 1));
        server.trust(null, true);
        startAgent();
        awaitHeld(0, 1);
        assertThat(server.statuses()).hasSize(1);
        assertThat(server.statuses().getFirst())
                .contains("\"observedGeneration\":1")
                .contains("\"sources\":[\"secret/ca0.crt\"]")
                .contains("\"secret\":{\"uid\":\"secret-uid\"")
                .contains("\"findings\":[]");
    }

    @Test
    void listAndSecretTogetherAreTheSetAndEachCertificateNamesItsSources() throws Exception {
        server.certificateSet(fingerprint(0, 1), TestPki.root(0), TestPki.root(1));
        server.trust(fingerprint(0, 1), true);
        server.secret(secret(1, 2));
        startAgent();
        awaitHeld(0, 1, 2);
        assertThat(server.statuses().getLast())
                .contains("\"sources\":[\"list\"]")
                .contains("\"sources\":[\"list\",\"secret/ca1.crt\"]")
                .contains("\"sources\":[\"secret/ca2.crt\"]");
        server.secret(secret());
        awaitHeld(0, 1);
        server.trust(null, true);
        awaitHeld();
    }

    @Test
    void aDeletedKeyADeletedSecretAndADisabledPoolTakeTheirCertificatesAway() throws Exception {
        server.secret(secret(0, 1));
        server.trust(null, true);
        startAgent();
        awaitHeld(0, 1);
        server.secret(secret(1));
        awaitHeld(1);
        server.deleteSecret();
        awaitHeld();
        assertThat(server.statuses().getLast()).contains("\"secret\":null");
        server.secret(secret(0, 2));
        awaitHeld(0, 2);
        server.trust(null, false);
        awaitHeld();
        assertThat(root.anchors()).isEmpty();
        long asked = server.count(FakeApi.Seen::isSecrets);
        server.secret(secret(3));
        server.trust(null, false);
        server.awaitStatus("the next generation", status -> status.contains("\"observedGeneration\":3"));
        assertThat(server.count(FakeApi.Seen::isSecrets)).isEqualTo(asked);
        assertThat(root.held()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotFollowTheSecretNeverAsksForIt() throws Exception {
        server.secret(secret(0));
        server.trust(null, false);
        startAgent();
        awaitHeld();
        assertThat(server.count(request -> request.path().contains("secrets"))).isZero();
    }

    @Test
    void theSameSecretInAnotherOrderAndWhitespaceWritesNothingToTheNode() throws Exception {
        server.secret(Map.of("a", TestPki.root(0), "b", TestPki.root(1)));
        server.trust(null, true);
        startAgent();
        awaitHeld(0, 1);
        // One more look of the loop's own, so that only the Secret could be the reason of a write.
        Map<String, String> before = root.fingerprints();
        server.secret(Map.of("b", "\n\n" + TestPki.root(1).replace("\n", "\r\n") + "\n", "a", TestPki.root(0)));
        server.awaitStatus("the new version", status -> status.contains("\"resourceVersion\":\"104\""));
        assertThat(root.fingerprints()).isEqualTo(before);
    }

    @Test
    void oneBadKeyIsNamedAndLeftOutAndTheOthersAreInstalled() throws Exception {
        Map<String, String> data = secret(0);
        data.put("bad.crt", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n");
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString("very secret bytes, kept by nobody at all".getBytes(StandardCharsets.US_ASCII))
                + "\n-----END PRIVATE KEY-----\n";
        data.put("key.pem", TestPki.root(1) + key);
        server.secret(data);
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        assertThat(server.statuses().getLast())
                .contains("\"source\":\"secret/bad.crt\"")
                .contains("\"source\":\"secret/key.pem\"")
                .contains("\"code\":\"private-key\"");
        String secretPart = key.split("\n", -1)[1];
        assertThat(root.everything()).doesNotContain(secretPart);
        assertThat(server.statuses().getLast()).doesNotContain(secretPart);
    }

    @Test
    void aMissingOrForgedCertificateSetIsRefusedAndTheListKept() throws Exception {
        server.certificateSet(fingerprint(0), TestPki.root(0));
        server.trust(fingerprint(0), false);
        startAgent();
        awaitHeld(0);
        server.trust(fingerprint(1), false);
        server.awaitStatus("a problem", status -> status.contains("\"reason\":\"CertificateSetMissing\""));
        assertThat(root.held()).isEqualTo(identities(0));
        server.certificateSet(fingerprint(1), TestPki.root(2));
        server.awaitStatus("a refusal", status -> status.contains("holds something else"));
        assertThat(root.held()).isEqualTo(identities(0));
        server.certificateSet(fingerprint(1), TestPki.root(1));
        server.awaitStatus("no problem", status -> !status.contains("CertificateSetMissing"));
        awaitHeld(1);
    }

    @Test
    void aFingerprintThatIsNoneNeverBecomesAPath() throws Exception {
        server.trust("../../api/v1/secrets", false);
        startAgent();
        server.awaitStatus("a problem", status -> status.contains("\"reason\":\"CertificateSetMissing\""));
        assertThat(server.count(request -> request.path().contains(".."))).isZero();
    }

    @Test
    void withTheApiAwayTheLastGoodSetIsKeptAndAppliedAtStart() throws Exception {
        server.certificateSet(fingerprint(0), TestPki.root(0));
        server.secret(secret(1));
        server.trust(fingerprint(0), true);
        startAgent();
        awaitHeld(0, 1);
        server.away(true);
        server.deleteSecret();
        stopAgent();
        for (String anchor : root.anchors()) {
            Files.delete(root.path().resolve("usr/local/share/ca-certificates").resolve(anchor));
        }
        startAgent();
        server.await("the last good set", () -> root.held().equals(identities(0, 1)));
        server.await("anchors", this::anchorsBack);
        server.away(false);
        awaitHeld(0);
    }

    private boolean anchorsBack() {
        try {
            return root.anchors().size() == 2;
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void anotherClusterWithoutTheSecretTakesNothingAway() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        stopAgent();
        server.cut();
        server.clusterUid("22222222-aaaa-bbbb-cccc-000000000002");
        server.deleteSecret();
        int before = server.seen().size();
        startAgent();
        server.await("two looks", () -> server.seen().size() >= before + 2);
        server.await("turning away", server::alone);
        assertThat(server.seen().subList(before, server.seen().size()))
                .allMatch(request -> request.path().equals("/api/v1/namespaces/kube-system"));
        assertThat(root.held()).isEqualTo(identities(0));
        assertThat(server.statuses()).hasSize(1);
    }

    @Test
    void aSecretThatMayNotBeReadIsNotAnEmptyOne() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        stopAgent();
        server.script(request -> request.isSecrets() ? FakeApi.status(403, "secrets is forbidden") : null);
        startAgent();
        server.awaitStatus("a problem", status -> status.contains("\"reason\":\"SecretUnknown\""));
        assertThat(root.held()).isEqualTo(identities(0));
    }

    @Test
    void aBurstOfChangesIsOnePieceOfWorkAndTheLastOneCounts() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        int before = server.statuses().size();
        for (int change = 0; change < 200; change++) {
            server.secret(secret(change % 7, 10 + change % 5));
        }
        server.secret(secret(3, 4, 5));
        awaitHeld(3, 4, 5);
        assertThat(server.statuses().size() - before).isLessThan(60);
    }

    @Test
    void itsOwnStatusIsNoReasonToDoAnything() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        for (int echo = 0; echo < 10; echo++) {
            server.touchTrust();
        }
        server.trust(null, true);
        server.awaitStatus("generation 2", status -> status.contains("\"observedGeneration\":2"));
        assertThat(server.statuses()).hasSize(2);
    }

    @Test
    void aRestartReportsOnceAndKeepsTheTimeOfTheLastChange() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        Map<String, String> before = root.fingerprints();
        stopAgent();
        startAgent();
        server.await("a report", () -> server.statuses().size() == 2);
        assertThat(root.fingerprints().get("etc/ssl/certs/ca-certificates.crt"))
                .isEqualTo(before.get("etc/ssl/certs/ca-certificates.crt"));
    }

    @Test
    void aStoreThatCannotBeWrittenIsReportedAndTriedAgain() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        Path anchors = root.path().resolve("usr/local/share/ca-certificates");
        Path aside = root.path().resolve("usr/local/share/aside");
        Files.move(anchors, aside);
        Files.writeString(anchors, "a file where a folder should be");
        server.secret(secret(0, 1));
        server.awaitStatus("a problem", status -> status.contains("\"reason\":\"StoreFailed\""));
        assertThat(root.held()).isEqualTo(identities(0));
        Files.delete(anchors);
        Files.move(aside, anchors);
        awaitHeld(0, 1);
        server.awaitStatus("no problem", status -> !status.contains("StoreFailed"));
    }

    @Test
    void aStoreThatSomethingElseDamagedIsRepairedWithinSeconds() throws Exception {
        server.secret(secret(0, 1));
        server.trust(null, true);
        startAgent();
        awaitHeld(0, 1);
        Path other = folder.resolve("other");
        StringBuilder onlyTheirs = new StringBuilder();
        for (int number = 99; number > 94; number--) {
            onlyTheirs.append(TestPki.root(number));
        }
        Files.writeString(other, onlyTheirs);
        Files.move(other, root.bundle(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertThat(root.held()).isEmpty();
        server.await("the repair", () -> root.held().equals(identities(0, 1)));
    }

    @Test
    void aBundleThatIsGoneIsMadeAnewOrReported() throws Exception {
        root.containerd(proc, 1040, 40);
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        server.awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        Files.delete(root.bundle());
        server.await(
                "a repair or a report",
                () -> Files.exists(root.bundle())
                        || server.statuses().getLast().contains("\"reason\":\"StoreFailed\""));
    }

    @Test
    void aDamagedLastGoodSetIsNotUsedAndWrittenAnew() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        stopAgent();
        Path file = root.agentFolder().resolve("last-good");
        String good = Files.readString(file);
        Files.writeString(file, good.replace("secret/ca0.crt", "secret/ca9.crt"));
        server.away(true);
        startAgent();
        server.await("a wait", () -> loop != null);
        assertThat(root.held()).isEqualTo(identities(0));
        server.away(false);
        server.await("a report", () -> server.statuses().size() == 2);
        assertThat(Files.readString(file)).isEqualTo(good);
    }

    @Test
    void theLeaseIsRenewedAsTheControllerMadeIt() throws Exception {
        server.trust(null, false);
        startAgent();
        server.await("a lease", () -> server.leases().size() == 1);
        assertThat(server.leases().getFirst())
                .contains("\"holderIdentity\":\"" + FakeApi.NODE + "\"")
                .contains("\"leaseDurationSeconds\":90")
                .contains("\"labels\":{\"app.kubernetes.io/managed-by\":\"capstan\"}")
                .containsPattern("\"renewTime\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\"");
    }

    @Test
    void aLeaseThatSomebodyElseWroteIsReadAgainAndRenewed() throws Exception {
        Settings settings = Settings.parse(root.properties(server.url()));
        Token token = new Token(settings.token());
        Api api = new Api(
                settings.server(),
                settings.certificateAuthority(),
                token,
                new ClusterPin(settings.folder().resolve("cluster-uid")));
        try (Requests requests = new Requests(api, FakeApi.NODE, token);
                Heartbeat heartbeat = new Heartbeat(requests, token, InstantSource.system(), 50)) {
            heartbeat.start();
            server.await("two beats", () -> server.leases().size() >= 2);
            assertThat(server.count(request ->
                            request.method().equals("GET") && request.path().contains("/leases/")))
                    .isOne();
            server.leaseTakenByOthers();
            int before = server.leases().size();
            server.await("two more", () -> server.leases().size() >= before + 2);
            assertThat(server.connections()).isOne();
            server.cut();
            int cut = server.leases().size();
            server.await("two more", () -> server.leases().size() >= cut + 2);
        }
    }

    @Test
    void theTokenIsRenewedAtHalfItsLifeAndKeptForTheOwnerAlone() throws Exception {
        long now = System.currentTimeMillis() / 1000;
        String old = jwt(now - 2000, now + 1600);
        String next = jwt(now, now + 3600);
        server.token(old);
        server.renewedToken(next);
        server.trust(null, false);
        Path properties = root.properties(server.url());
        Path token = root.path().resolve("run/capstan/token");
        Files.writeString(token, old);
        loop = new NodeLoop(Settings.parse(properties), proc, InstantSource.system(), "test", 1000);
        Thread.ofPlatform().start(loop::run);
        server.await("a request with the new token", () -> {
            server.trust(null, false);
            return server.count(request -> request.token().equals(next)) > 0;
        });
        assertThat(Files.readString(token)).isEqualTo(next);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(server.count(request -> request.method().equals("POST"))).isOne();
        assertThat(server.seen().stream()
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

    @Test
    void aStatusThatCouldNotBeWrittenIsWrittenLaterWithoutTouchingTheStore() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        server.script(request -> request.method().equals("PATCH") && refusals.incrementAndGet() <= 3
                ? FakeApi.status(503, "etcd is away")
                : null);
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        server.await("a first try", () -> refusals.get() >= 1);
        Map<String, String> before = root.fingerprints();
        awaitHeld(0);
        assertThat(refusals).hasValue(4);
        assertThat(root.fingerprints()).isEqualTo(before);
        assertThat(Set.copyOf(server.statuses())).hasSize(1);
    }

    @Test
    void aSetIsLoadedOnlyOnceARunningContainerdReadsIt() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        awaitHeld(0);
        assertThat(server.statuses().getLast()).contains("\"loaded\":null").contains("\"reason\":\"RuntimeUnknown\"");
        root.containerd(proc, 1040, 40);
        server.awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        assertThat(server.statuses().getLast())
                .contains("\"problem\":null")
                .contains("\"lane\":{\"name\":\"Isolated\"");
        assertThat(root.shown()).isEqualTo(TestPki.root(0));
        server.deleteSecret();
        server.awaitStatus("nothing loaded", status -> status.contains("\"loaded\":\"" + fingerprint() + "\""));
        assertThat(root.shown()).isEmpty();
    }

    @Test
    void aRuntimeThatStoppedOrStartedAnewIsMeasuredAnew() throws Exception {
        root.containerd(proc, 1040, 40);
        server.secret(secret(0));
        server.trust(null, true);
        startAgent();
        server.awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
        Files.move(proc.resolve("1040"), proc.resolve("gone"));
        server.awaitStatus("not loaded", status -> status.contains("\"loaded\":null"));
        Files.move(proc.resolve("gone"), folder.resolve("gone"));
        root.containerd(proc, 1050, 50);
        server.awaitStatus("loaded again", status -> status.contains("\"loaded\":\"" + fingerprint(0) + "\""));
    }

    @Test
    void aStoreThatDriftsIsSeenAtTheNextLookAndNothingElseIsTouched() throws Exception {
        root.containerd(proc, 1040, 40);
        server.secret(secret(0, 1));
        server.trust(null, true);
        startAgent();
        server.awaitStatus("loaded", status -> status.contains("\"loaded\":\"" + fingerprint(0, 1) + "\""));
        String shown = root.fingerprints().get("etc/containerd/certs.d/_default/capstan.crt");
        String recorded = root.fingerprints().get("var/lib/capstan/agent/last-good");
        Files.delete(root.path()
                .resolve("usr/local/share/ca-certificates")
                .resolve(root.anchors().iterator().next()));
        server.await("the repair", this::anchorsBack);
        assertThat(root.fingerprints())
                .containsEntry("etc/containerd/certs.d/_default/capstan.crt", shown)
                .containsEntry("var/lib/capstan/agent/last-good", recorded);
        assertThat(server.statuses()).hasSize(1);
    }
}
