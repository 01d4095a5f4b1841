package dev.capstan.runtime;

import static dev.capstan.runtime.FakeNode.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons that read the trust store once and are none of ours to restart. */
class OtherDaemonsTest {

    @Test
    void daemonThatRanBeforeTheLastChangeIsNamed(@TempDir Path folder, @TempDir Path other) throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();
        node.process(1, "dockerd", "/usr/bin/dockerd", 10, Map.of());
        node.process(2, "containerd-star", "/usr/local/bin/containerd-stargz-grpc", 10, Map.of());
        node.process(3, "containerd-nydu", "/opt/bin/containerd-nydus-grpc (deleted)", 10, Map.of());
        node.process(4, "soci-snapshotte", "/usr/bin/soci-snapshotter-grpc", 60, Map.of());
        node.process(5, "buildkitd", "/usr/bin/buildkitd", 50, Map.of());
        node.process(6, "containerd-shim", "/usr/bin/containerd-shim-runc-v2", 10, Map.of());
        node.process(7, "dockerd", "/usr/bin/dockerd", 10, Map.of());
        Files.delete(node.proc.resolve("7/root"));
        Files.createSymbolicLink(node.proc.resolve("7/root"), other);
        ContainerRuntime runtime = node.runtime();
        assertThat(runtime.otherDaemons()).isEmpty();

        node.clock(50);
        runtime.beforeStore(List.of(), node.one, NOTHING);
        runtime.afterStore();

        assertThat(runtime.otherDaemons())
                .extracting(OtherDaemon::name, OtherDaemon::pid)
                .containsExactly(
                        tuple("buildkitd", 5L),
                        tuple("containerd-nydus-grpc", 3L),
                        tuple("containerd-stargz-grpc", 2L),
                        tuple("dockerd", 1L));
        assertThat(runtime.otherDaemons().getLast().words())
                .contains("dockerd, process 1", "may trust what has left", "systemctl restart docker");
    }
}
