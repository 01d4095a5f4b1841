package dev.capstan.agent;

import static dev.capstan.agent.NodeRoot.fingerprint;
import static dev.capstan.agent.NodeRoot.identities;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as the process it is: its arguments and exit codes, its log, its end by SIGTERM and by kill -9. */
class AgentProcessTest {

    private static final int KILLS = 30;

    @TempDir
    private Path folder;

    private FakeApi server;
    private NodeRoot root;
    private Path properties;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        server = new FakeApi();
        root = new NodeRoot(folder.resolve("root"));
        properties = root.properties(server.url());
    }

    @AfterEach
    void end() throws IOException {
        processes.forEach(Process::destroyForcibly);
        server.close();
    }

    private Process agent(String... arguments) throws IOException {
        return started(List.of(), arguments);
    }

    private Process started(List<String> surroundings, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(surroundings);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx48m",
                // Nobody is there: an agent that asked a proxy for the way to its API would not find it.
                "-DsocksProxyHost=127.0.0.1",
                "-DsocksProxyPort=1",
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=1",
                "-cp",
                System.getProperty("java.class.path"),
                Agent.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .redirectOutput(folder.resolve("out").toFile());
        builder.environment().put("HTTPS_PROXY", "http://127.0.0.1:1");
        builder.environment().put("https_proxy", "http://127.0.0.1:1");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path log() {
        return folder.resolve("log");
    }

    private int exitOf(String... arguments) throws Exception {
        Process process = agent(arguments);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private static Map<String, String> secret(int... roots) {
        Map<String, String> data = new TreeMap<>();
        for (int number : roots) {
            data.put("ca" + number, TestPki.root(number));
        }
        return data;
    }

    @Test
    void sigtermEndsItCleanlyInAMomentAndTheLogHasNeitherTokenNorCertificate() throws Exception {
        server.secret(secret(0));
        server.trust(null, true);
        Process process = agent(properties.toString());
        server.awaitStatus("written", status -> status.contains("\"written\":\"" + fingerprint(0) + "\""));
        long begun = System.nanoTime();
        process.destroy();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                .isLessThan(20_000); // a fraction of a second where nothing else runs
        assertThat(process.exitValue()).isZero();
        String words = Files.readString(log());
        assertThat(words)
                .contains("agent of node " + FakeApi.NODE)
                .contains("stopping")
                .doesNotContain(FakeApi.TOKEN)
                .doesNotContain(TestPki.root(0).split("\n", -1)[1]);
        assertThat(words.lines()).allMatch(line -> line.startsWith("20"));
        assertThat(Files.readString(folder.resolve("out"))).isEmpty();
    }

    @Test
    void aPrivateKeyInTheSecretIsOnNoDiskInNoLogAndInNoReportWhileTheOtherKeysAreInstalled() throws Exception {
        byte[] der = KeyPairGenerator.getInstance("EC")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        String base64 = Base64.getEncoder().encodeToString(der);
        String pem = "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
        String twice = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
        server.secret(Map.of(
                "beside.crt",
                TestPki.root(1) + pem,
                "der.key",
                base64,
                "twice.key",
                twice,
                "good.crt",
                TestPki.root(0)));
        server.trust(null, true);
        Process process = agent(properties.toString());
        server.awaitStatus("written", status -> status.contains("\"written\":\"" + fingerprint(0) + "\""));
        process.destroy();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

        assertThat(server.statuses().getLast())
                .contains("secret/beside.crt", "secret/der.key", "secret/twice.key", "private-key");
        // What is secret of the key is its last 32 bytes; the sixteen before the end are in each of these whole.
        List<String> traces = List.of(
                new String(Arrays.copyOfRange(der, der.length - 16, der.length), StandardCharsets.ISO_8859_1),
                base64.substring(base64.length() - 24, base64.length() - 4),
                twice.substring(twice.length() / 2 - 10, twice.length() / 2 + 10));
        assertThat(String.join("\n", server.statuses())).doesNotContain(traces);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(traces);
            }
        }
    }

    @Test
    void killedAtAnyMomentWhileTheSecretChangesTheNextStartEndsRight() throws Exception {
        Random random = new Random(20261121);
        server.secret(secret(0));
        server.trust(null, true);
        int[] last = {0};
        for (int kill = 0; kill < KILLS; kill++) {
            int before = server.seen().size();
            Process process = agent(properties.toString());
            if (kill % 3 > 0) {
                // Two of three are killed at work, the others while they start.
                server.await("first contact", () -> server.seen().size() > before);
            }
            long until = System.nanoTime() + 1_000_000L * random.nextInt(700);
            while (System.nanoTime() < until) {
                last = new int[] {random.nextInt(6), 6 + random.nextInt(6)};
                server.secret(secret(last));
                Thread.sleep(random.nextInt(40));
            }
            process.destroyForcibly().waitFor();
            // The distribution's own roots are checked within: the bundle is never cut.
            assertThat(root.held()).hasSizeLessThanOrEqualTo(4);
        }
        String wanted = fingerprint(last);
        agent(properties.toString());
        server.awaitStatus("the last set", status -> status.contains("\"written\":\"" + wanted + "\""));
        assertThat(root.held()).isEqualTo(identities(last));
        assertThat(root.anchors()).hasSize(2);
    }

    @Test
    void offlineAppliesTheLastGoodSetAndExits() throws Exception {
        assertThat(exitOf("--offline", properties.toString())).isZero();
        assertThat(root.anchors()).isEmpty();
        Path list = Files.writeString(folder.resolve("list.pem"), TestPki.root(0) + TestPki.root(1));
        assertThat(exitOf("--birth", list.toString(), properties.toString())).isZero();
        assertThat(root.held()).isEqualTo(identities(0, 1));
        for (String anchor : root.anchors()) {
            Files.delete(root.path().resolve("usr/local/share/ca-certificates").resolve(anchor));
        }
        assertThat(exitOf("--offline", properties.toString())).isZero();
        assertThat(root.anchors()).hasSize(2);
        assertThat(server.seen()).isEmpty();
        Path file = root.agentFolder().resolve("last-good");
        Files.writeString(file, Files.readString(file).replaceFirst("sources list", "sources lisp"));
        assertThat(exitOf("--offline", properties.toString())).isEqualTo(4);
        assertThat(root.held()).isEqualTo(identities(0, 1));
        assertThat(Files.readString(log())).contains("last-good is damaged and not used");
    }

    @Test
    void theListOfBirthIsTakenForTheListOfTheNodeTrustWithoutARequestOrAWrite() throws Exception {
        Path list = Files.writeString(folder.resolve("list.pem"), TestPki.root(1) + TestPki.root(0));
        assertThat(exitOf("--birth", list.toString(), properties.toString())).isZero();
        Map<String, String> before = root.fingerprints();
        server.trust(fingerprint(0, 1), false);
        agent(properties.toString());
        server.awaitStatus("written", status -> status.contains("\"written\":\"" + fingerprint(0, 1) + "\""));
        assertThat(server.statuses().getLast()).contains("\"sources\":[\"list\"]");
        assertThat(server.count(request -> request.path().contains("certificatesets")))
                .isZero();
        assertThat(root.fingerprints())
                .containsEntry("etc/ssl/certs/ca-certificates.crt", before.get("etc/ssl/certs/ca-certificates.crt"))
                .containsEntry("var/lib/capstan/agent/last-good", before.get("var/lib/capstan/agent/last-good"));
    }

    @Test
    void whereTheKernelGivesNoMoreWatchesTheAgentWorksAllTheSameAndSaysWhatToRaise() throws Exception {
        List<String> withoutInotify = List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo 0 >/proc/sys/user/max_inotify_instances && exec \"$@\"",
                "sh");
        server.secret(secret(0));
        server.trust(null, true);
        started(withoutInotify, properties.toString());
        server.awaitStatus("written", status -> status.contains("\"written\":\"" + fingerprint(0) + "\""));
        server.secret(secret(1));
        server.awaitStatus("the next", status -> status.contains("\"written\":\"" + fingerprint(1) + "\""));
        assertThat(root.held()).isEqualTo(identities(1));
        assertThat(Files.readString(log()))
                .containsOnlyOnce("cannot be watched")
                .contains("max_user_instances");
    }

    @Test
    void exitCodesTellWhatWentWrong() throws Exception {
        assertThat(exitOf()).isEqualTo(2);
        assertThat(exitOf("--birth", properties.toString())).isEqualTo(2);
        Path wrong = Files.writeString(folder.resolve("wrong"), "server = http://x\nnode = A_B\n");
        assertThat(exitOf(wrong.toString())).isEqualTo(2);
        assertThat(Files.readString(log()))
                .contains("'server'", "'certificate-authority' is missing", "'token' is missing", "'node' is no name");
        Path mixed = Files.writeString(
                folder.resolve("mixed.pem"),
                TestPki.root(0) + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
        assertThat(exitOf("--birth", mixed.toString(), properties.toString())).isEqualTo(3);
        assertThat(root.held()).isEqualTo(identities(0));
        assertThat(exitOf("--birth", folder.resolve("none").toString(), properties.toString()))
                .isEqualTo(1);
        Files.move(root.path().resolve("etc/ssl/certs"), root.path().resolve("etc/ssl/elsewhere"));
        assertThat(exitOf("--offline", properties.toString())).isEqualTo(1);
    }

    @Test
    void aSecondAgentOfTheSameRootIsTurnedAway() throws Exception {
        server.trust(null, false);
        Process first = agent(properties.toString());
        server.await("a report", () -> !server.statuses().isEmpty());
        assertThat(exitOf(properties.toString())).isEqualTo(1);
        assertThat(Files.readString(log())).contains("another agent runs for this root");
        assertThat(first.isAlive()).isTrue();
    }
}
