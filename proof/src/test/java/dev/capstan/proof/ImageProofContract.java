package dev.capstan.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.cri.CriClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images by a real containerd of each version, whose roots are those of CN=Root alone, and what the store says beside it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ImageProofContract {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Path folder = Path.of("");

    private @Nullable Containerd running;

    /** The folder that holds containerd. */
    abstract Path programs();

    /** What its version begins with. */
    abstract String version();

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        running = Containerd.start(
                Files.createDirectories(folder.resolve("containerd")), programs(), Chains.roots("good"));
    }

    @AfterAll
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    private Containerd containerd() {
        return Objects.requireNonNull(running);
    }

    /** By a process of its own, which knows registry.lab.test as containerd does. */
    private ProofResult prove(String image, String store) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Djdk.net.hosts.file=" + containerd().hosts(),
                "-cp",
                System.getProperty("java.class.path"),
                Proof.class.getName()));
        var request = new ProofRequest(
                List.of(Endpoint.parse(image)),
                List.of(Chains.roots(store)),
                Optional.of(containerd().socket()),
                Map.of(),
                Duration.ofMinutes(2));
        return ProofProcess.run(command, request, LIMIT).getFirst();
    }

    private static String image(int port) {
        return "registry.lab.test:" + port + "/lab/app:v1";
    }

    @Test
    void theRuntimeSaysWhoItIs() throws Exception {
        try (var client = CriClient.open(containerd().socket())) {
            assertThat(client.version(LIMIT).name()).isEqualTo("containerd");
            assertThat(client.version(LIMIT).version()).startsWith(version());
        }
    }

    @Test
    void aRealRegistryProvesAndNothingIsPulled() throws Exception {
        try (var registry = Registry.start(folder.resolve("registry"), "good")) {
            var result = prove(image(registry.port()), "good");

            assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PROVEN);
            assertThat(result.message()).contains("the registry answered the runtime", "not found");
            assertThat(result.anchor()).isNotNull();
            assertThat(result.chain()).isNotEmpty();
            assertThat(registry.requests())
                    .contains("HEAD /v2/lab/app/manifests/sha256:000")
                    .doesNotContain("\"GET ");
            assertThat(containerd().hasContent()).isFalse();
        }
    }

    @Test
    void aRegistryOfAnUnknownCaIsRefutedByTheRuntime() throws Exception {
        try (var server = JavaServer.answering("of-other", "404 Not Found")) {
            var result = prove(image(server.port()), "good");

            assertThat(result.reason()).as(result.message()).isEqualTo("UnknownAuthority");
            assertThat(result.outcome()).isEqualTo(Outcome.REFUTED);
            assertThat(result.message()).contains("x509: certificate signed by unknown authority");
            assertThat(result.chain())
                    .singleElement()
                    .satisfies(own -> assertThat(own.issuer()).isEqualTo("CN=Other Root,O=Other"));
        }
    }

    @Test
    void aCaInTheStoreThatTheRuntimeDoesNotKnowIsRefutedAndSaid() throws Exception {
        try (var server = JavaServer.answering("of-other", "404 Not Found")) {
            var result = prove(image(server.port()), "of-other");

            assertThat(result.reason()).as(result.message()).isEqualTo("UnknownAuthority");
            assertThat(result.message()).contains("the trust store itself verifies the registry's chain");
        }
    }

    @Test
    void aRuntimeThatTrustsWhatTheStoreDoesNotProvesNothing() throws Exception {
        try (var server = JavaServer.answering("good", "404 Not Found")) {
            var result = prove(image(server.port()), "of-other");

            assertThat(result.reason()).as(result.message()).isEqualTo("RuntimeDisagrees");
            assertThat(result.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        }
    }

    @Test
    void aMirrorWhoseChainIsNotSeenProvesNothing() throws Exception {
        try (var mirror = Peer.start((connection, in, out) -> {
            JavaServer.head(in);
            out.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            out.flush();
        })) {
            var directory =
                    Files.createDirectories(containerd().hostDirectories().resolve("far.lab.test"));
            Files.writeString(
                    directory.resolve("hosts.toml"),
                    "server = \"http://mirror.lab.test:%d\"\n[host.\"http://mirror.lab.test:%d\"]\n"
                            .formatted(mirror.port(), mirror.port()));

            var result = prove("far.lab.test/lab/app:v1", "good");

            assertThat(result.reason()).as(result.message()).isEqualTo("RuntimeDisagrees");
            assertThat(result.message()).contains("perhaps by a mirror");
        }
    }

    @Test
    void everyAnswerOfARegistryHasItsOutcome() throws Exception {
        var rows = Map.of(
                "401 Unauthorized", "Verified",
                "403 Forbidden", "Verified",
                "429 Too Many Requests", "TooManyRequests",
                "500 Internal Server Error", "ServerError",
                "503 Service Unavailable", "ServerError");
        for (var row : rows.entrySet()) {
            try (var server = JavaServer.answering("good", row.getKey())) {
                var result = prove(image(server.port()), "good");

                assertThat(result.reason())
                        .as(row.getKey() + ": " + result.message())
                        .isEqualTo(row.getValue());
            }
        }
    }

    @Test
    void aTokenServerThatDoesNotVerifyRefutes() throws Exception {
        try (var tokens = JavaServer.answering("of-other", "200 OK");
                var server = JavaServer.answering(
                        "good",
                        "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://registry.lab.test:"
                                + tokens.port() + "/token\",service=\"lab\"")) {
            var result = prove(image(server.port()), "good");

            assertThat(result.reason()).as(result.message()).isEqualTo("UnknownAuthority");
            assertThat(result.message()).contains(tokens.port() + "/token");
        }
    }

    @Test
    void chainsAreRefutedWithTheRuntimesReason() throws Exception {
        for (var row :
                Map.of("expired", "Expired", "wrong-host", "HostnameMismatch").entrySet()) {
            try (var server = JavaServer.answering(row.getKey(), "404 Not Found")) {
                var result = prove(image(server.port()), "good");

                assertThat(result.reason()).as(result.message()).isEqualTo(row.getValue());
                assertThat(result.message()).contains("the runtime: ").contains("x509: ");
            }
        }
    }

    @Test
    void aRegistryThatIsNotThereIsInconclusive() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(prove(image(port), "good").reason()).isEqualTo("ConnectionRefused");
        try (var plain = Peer.start((connection, in, out) -> {
            out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            out.flush();
        })) {
            var result = prove(image(plain.port()), "good");
            assertThat(result.reason()).as(result.message()).isEqualTo("NotTls");
        }
    }

    @Test
    void aRuntimeThatIsNotThereOrSaysNothingIsInconclusive() throws Exception {
        var image = "registry.lab.test:1/lab/app";
        assertThat(RuntimePull.ask(folder.resolve("nobody.sock"), image, LIMIT).reason())
                .isEqualTo(Reason.RUNTIME_SILENT);
        var mute = folder.resolve("mute.sock");
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(mute));
            assertThat(RuntimePull.ask(mute, image, Duration.ofSeconds(1)).reason())
                    .isEqualTo(Reason.TIMED_OUT);
            var liar = Thread.ofPlatform().daemon().start(() -> {
                try {
                    // The one that has left.
                    socket.accept().close();
                } catch (IOException gone) {
                    return;
                }
                try (var connection = socket.accept()) {
                    connection.write(UTF_8.encode("HTTP/1.1 400 Bad Request\r\n\r\n" + "x".repeat(100)));
                } catch (IOException gone) {
                    // The client has left.
                }
            });
            assertThat(RuntimePull.ask(mute, image, LIMIT).reason()).isEqualTo(Reason.RUNTIME_SILENT);
            liar.join();
        }
    }

    /** A real registry of the test's own. */
    private static final class Registry implements AutoCloseable {

        private final Process process;
        private final Path log;
        private final int port;

        private Registry(Process process, Path log, int port) {
            this.process = process;
            this.log = log;
            this.port = port;
        }

        static Registry start(Path folder, String chain) throws Exception {
            var program = Chains.program("docker-registry");
            Files.createDirectories(folder);
            int port;
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            var configuration = folder.resolve("registry.yml");
            Files.writeString(
                    configuration, """
                    version: 0.1
                    log: {accesslog: {disabled: false}}
                    storage: {filesystem: {rootdirectory: %s}}
                    http: {addr: "127.0.0.1:%d", tls: {certificate: %s, key: %s}}
                    """.formatted(folder.resolve("data"), port, Chains.sent(chain), Chains.key(chain)));
            var log = folder.resolve("log");
            var process = new ProcessBuilder(program.toString(), "serve", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            for (int i = 0; i < 6000 && process.isAlive(); i++) {
                if (Files.readString(log).contains("listening on")) {
                    return new Registry(process, log, port);
                }
                Thread.sleep(50);
            }
            process.destroyForcibly();
            throw new IOException("docker-registry does not start: " + Files.readString(log));
        }

        int port() {
            return port;
        }

        String requests() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
