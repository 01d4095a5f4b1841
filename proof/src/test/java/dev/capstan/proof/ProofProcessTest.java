package dev.capstan.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofProcessTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private static ProofRequest request(String store, String... endpoints) {
        return new ProofRequest(
                List.of(endpoints).stream().map(Endpoint::parse).toList(),
                List.of(Chains.roots(store)),
                Optional.empty(),
                Map.of(),
                Duration.ofMinutes(2));
    }

    @Test
    void aProcessOfItsOwnAnswersEveryEndpointInOrder() throws Exception {
        try (var good = OpensslServer.start("good");
                var other = OpensslServer.start("of-other")) {
            var results = ProofProcess.run(
                    request(
                            "good",
                            "localhost:" + good.port(),
                            "localhost:" + other.port(),
                            "registry.invalid:443",
                            "registry.lab.test/lab/app:v1"),
                    LIMIT);

            assertThat(results)
                    .extracting(ProofResult::reason)
                    .containsExactly("Verified", "UnknownAuthority", "NameNotResolved", "RuntimeSilent");
            assertThat(results)
                    .extracting(ProofResult::outcome)
                    .containsExactly(Outcome.PROVEN, Outcome.REFUTED, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE);
            var proven = results.getFirst();
            assertThat(proven.anchor()).isEqualTo(identity("root"));
            assertThat(proven.chain().getFirst().identity()).isEqualTo(identity("good"));
            assertThat(proven.chain().getFirst().issuer()).isEqualTo("CN=Root,O=Test");
            assertThat(proven.took()).isPositive();
            assertThat(proven.at()).isBetween(Instant.now().minus(LIMIT), Instant.now());
            assertThat(results.get(1).anchor()).isNull();
            assertThat(results.get(1).message()).contains("CN=Other Root");
        }
    }

    @Test
    void theStoreIsReadAfreshByEveryProcess() throws Exception {
        var store = folder.resolve("bundle.pem");
        try (var server = OpensslServer.start("good")) {
            var request = new ProofRequest(
                    List.of(Endpoint.parse("localhost:" + server.port())),
                    List.of(store),
                    Optional.empty(),
                    Map.of(),
                    LIMIT);
            assertThat(ProofProcess.run(request, LIMIT).getFirst().reason()).isEqualTo("StoreUnreadable");
            Files.copy(Chains.roots("unknown-ca"), store);
            assertThat(ProofProcess.run(request, LIMIT).getFirst().reason()).isEqualTo("UnknownAuthority");
            Files.writeString(store, Files.readString(store) + "\ngarbage\n" + Files.readString(Chains.roots("good")));
            assertThat(ProofProcess.run(request, LIMIT).getFirst().reason()).isEqualTo("Verified");
        }
    }

    @Test
    void aProcessThatDoesNotEndIsKilledAndWhatItHadSaidCounts() throws Exception {
        var request = request("good", "registry.invalid:443", "127.0.0.1:1");
        var said = ProofText.of(new ProofResult(
                request.endpoints().getFirst(),
                Outcome.INCONCLUSIVE,
                "NameNotResolved",
                "no",
                List.of(),
                null,
                Duration.ZERO,
                Instant.now()));
        var script = Files.writeString(
                folder.resolve("script"), "echo $$ > '" + folder + "/pid'\necho '" + said + "'\nexec sleep 1000\n");
        var began = System.nanoTime();

        var results = ProofProcess.run(List.of("/bin/sh", script.toString()), request, Duration.ofSeconds(8));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(5));
        assertThat(results).extracting(ProofResult::reason).containsExactly("NameNotResolved", "TimedOut");
        var pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedTakesTheProcessWithIt() throws Exception {
        var script = Files.writeString(folder.resolve("script"), "echo $$ > '" + folder + "/pid'\nexec sleep 1000\n");
        var thrown = new AtomicReference<Throwable>();
        var caller = Thread.ofPlatform().start(() -> {
            try {
                ProofProcess.run(List.of("/bin/sh", script.toString()), request("good", "127.0.0.1:1"), LIMIT);
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        var pid = folder.resolve("pid");
        while (!Files.exists(pid) || Files.size(pid) == 0) {
            Thread.sleep(10);
        }
        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        process.ifPresent(handle -> handle.onExit()
                .orTimeout(5, java.util.concurrent.TimeUnit.MINUTES)
                .join());
    }

    @Test
    void oneThatCannotStartOrSpeaksNonsenseIsInconclusiveWithItsWords() throws Exception {
        var request = request("good", "127.0.0.1:1");
        var none = ProofProcess.run(List.of("/none"), request, LIMIT).getFirst();
        assertThat(none.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(none.message()).contains("could not be started", "/none");
        var nonsense = ProofProcess.run(
                        List.of("/bin/sh", "-c", "echo '{\"outcome\":'; echo Error: no such jar; env"), request, LIMIT)
                .getFirst();
        assertThat(nonsense.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(nonsense.message())
                .contains("ended without a result", "no such jar")
                .doesNotContain("HOME=");
    }

    private static Identity identity(String name) throws Exception {
        try (var file = Files.newInputStream(Chains.certificate(name))) {
            return Identity.ofDer(java.security.cert.CertificateFactory.getInstance("X.509")
                    .generateCertificate(file)
                    .getEncoded());
        }
    }
}
