package dev.capstan.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code capstan up}, seen from outside: processes, files, HTTP. */
class UpTest {

    private static final String SECRETS = "/clusters/management/api/v1/namespaces/default/secrets";

    @TempDir
    private Path temporary;

    @Test
    void theFirstStartMakesEverythingAndAnswers() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home)) {
            var state = up.state();

            assertThat(state.path("pid").asLong()).isEqualTo(up.pid());
            assertThat(state.path("endpoint").asText()).matches("https://127\\.0\\.0\\.1:[1-9][0-9]+");
            assertThat(state.path("caFile").asText()).isEqualTo(home.toRealPath() + "/pki/ca.crt");
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
            assertThat(up.ask("GET", "/clusters/management/apis/capstan.dev/v1/managedclusters", "")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(up.ask("GET", SECRETS, "", "wrong").statusCode()).isEqualTo(401);
            UpProcess.await("it says what to do next", () -> said(up, "no machines yet: "));
            assertThat(up.output()).contains(state.path("endpoint").asText(), "log/server.log");
        }
        assertThat(mode(home)).isEqualTo("rwx------");
        for (var secret :
                List.of("admin.token", "admin.kubeconfig", "principal.json", "pki/ca.pem", "pki/server.pem")) {
            assertThat(mode(home.resolve(secret))).as(secret).isEqualTo("rw-------");
        }
    }

    @Test
    void thePrincipalThatItMadeLogsInAtThePortOfTheApi() throws Exception {
        var home = temporary.resolve("home");
        String clientSecret;
        try (var up = UpProcess.start(home)) {
            var principal = new ObjectMapper().readTree(Files.readString(home.resolve("principal.json")));
            clientSecret = principal.path("clientSecret").asText();
            var subscriptions = "/subscriptions?api-version=2022-12-01";
            assertThat(up.state().path("subscriptionId")).isEqualTo(principal.path("subscriptionId"));
            assertThat(up.state().path("tenantId")).isEqualTo(principal.path("tenantId"));
            assertThat(up.ask("GET", subscriptions, "").body())
                    .contains(principal.path("subscriptionId").asText());
            assertThat(up.ask("GET", subscriptions, "", "wrong").statusCode()).isEqualTo(401);
            var form = "grant_type=client_credentials&client_id="
                    + principal.path("clientId").asText() + "&client_secret=" + clientSecret;
            var token = new ObjectMapper()
                    .readTree(up.ask("POST", "/adfs/oauth2/token", form).body())
                    .path("access_token")
                    .asText();
            assertThat(up.ask("GET", subscriptions, "", token).statusCode()).isEqualTo(200);
            up.kill();
        }
        try (var up = UpProcess.start(home)) {
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
            assertThat(Files.readString(home.resolve("principal.json"))).contains(clientSecret);
        }
        assertThat(home.resolve("log/server.log")).content().doesNotContain(clientSecret);
    }

    @Test
    void whatAKillLeftOfTheDatabasesLibraryIsGoneAfterTheNextStart() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home)) {
            up.kill();
        }
        var left = names(home.resolve("tmp"));
        assertThat(left).isNotEmpty();
        try (var up = UpProcess.start(home)) {
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
            assertThat(names(home.resolve("tmp"))).isNotEmpty().doesNotContainAnyElementsOf(left);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void whatMachinesLackIsSaidAndTheApiServedAllTheSame() throws Exception {
        try (var up = UpProcess.start(temporary.resolve("home"))) {
            assertThat(up.state().path("needs").toString()).contains("/nonexistent/capstan");
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void askedForDirectoriesItSaysAloudWhatTheyLackAndKeepsTheChoice() throws Exception {
        var home = temporary.resolve("home");
        var distribution = temporary.resolve("distribution");
        Files.createDirectories(distribution.resolve("bin"));
        Files.createDirectories(distribution.resolve("lib/agent"));
        String[] asked = {"--listen", "127.0.0.1:0", "--machines", "directories"};
        try (var up = UpProcess.awaited(UpProcess.begin(home, distribution, asked))) {
            // the reason is the last line of the message, so all of it is there
            UpProcess.await("it says why", () -> said(up, "- it was asked for"));
            assertThat(up.output())
                    .contains(
                            "only directories",
                            "without a container runtime",
                            "No node gets further than level Written");
            assertThat(up.state().path("limits").get(0).asText()).isEqualTo("it was asked for");
            up.stop();
        }
        assertThat(home.resolve("config")).content().contains("machines=directories\n");
        try (var wrong = UpProcess.begin(home, "--machines", "boxes")) {
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.output()).contains("'boxes' is none of systems, directories, best");
        }
    }

    @Test
    void aSecondOneSaysWhoRunsAndDisturbsNothing() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home);
                var second = UpProcess.begin(home)) {
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.output()).contains("runs already: process " + up.pid(), "capstan status");
            assertThat(second.output()).doesNotContain("\tat ");
            assertThat(up.state().path("pid").asLong()).isEqualTo(up.pid());
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void twoHomesRunSideBySide() throws Exception {
        try (var one = UpProcess.start(temporary.resolve("one"));
                var two = UpProcess.start(temporary.resolve("two"))) {
            assertThat(one.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
            assertThat(two.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
            var tokenOfTwo =
                    Files.readString(temporary.resolve("two/admin.token")).strip();
            assertThat(one.ask("GET", SECRETS, "", tokenOfTwo).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void sigtermEndsItCleanlyAndTakesItsWordBack() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home)) {
            assertThat(up.stop()).isZero();
        }
        assertThat(home.resolve("server.json")).doesNotExist();
        assertThat(home.resolve("server.pid")).doesNotExist();
    }

    @Test
    void theSocketInTheHomeAnswersWhoeverHasAToken() throws Exception {
        var home = temporary.resolve("home");
        var path = "/clusters/management/api/v1/namespaces/kube-system";
        try (var up = UpProcess.start(home)) {
            var socket = Path.of(up.state().path("socket").asText());
            var token = Files.readString(home.resolve("admin.token")).strip();
            assertThat(socket).isEqualTo(home.toRealPath().resolve("api.sock"));
            assertThat(mode(home)).as("nobody else can reach it").isEqualTo("rwx------");
            assertThat(askedAt(socket, path, token)).startsWith("HTTP/1.1 200 ");
            assertThat(askedAt(socket, path, "wrong")).startsWith("HTTP/1.1 401 ");
            assertThat(askedAt(socket, "/subscriptions?api-version=2022-12-01", token))
                    .as("ARM is there, too")
                    .startsWith("HTTP/1.1 200 ");
            up.kill();
        }
        assertThat(home.resolve("api.sock")).as("left by the kill").exists();
        try (var up = UpProcess.start(home)) {
            assertThat(askedAt(home.resolve("api.sock"), "/readyz", "")).startsWith("HTTP/1.1 200 ");
            assertThat(up.stop()).isZero();
        }
        assertThat(home.resolve("api.sock")).doesNotExist();
    }

    @Test
    void aHomeWhosePathIsTooLongForASocketHasNone() throws Exception {
        try (var up = UpProcess.start(temporary.resolve("long".repeat(30)))) {
            assertThat(up.state().path("socket").isNull()).isTrue();
            assertThat(up.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
        }
    }

    /** The beginning of what is answered at the socket. */
    private static String askedAt(Path socket, String path, String token) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var request =
                    "GET " + path + " HTTP/1.1\r\nHost: a.example:1\r\nAuthorization: Bearer " + token + "\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = ByteBuffer.allocate(64 * 1024);
            channel.read(answer);
            return StandardCharsets.UTF_8.decode(answer.flip()).toString();
        }
    }

    @Test
    void askedToKeepItsMachinesItDoesSoOnce() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home)) {
            Files.writeString(home.resolve("keep-machines"), "");
            assertThat(up.stop()).isZero();
        }
        assertThat(home.resolve("keep-machines")).doesNotExist();
        assertThat(home.resolve("log/server.log")).content().contains("machines run on");
    }

    @Test
    void killedItComesBackWithAllThatWasAcknowledged() throws Exception {
        var home = temporary.resolve("home");
        String endpoint;
        String token;
        try (var up = UpProcess.start(home)) {
            endpoint = up.state().path("endpoint").asText();
            for (var i = 0; i < 20; i++) {
                assertThat(up.ask("POST", SECRETS, secret("kept-" + i)).statusCode())
                        .isEqualTo(201);
            }
            token = serviceAccountToken(up);
            up.kill();
        }
        try (var up = UpProcess.start(home)) {
            assertThat(up.state().path("endpoint").asText()).as("same port").isEqualTo(endpoint);
            var names = up.ask("GET", SECRETS, "").body();
            for (var i = 0; i < 20; i++) {
                assertThat(names).contains("\"kept-" + i + "\"");
            }
            assertThat(up.ask("GET", "/clusters/management/api", "", token).statusCode())
                    .as("tokens that were handed out are still good")
                    .isEqualTo(200);
        }
    }

    /** Killed at the moment a file appears, the first start is simply begun again. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "lock",
                "server.pid",
                "admin.token",
                "pki/ca.pem",
                "pki/ca.crt",
                "pki/server.pem",
                "clusters/management.sqlite",
                "config",
                "admin.kubeconfig",
                "server.json"
            })
    void aFirstStartThatWasCutShortIsCompletedByTheNext(String file) throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.begin(home, "--listen", "127.0.0.1:0")) {
            UpProcess.await(file + " appears", () -> Files.exists(home.resolve(file)));
            up.kill();
        }
        try (var up = UpProcess.start(home)) {
            assertThat(up.ask("GET", "/clusters/management/apis/capstan.dev/v1/managedclusters", "")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(up.stop()).isZero();
        }
    }

    @Test
    void aPortThatIsTakenIsTold() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var up = UpProcess.begin(temporary.resolve("home"), "--listen", "127.0.0.1:" + taken.getLocalPort())) {
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.output()).contains("127.0.0.1:" + taken.getLocalPort(), "--listen");
            assertThat(up.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void itListensForOthersOnlyWhenToldSo() throws Exception {
        try (var up = UpProcess.begin(temporary.resolve("home"), "--listen", "0.0.0.0:0")) {
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.output()).contains("--listen-beyond-loopback");
        }
    }

    @Test
    void aHomeThatOthersCanWriteIsRefused() throws Exception {
        var home = Files.createDirectory(temporary.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (var up = UpProcess.begin(home)) {
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.output()).contains("can be written by others", "chmod 700");
        }
    }

    @Test
    void theCommandLineIsExplained() throws Exception {
        try (var wrong = UpProcess.begin(temporary.resolve("home"), "--lisen", "x");
                var help = UpProcess.begin(temporary.resolve("home"), "--help")) {
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.output()).contains("--lisen", "capstan up --help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.output()).contains("--detach", "--listen", "--listen-beyond-loopback", "CAPSTAN_HOME");
        }
        assertThat(temporary.resolve("home")).doesNotExist();
    }

    @Test
    void detachedItAnswersWhenTheCommandReturnsAndSurvivesIt() throws Exception {
        var home = temporary.resolve("home");
        try (var command = UpProcess.begin(home, "--detach", "--listen", "127.0.0.1:0")) {
            assertThat(command.exitCode()).as(command.output()).isZero();
            var pid = command.state().path("pid").asLong();
            try {
                assertThat(pid).isNotEqualTo(command.pid());
                assertThat(command.ask("GET", "/readyz", "").statusCode()).isEqualTo(200);
                assertThat(command.output()).contains("(pid " + pid + ")", "log/server.log");
                assertThat(sessionOf(pid)).as("a session of its own").isEqualTo(pid);
            } finally {
                var process = ProcessHandle.of(pid).orElseThrow();
                process.destroy();
                process.onExit().join();
            }
        }
    }

    @Test
    void detachedItPassesOnWhyItDidNotStart() throws Exception {
        var home = temporary.resolve("home");
        try (var up = UpProcess.start(home);
                var command = UpProcess.begin(home, "--detach")) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.output()).contains("runs already: process " + up.pid());
        }
    }

    @Test
    void noSecretIsInAnyLog() throws Exception {
        var home = temporary.resolve("home");
        String token;
        String output;
        try (var up = UpProcess.start(home)) {
            token = serviceAccountToken(up);
            assertThat(up.ask("GET", "/clusters/management/api", "", token).statusCode())
                    .isEqualTo(200);
            assertThat(up.ask("POST", SECRETS, "{").statusCode()).isEqualTo(400);
            up.stop();
            output = up.output();
        }
        var log = output + Files.readString(home.resolve("log/server.log"));
        assertThat(log).contains("The control plane has ended");
        assertThat(log)
                .doesNotContain(Files.readString(home.resolve("admin.token")).strip())
                .doesNotContain(token)
                .doesNotContain("PRIVATE KEY");
    }

    private static String serviceAccountToken(UpProcess up) throws Exception {
        var accounts = "/clusters/management/api/v1/namespaces/default/serviceaccounts";
        var made = up.ask(
                "POST",
                accounts,
                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"someone\"}}");
        assertThat(made.statusCode()).isEqualTo(201);
        var answer = up.ask(
                "POST",
                accounts + "/someone/token",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}");
        assertThat(answer.statusCode()).isEqualTo(201);
        return new ObjectMapper().readTree(answer.body()).at("/status/token").asText();
    }

    private static String secret(String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"" + name + "\"}}";
    }

    private static boolean said(UpProcess up, String words) {
        try {
            return up.output().contains(words);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long sessionOf(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Long.parseLong(Pattern.compile(" ").split(stat.substring(stat.lastIndexOf(')') + 2), -1)[3]);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
