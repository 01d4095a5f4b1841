package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a JVM with SIGKILL while it writes: what it said to have written is there afterwards. */
class KillTest {
    private static final int WRITERS = 8;

    @Test
    void everyAcknowledgedWriteIsThereAfterAKill(@TempDir Path directory) throws Exception {
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        for (int round = 0; round < 3; round++) {
            kill(directory, round, acknowledged);
            try (EmbeddedKubernetes kubernetes = open(directory)) {
                VirtualCluster cluster = kubernetes.find("a").orElseThrow();
                for (String line : acknowledged) {
                    // NAME VERSION
                    String name = line.substring(0, line.indexOf(' '));
                    String version = line.substring(line.indexOf(' ') + 1);
                    assertThat(cluster.get("configmaps", "default", name))
                            .as(line)
                            .hasValueSatisfying(object -> assertThat(object.path("metadata")
                                            .path("resourceVersion")
                                            .asText())
                                    .isEqualTo(version));
                }
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(60);
    }

    private static void kill(Path directory, int round, List<String> acknowledged) throws Exception {
        Path log = directory.resolve("child.log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillTest.class.getName(),
                        directory.toString(),
                        "r" + round)
                .redirectError(log.toFile())
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            int before = acknowledged.size();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // Only what was said before the kill took effect and arrived whole counts.
                if (line.endsWith(".")) {
                    acknowledged.add(line.substring(0, line.length() - 1));
                }
                if (acknowledged.size() == before + 30 + round * 17) {
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(child.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).as(Files.readString(log)).isEqualTo(137);
    }

    private static EmbeddedKubernetes open(Path directory) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("t".getBytes(StandardCharsets.UTF_8));
        return EmbeddedKubernetes.open(directory.resolve("clusters"), hash, ServerKey.signingKey());
    }

    /** The child: writes for ever and says what was acknowledged. */
    public static void main(String[] arguments) throws Exception {
        EmbeddedKubernetes kubernetes = open(Path.of(arguments[0]));
        VirtualCluster cluster = kubernetes.create("a");
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = arguments[1] + "-w" + writer + "-";
            writers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; ; i++) {
                    String name = prefix + i;
                    var object = TestServer.tree(
                            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"namespace\":\"default\",\"name\":\""
                                    + name + "\"},\"data\":{\"k\":\"v\"}}");
                    String version = cluster.create(object)
                            .path("metadata")
                            .path("resourceVersion")
                            .asText();
                    System.out.println(name + " " + version + ".");
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
