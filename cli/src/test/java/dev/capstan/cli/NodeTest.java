package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.kubernetes.Node;
import dev.capstan.cli.session.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {

    private static final String NAME = "one-c2dbad33bf";

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
        api.on(
                "GET " + ManagedCluster.COLLECTION + "/" + NAME,
                200,
                "{\"metadata\":{\"name\":\"" + NAME + "\"},\"spec\":{\"resourceGroup\":\"dev\",\"name\":\"one\"}}");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listShowsReadinessTrustLevelAndLane() {
        serve(node("a", "True", "Loaded"), trust("a", "\"wanted\":\"v1:x\",\"written\":\"v1:x\",\"loaded\":\"v1:x\""));

        var run = run("list", "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines().skip(1))
                .singleElement()
                .asString()
                .matches("a +pool +yes +True \\(Loaded\\) +Loaded +Isolated +-");
        var json =
                Json.parse(run("list", "-g", "dev", "-n", "one", "-o", "json").out());
        assertThat(json.at("/0/name").asText()).isEqualTo("a");
        assertThat(json.at("/0/level").asText()).isEqualTo("Loaded");
        assertThat(json.at("/0/customCATrusted/reason").asText()).isEqualTo("Loaded");
    }

    @Test
    void aLevelHoldsOnlyForTheWantedSetAndWithThoseBelowIt() {
        assertThat(levelOf("\"wanted\":\"v1:x\"")).isEqualTo("-");
        assertThat(levelOf("\"written\":\"v1:x\"")).isEqualTo("-");
        assertThat(levelOf("\"wanted\":\"v1:x\",\"written\":\"v1:old\",\"loaded\":\"v1:x\""))
                .isEqualTo("-");
        assertThat(levelOf("\"wanted\":\"v1:x\",\"written\":\"v1:x\",\"loaded\":\"v1:old\""))
                .isEqualTo("Written");
        assertThat(levelOf("\"wanted\":\"v1:x\",\"written\":\"v1:x\",\"loaded\":\"v1:x\",\"proven\":\"v1:x\""))
                .isEqualTo("Proven");
    }

    @Test
    void trustShowsEveryCertificateAndWhatWasLeftOutAndWhy() {
        serve(node("a", "True", "Quarantined"), trust("a", """
                        "wanted":"v1:x","written":"v1:x",
                        "certificates":[{"subject":"CN=Acme","sha256":"ab12","notAfter":"2030-01-01T00:00:00Z","sources":["list","secret/ca1"]}],
                        "findings":[{"code":"no-certificate","severity":"error","source":"secret/bad","message":"no BEGIN line.","fix":"Put one in."}],
                        "problem":{"reason":"RuntimeStale","message":"containerd reads an older set"}
                        """));

        var run = run("trust", "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .containsSubsequence("a", "level", "Written", "lane", "Isolated: because")
                .containsSubsequence(
                        "CN=Acme", "SHA-256  ab12", "expires  2030-01-01T00:00:00Z", "source   list, secret/ca1")
                .containsSubsequence("error in secret/bad: no BEGIN line. [no-certificate]", "fix: Put one in.")
                .contains("RuntimeStale: containerd reads an older set");
        var json =
                Json.parse(run("trust", "-g", "dev", "-n", "one", "-o", "json").out());
        assertThat(json.at("/0/certificates/0/sha256").asText()).isEqualTo("ab12");
        assertThat(json.at("/0/findings/0/fix").asText()).isEqualTo("Put one in.");
        assertThat(json.at("/0/proven").isNull()).isTrue();
    }

    @Test
    void trustShowsTheLastProofAndWhatTheRuntimeMayNotKnowByName() {
        serve(node("a", "False", "Refuted"), trust("a", """
                        "wanted":"v1:x","written":"v1:x",
                        "proof":{"outcome":"Refuted","fingerprint":"v1:x","at":"2026-11-22T10:00:00Z","endpoints":[
                          {"endpoint":"a.corp:443","outcome":"Refuted","reason":"UnknownAuthority","message":"nobody issued it",
                           "fingerprint":"v1:x","at":"2026-11-22T10:00:00Z",
                           "chain":[{"subject":"CN=leaf","issuer":"CN=Swapped","sha256":"cd34","notAfter":"2030-01-01T00:00:00Z"}]},
                          {"endpoint":"b.corp:443","outcome":"Proven","reason":"Verified","message":"","fingerprint":"v1:x",
                           "at":"2026-11-22T09:00:00Z","anchor":"ab12","chain":[],
                           "lastTry":{"reason":"TimedOut","message":"silence","at":"2026-11-22T09:50:00Z"}}]},
                        "runtime":{"name":"containerd","version":"1.6.20","pid":7,"startedAt":"2026-11-22T08:00:00Z",
                          "stale":[{"subject":"CN=Gone","sha256":"ef56"}],"notYetKnown":[{"sha256":"0a1b"}],
                          "restarts":2,"lastRestart":"2026-11-22T08:00:00Z",
                          "otherDaemons":[{"name":"dockerd","pid":9,"words":"may trust it still"}]}
                        """));

        var run = run("trust", "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .containsSubsequence("runtime", "containerd 1.6.20, process 7", "restarted by Capstan 2 times")
                .containsSubsequence("may still trust", "CN=Gone (SHA-256 ef56)", "may not know yet", "(SHA-256 0a1b)")
                .contains("dockerd, process 9: may trust it still")
                .containsSubsequence("proof", "Refuted at 2026-11-22T10:00:00Z")
                .containsSubsequence(
                        "a.corp:443: Refuted, UnknownAuthority", "nobody issued it", "CN=leaf, SHA-256 cd34")
                .containsSubsequence("b.corp:443: Proven, Verified", "ends in  SHA-256 ab12", "TimedOut, silence");
        var json =
                Json.parse(run("trust", "-g", "dev", "-n", "one", "-o", "json").out());
        assertThat(json.at("/0/proof/endpoints/0/chain/0/issuer").asText()).isEqualTo("CN=Swapped");
        assertThat(json.at("/0/runtime/stale/0/sha256").asText()).isEqualTo("ef56");
        assertThat(run("list", "-g", "dev", "-n", "one").out()).contains("PROOF", "Refuted");
    }

    @Test
    void trustOfANodeWithoutAWordOfItsAgentSaysSo() {
        serve(node("a", "Unknown", "AgentSilent"), "");

        assertThat(run("trust", "-g", "dev", "-n", "one").out()).contains("nothing is known of its trust store");
    }

    @Test
    void oneNodeCanBePickedAndAWrongNameIsTold() {
        serve(node("a", "True", "Loaded") + "," + node("b", "True", "Loaded"), "");

        assertThat(run("trust", "-g", "dev", "-n", "one", "--node", "b").out())
                .startsWith("b")
                .doesNotContain("\na");
        var wrong = run("trust", "-g", "dev", "-n", "one", "--node", "c");
        assertThat(wrong.code()).isEqualTo(3);
        assertThat(wrong.err()).contains("has no node c", "capstan node list -g dev -n one");
    }

    @Test
    void execBecomesTheCommandOnTheNodeWithItsOptionsUntouched() throws Exception {
        serve(node("a", "True", "Loaded"), "");
        var enter = machine("a");

        var run = run("exec", "-g", "dev", "-n", "one", "ls", "-n", "-g", "--help", "/etc");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.became()).containsExactly(enter.toString(), "ls", "-n", "-g", "--help", "/etc");
        assertThat(run("exec", "-g", "dev", "-n", "one", "--", "-x").became()).containsExactly(enter.toString(), "-x");
    }

    @Test
    void shellIsALoginShell() throws Exception {
        serve(node("a", "True", "Loaded"), "");
        var enter = machine("a");

        assertThat(run("shell", "-g", "dev", "-n", "one").became())
                .containsExactly(enter.toString(), "/bin/bash", "-l");
    }

    @Test
    void execOnOneOfSeveralWantsToKnowWhich() throws Exception {
        serve(node("a", "True", "Loaded") + "," + node("b", "True", "Loaded"), "");
        machine("b");

        var run = run("exec", "-g", "dev", "-n", "one", "true");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("has 2 nodes: a, b", "--node");
        assertThat(run("exec", "-g", "dev", "-n", "one", "--node", "b", "true").became())
                .isNotEmpty();
        assertThat(run("exec", "-g", "dev", "-n", "one", "--node", "c", "true").code())
                .isEqualTo(3);
    }

    @Test
    void aNamedNodeIsEnteredAlsoWhileTheControlPlaneIsAway() throws Exception {
        Files.delete(api.home().resolve("server.json"));
        var enter = machine("a");

        assertThat(run("exec", "-g", "dev", "-n", "one", "--node", "a", "true").became())
                .containsExactly(enter.toString(), "true");
        assertThat(run("exec", "-g", "dev", "-n", "one", "true").code()).isEqualTo(3);
    }

    @Test
    void aNodeWithoutAMachineHereIsTold() {
        serve(node("a", "True", "Loaded"), "");

        var run = run("shell", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("There is no machine of the node a here");
    }

    private static String levelOf(String status) {
        return new Node(Json.object(), Json.parse("{\"status\":{" + status + "}}")).level();
    }

    private Path machine(String node) throws Exception {
        var folder = Files.createDirectories(api.home().resolve("machines").resolve(node));
        var enter = Files.writeString(folder.resolve("enter"), "#!/bin/sh\nexec \"$@\"\n");
        return Files.setPosixFilePermissions(enter, PosixFilePermissions.fromString("rwx------"));
    }

    private void serve(String nodes, String trusts) {
        api.on("GET /clusters/" + NAME + "/api/v1/nodes", 200, "{\"items\":[" + nodes + "]}")
                .on("GET /clusters/" + NAME + "/apis/capstan.dev/v1/nodetrusts", 200, "{\"items\":[" + trusts + "]}");
    }

    private static String node(String name, String trusted, String reason) {
        return """
                {"metadata":{"name":"%s","labels":{"kubernetes.azure.com/agentpool":"pool"}},
                 "status":{"conditions":[{"type":"Ready","status":"True"},
                  {"type":"CustomCATrusted","status":"%s","reason":"%s","message":""}]}}
                """.formatted(name, trusted, reason);
    }

    private static String trust(String name, String status) {
        return """
                {"metadata":{"name":"%s"},"status":{"lane":{"name":"Isolated","reason":"because"},%s}}
                """.formatted(name, status);
    }

    private Run run(String... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = "node";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Run.of(api.home(), all);
    }
}
