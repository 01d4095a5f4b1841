package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code capstan node doctor} by real servers and a real trust store: a small Debian root whose distribution ships the root
 * "CN=Other Root". No runtime runs in it. The chains are those of the proof's own tests.
 */
class NodeDoctorTest {

    private static final Path SCRIPT = Path.of("../proof/src/test/resources/dev/capstan/proof/chains.sh");
    private static final String BUNDLE = "etc/ssl/certs/ca-certificates.crt";

    @TempDir
    private static Path chains;

    @TempDir
    private Path root;

    /** What is done to the root before. */
    interface Setup {
        void on(NodeDoctorTest test) throws Exception;
    }

    private static Arguments row(String name, String server, String cause, Setup setup) {
        return Arguments.of(name, server, cause, setup);
    }

    static Stream<Arguments> setups() {
        return Stream.of(
                row("nobody has the CA", "good", "CaMissing", test -> {}),
                row(
                        "nobody has the CA, and the agent does not reach its API",
                        "good",
                        "ApiAway",
                        test -> test.write(
                                "var/lib/capstan/agent/api-away",
                                "since=2026-11-22T16:54:43Z\nwords=cannot follow NodeTrust node-1: refused with 401\n")),
                row(
                        "the CA is there, the intermediate is not sent",
                        "missing-intermediate",
                        "IntermediateNotSent",
                        test -> test.apply("root")),
                row(
                        "an anchor was laid down, the tool not run",
                        "good",
                        "ToolNotRun",
                        test -> test.write("usr/local/share/ca-certificates/corp.crt", certificate("root"))),
                row("the CA is everywhere but in the bundle", "good", "BundleDamaged", test -> {
                    test.apply("root");
                    test.write(BUNDLE, certificate("other"));
                }),
                row("the bundle is empty", "good", "BundleDamaged", test -> {
                    test.apply("root");
                    test.write(BUNDLE, "");
                }),
                row("the certificate has expired", "expired", "Expired", test -> test.apply("root")),
                row("the CA has expired", "of-expired-root", "Expired", test -> test.apply("old-root")),
                row("the certificate is of next year", "not-yet-valid", "NotYetValid", test -> test.apply("root")),
                row("the clock is behind the files", "not-yet-valid", "ClockWrong", test -> {
                    test.apply("root");
                    Files.setLastModifiedTime(
                            test.root.resolve(BUNDLE),
                            FileTime.from(Instant.now().plus(150, ChronoUnit.DAYS)));
                }),
                row("another name", "wrong-host", "HostnameMismatch", test -> test.apply("root")),
                row("another name, by an unknown CA", "wrong-host", "HostnameMismatch", test -> {}),
                row("a common name alone", "common-name", "HostnameMismatch", test -> test.apply("root")),
                row(
                        "the CA of the same name has another key",
                        "good",
                        "CaRekeyed",
                        test -> test.apply("same-name-root")),
                row("a self-signed certificate", "self-signed", "CaMissing", test -> {}),
                row("SHA-1", "sha1", "CertificateRefused", test -> test.apply("root")),
                row("a name constraint", "name-constraint", "CertificateRefused", test -> test.apply("root")),
                row("for clients only", "client-only", "CertificateRefused", test -> test.apply("root")),
                row("all is well, but that no runtime runs", "good", "RuntimeNotRunning", test -> test.apply("root")));
    }

    @BeforeAll
    static void make() throws Exception {
        for (var program : List.of("openssl", "faketime")) {
            assumeTrue(
                    Files.isExecutable(Path.of("/usr/bin", program)),
                    "missing program: " + program + " (script/bootstrap installs it)");
        }
        var process = new ProcessBuilder("bash", SCRIPT.toAbsolutePath().toString(), chains.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    @BeforeEach
    void makeRoot() throws Exception {
        write("etc/debian_version", "12.0\n");
        write("etc/ca-certificates.conf", "mozilla/other.crt\n");
        write("usr/sbin/update-ca-certificates", "#!/bin/sh\n");
        write("usr/share/ca-certificates/mozilla/other.crt", certificate("other"));
        Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
        write(BUNDLE, certificate("other"));
        Files.createSymbolicLink(
                root.resolve("etc/ssl/certs/other.pem"), Path.of("/usr/share/ca-certificates/mozilla/other.crt"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("setups")
    void theTrueCauseIsNamedFirst(String name, String server, String cause, Setup setup) throws Exception {
        setup.on(this);
        try (var peer = Server.start(server)) {
            var run = doctor("localhost:" + peer.port(), "-o", "json");

            assertThat(run.code()).as(run.err() + run.out()).isEqualTo(4);
            var causes = json(run).path("causes");
            assertThat(causes.path(0).path("cause").asText()).as(run.out()).isEqualTo(cause);
            assertThat(causes.path(0).path("fix").asText()).isNotBlank();
        }
    }

    @Test
    void aHashLinkThatIsMissingIsNamedBesideTheRuntime() throws Exception {
        apply("root");
        try (var links = Files.newDirectoryStream(root.resolve("etc/ssl/certs"), "*.0")) {
            for (var link : links) {
                if (Files.readSymbolicLink(link).toString().contains("capstan")) {
                    Files.delete(link);
                }
            }
        }
        try (var peer = Server.start("good")) {
            var run = doctor("localhost:" + peer.port());

            assertThat(run.out())
                    .contains("HashLinkMissing", "the bundle holds the CA and OpenSSL's hash directory does not");
        }
    }

    @Test
    void whereTheWayEndsIsSaid() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(first(doctor("localhost:" + port, "-o", "json"))).isEqualTo("ConnectionRefused");
        assertThat(first(doctor("registry.invalid:443", "-o", "json"))).isEqualTo("NameNotResolved");
        try (var old = Server.start("good", "-tls1_1")) {
            assertThat(first(doctor("localhost:" + old.port(), "-o", "json"))).isEqualTo("HandshakeFailed");
        }
    }

    @Test
    void peopleReadWhatWasFoundBelowTheCauses() throws Exception {
        apply("root");
        try (var peer = Server.start("wrong-host")) {
            var run = doctor("localhost:" + peer.port());

            assertThat(run.out())
                    .contains(
                            "1. HostnameMismatch: the certificate is for registry.corp, *.apps.corp, not for localhost")
                    .contains("fix: Ask for the server by a name that is in its certificate")
                    .contains("chain     CN=localhost,O=Test, issued by CN=Root,O=Test, until ")
                    .contains("its CA    in the anchors of the trust store, the bundle, the hash directory");
        }
    }

    @Test
    void aCommandLineThatMeansNothingIsRefusedInWords() {
        assertThat(doctor("busybox").code()).isEqualTo(2);
        assertThat(doctor("busybox").err()).contains("has no port", "registry.corp:443");
        assertThat(doctor("node-1", "registry.corp:443").err()).contains("Name it with -g and -n");
        assertThat(Run.of(root, "node", "doctor", "--root", root + "/none").code())
                .isEqualTo(2);
        assertThat(Run.of(root, "node", "doctor", "-g", "dev", "registry.corp:443")
                        .code())
                .isEqualTo(2);
    }

    private Run doctor(String... arguments) {
        var all = new ArrayList<>(List.of("node", "doctor", "--root", root.toString()));
        all.addAll(List.of(arguments));
        return Run.of(root, all.toArray(String[]::new));
    }

    private static JsonNode json(Run run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    private static String first(Run run) throws IOException {
        return json(run).at("/causes/0/cause").asText();
    }

    private void apply(String ca) {
        var run = Run.of(
                root,
                "truststore",
                "apply",
                "--root",
                root.toString(),
                "--certificates",
                chains.resolve(ca + ".crt").toString());
        assertThat(run.code()).as(run.err()).isZero();
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private static String certificate(String name) throws IOException {
        return Files.readString(chains.resolve(name + ".crt"));
    }

    /** {@code openssl s_server} with one of the chains. */
    private record Server(Process process, int port) implements AutoCloseable {

        static Server start(String chain, String... options) throws IOException {
            var command = new ArrayList<>(List.of(
                    "openssl",
                    "s_server",
                    "-accept",
                    "127.0.0.1:0",
                    "-www",
                    "-cipher",
                    "DEFAULT:@SECLEVEL=0",
                    "-cert",
                    chains.resolve(chain + ".pem").toString(),
                    "-key",
                    chains.resolve(chain + ".key").toString()));
            if (Files.readString(chains.resolve(chain + ".pem")).indexOf("BEGIN", 20) > 0) {
                command.addAll(
                        List.of("-cert_chain", chains.resolve(chain + ".pem").toString()));
            }
            command.addAll(List.of(options));
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ACCEPT ")) {
                    return new Server(process, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
                }
            }
            throw new IOException("openssl s_server did not start");
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
