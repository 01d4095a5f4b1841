package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which process is the node's containerd, and what it is asked when. */
class ContainerdTest {

    private FakeNode node;

    @BeforeEach
    void node(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
    }

    @Test
    void containerdThatCannotReadItsConfigurationIsSaid() throws Exception {
        node.stock();
        Files.delete(node.at("/containerd.dump"));
        assertThat(lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(lane().reason()).contains("cannot read its configuration /etc/containerd/config.toml");

        node.containerdSays("version = 1\n");
        assertThat(lane().reason()).contains("Capstan understands 2 and newer");

        node.containerdSays("no TOML");
        assertThat(lane().reason()).contains("not understood");
        assertThatThrownBy(() -> node.runtime().configuration()).isInstanceOf(ContainerRuntimeException.class);
    }

    @Test
    void containerdIsAskedOnceForAsLongAsNothingChanges() throws Exception {
        node.stock();
        ContainerRuntime runtime = node.runtime();
        runtime.lane();
        long asked = node.asked();
        runtime.lane();
        runtime.show(node.one);
        runtime.loaded(List.of(), NOTHING);
        assertThat(runtime.version()).contains("1.6.20");
        assertThat(node.asked()).isEqualTo(asked).isEqualTo(2);

        node.containerdSays(FakeNode.NO_ROOT);
        assertThat(runtime.lane().lane()).isEqualTo(Lane.RESTART);
        assertThat(node.asked()).isEqualTo(4);
    }

    @Test
    void withoutItsDefaultFileContainerdIsAskedForItsDefaults() throws Exception {
        Files.delete(node.at("/etc/containerd/config.toml"));
        node.stock();
        node.runtime().lane();
        assertThat(node.at("/containerd.asked")).hasContent("--version\n--config /dev/null config dump\n");

        node.containerd(41, Map.of()).argument("-c", "/etc/k3s.toml", "--log-level=info");
        node.runtime().lane();
        assertThat(node.at("/containerd.asked")).content().endsWith("--config /etc/k3s.toml config dump\n");
    }

    @Test
    void longestRunningContainerdCountsAndOddProcessesAreNone(@TempDir Path other) throws Exception {
        node.containerd(90, Map.of());
        node.isolated();
        node.process(77, "containerd) R 1 (x", "/usr/bin/containerd-shim", 10, Map.of());
        Files.createDirectories(node.proc.resolve("999"));
        node.containerd(5, Map.of());
        Files.delete(node.proc.resolve("1005/root"));
        Files.createSymbolicLink(node.proc.resolve("1005/root"), other);

        RuntimeProcess process = lane().process();

        assertThat(process).isNotNull();
        assertThat(process.startedBootNanos()).isEqualTo(41_000_000_000L);
    }

    @Test
    void proxiesOfTheRuntimeAreReadAndNeverSaid() throws Exception {
        node.containerd(41, Map.of("HTTPS_PROXY", "http://user:secret@proxy.test", "no_proxy", "10.0.0.0/8"));

        RuntimeProcess process = lane().process();

        assertThat(process).isNotNull();
        assertThat(process.proxyEnvironment())
                .containsOnly(
                        Map.entry("HTTPS_PROXY", "http://user:secret@proxy.test"), Map.entry("no_proxy", "10.0.0.0/8"));
        assertThat(process.trustEnvironment()).isEmpty();
        assertThat(process.toString()).doesNotContain("secret");
    }

    private LaneChoice lane() throws ContainerRuntimeException {
        return node.runtime().lane();
    }
}
