package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.session.Home;
import dev.capstan.cli.session.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code status} and {@code down}, and what every command does when the control plane is not as it should be. */
class ControlPlaneTest {

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void statusTellsWhereItIsAndWhatMachinesNeed() {
        api.on("GET " + ManagedCluster.COLLECTION, 200, "{\"items\":[]}");

        var run = Run.of(api.home(), "status");
        var json = Json.parse(Run.of(api.home(), "status", "-o", "json").out());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains(api.endpoint(), "1.2.3", "pki/ca.crt", "containerd: install it");
        assertThat(json.path("running").asBoolean()).isTrue();
        assertThat(json.path("answering").asBoolean()).isTrue();
        assertThat(json.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(json.path("endpoint").asText()).isEqualTo(api.endpoint());
        assertThat(json.path("caFile").asText())
                .isEqualTo(api.home().resolve("pki/ca.crt").toString());
        assertThat(json.path("home").asText()).isEqualTo(api.home().toString());
        assertThat(json.path("clusters").isArray()).isTrue();
    }

    @Test
    void noControlPlaneIsExitCodeThreeForEveryCommandThatNeedsOne() {
        var empty = temporary.resolve("empty");

        var status = Run.of(empty, "status");
        assertThat(status.code()).isEqualTo(3);
        assertThat(status.out()).contains("does not run", "capstan up --detach");
        assertThat(Json.parse(Run.of(empty, "status", "-o", "json").out())
                        .path("running")
                        .asBoolean(true))
                .isFalse();
        for (var command : List.of(
                List.of("aks", "list"),
                List.of("aks", "show", "-g", "a", "-n", "b"),
                List.of("aks", "create", "-g", "a", "-n", "b"),
                List.of("node", "list", "-g", "a", "-n", "b"))) {
            var run = Run.of(empty, command.toArray(String[]::new));
            assertThat(run.code()).as(command.toString()).isEqualTo(3);
            assertThat(run.err()).contains("The control plane of " + empty + " does not run", "capstan up --detach");
        }
        assertThat(Run.of(empty, "down").code()).isEqualTo(3);
    }

    @Test
    void aKilledOneDoesNotRunThoughItsWordIsStillThere() throws Exception {
        var file = api.home().resolve("server.json");
        Files.writeString(file, Files.readString(file).replaceAll("(\"started\"[ :]*)\\d+", "$11"));

        assertThat(Run.of(api.home(), "status").code()).isEqualTo(3);
        assertThat(Run.of(api.home(), "aks", "list").err()).contains("does not run", "capstan up --detach");
    }

    @Test
    void oneThatLivesAndDoesNotAnswerIsAFailure() {
        api.close();

        var run = Run.of(api.home(), "status");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("cannot be reached", "does not accept connections");
        assertThat(Json.parse(Run.of(api.home(), "status", "-o", "json").out())
                        .path("answering")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void anotherOnesTokenIsRefusedInWords() throws Exception {
        Files.writeString(api.home().resolve("admin.token"), "another");

        var run = Run.of(api.home(), "aks", "list");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("401", "Unauthorized", "admin.token").doesNotContain("\tat ");
    }

    @Test
    void onlyTheHomesOwnAuthorityIsTrusted() throws Exception {
        Files.copy(
                Path.of("src/test/resources/somebody-elses-ca.crt"),
                api.home().resolve("pki/ca.crt"),
                StandardCopyOption.REPLACE_EXISTING);
        var run = Run.of(api.home(), "aks", "list");

        assertThat(api.asked()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached", "PKIX");
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        var file = api.home().resolve("server.json");
        Files.writeString(file, Files.readString(file).replace("127.0.0.1", "localhost"));

        var run = Run.of(api.home(), "aks", "list");

        assertThat(api.asked()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached", "localhost");
    }

    @Test
    void aHostThatNobodyKnowsIsTold() throws Exception {
        var file = api.home().resolve("server.json");
        Files.writeString(file, Files.readString(file).replace("127.0.0.1", "nobody.invalid"));

        var run = Run.of(api.home(), "aks", "list");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached", "no address is known of the host nobody.invalid");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        api.close();
        api = FakeApi.startExpired(temporary.resolve("expired"));

        var run = Run.of(api.home(), "aks", "list");

        assertThat(api.asked()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached");
    }

    @Test
    void anErrorIsAStackTraceOnlyWhenAskedFor() {
        assertThat(Run.of(api.home(), "aks", "list").err()).doesNotContain("\tat ");
        assertThat(Run.of(api.home(), "aks", "list", "--debug").err()).contains("\tat dev.capstan");
    }

    @Test
    void downEndsTheProcessAndWaitsForItsEnd() throws Exception {
        var process = new ProcessBuilder("sleep", "1000").start();
        api.writeServer(process.pid());

        var run = Run.of(api.home(), "down");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as("ended by SIGTERM").isEqualTo(128 + 15);
        assertThat(api.home().resolve("keep-machines")).doesNotExist();
    }

    @Test
    void downThatKeepsMachinesLeavesWordOfIt() throws Exception {
        var process = new ProcessBuilder("sleep", "1000").start();
        api.writeServer(process.pid());

        var run = Run.of(api.home(), "down", "--keep-machines");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("its machines run on");
        assertThat(api.home().resolve("keep-machines")).exists();
    }

    @Test
    void downAfterAKillTellsOfMachinesThatMayRun() throws Exception {
        Files.delete(api.home().resolve("server.json"));
        assertThat(Run.of(api.home(), "down").err()).doesNotContain("machines");
        Files.createDirectories(api.home().resolve("machines/a"));

        assertThat(Run.of(api.home(), "down").err()).contains("its machines may still run");
    }

    @Test
    void theHomeFollowsTheEnvironment() {
        assertThat(Home.of(Map.of("CAPSTAN_HOME", "/a/../b")).folder()).isEqualTo(Path.of("/b"));
        assertThat(Home.of(Map.of("XDG_STATE_HOME", "/x", "HOME", "/h")).folder())
                .isEqualTo(Path.of("/x/capstan"));
        assertThat(Home.of(Map.of("HOME", "/h")).folder()).isEqualTo(Path.of("/h/.local/state/capstan"));
    }
}
