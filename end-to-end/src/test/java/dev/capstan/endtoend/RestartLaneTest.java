package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine whose administrator has taken containerd's host directories away, so that only a restart lets it see the set: what
 * the agent restarts, when, and what goes on meanwhile. Verdicts are CRI pulls, /proc and kubectl.
 */
final class RestartLaneTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node;
    private static Registry registry;

    @BeforeAll
    static void up() {
        Requirements.machines();
        registry = Registry.start(folder, "restart");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "restart", 1);
        node = cluster.nodes().getFirst();
        cluster.resolve(registry);
    }

    @AfterAll
    static void down() {
        home.close();
        registry.close();
    }

    @Test
    void aPermittedRestartIsMadeOnceForASetAndTheRunningContainerDoesNotNotice() throws IOException {
        cluster.on(
                        node,
                        "sh",
                        "-c",
                        "sed -i 's|config_path = .*|config_path = \"\"|' /etc/containerd/config.toml"
                                + " && systemctl restart containerd")
                .orFail();
        Await.until("lane Restart", () -> status("{.status.lane.name}").equals("Restart"));
        assertThat(status("{.status.lane.reason}")).isNotEmpty();
        cluster.on(
                        node,
                        "sh",
                        "-c",
                        "mkdir -p /tmp/kept/bin && cp /bin/busybox /tmp/kept/bin/"
                                + " && ctr run -d --rootfs /tmp/kept kept /bin/busybox sleep 600")
                .orFail();
        String container = container();
        String runtime = cluster.containerd(node);
        assertThat(cluster.pull(node, registry.image()).text()).contains(Cluster.UNTRUSTED);

        cluster.applySecret(Map.of("ca.crt", Files.readAllBytes(registry.certificateAuthority())));
        // The controller gives this by itself where it does; a node that has it is a node that has it.
        cluster.kubectl("patch", "nodetrust", node, "--type=merge", "-p", "{\"spec\":{\"runtimeRestart\":true}}")
                .orFail();

        Await.until(
                "restarted and loaded",
                () -> status("{.status.runtime.restarts} {.status.level}").equals("1 Loaded"));
        assertThat(cluster.containerd(node)).isNotEqualTo(runtime);
        assertThat(container()).isEqualTo(container);
        assertThat(cluster.pull(node, registry.image()).text()).startsWith("PULL OK");
        assertThat(status("{.status.runtime.lastRestart}")).isNotEmpty();

        String restarted = cluster.containerd(node);
        cluster.applySecret(Map.of("another-name", Files.readAllBytes(registry.certificateAuthority())));
        Await.until(
                "the new name",
                () -> status("{.status.certificates[0].sources[0]}").equals("secret/another-name"));
        assertThat(cluster.containerd(node)).isEqualTo(restarted);
        assertThat(status("{.status.runtime.restarts} {.status.level}")).isEqualTo("1 Loaded");
    }

    /** Process id and start time of the container's first process. */
    private static String container() {
        return cluster.on(
                        node,
                        "sh",
                        "-c",
                        "pid=$(ctr task ls | awk '$1 == \"kept\" {print $2}')"
                                + " && echo $pid $(cut -d' ' -f22 /proc/$pid/stat)")
                .orFail()
                .text()
                .strip();
    }

    private static String status(String path) {
        return cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath=" + path)
                .orFail()
                .text()
                .strip();
    }
}
