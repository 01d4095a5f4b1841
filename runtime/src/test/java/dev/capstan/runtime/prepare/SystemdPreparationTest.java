package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole walk on real systemd and the distribution's own unit of containerd. */
class SystemdPreparationTest {

    private static final String CONFIGURATION = "version = 2\n# the node's own\n";
    private static final String CONTAINER =
            "pid=$(cat /run/containerd/io.containerd.runtime.v2.task/k8s.io/kept/init.pid); cut -d' ' -f1,22 /proc/$pid/stat";
    private static final String ENVIRONMENT =
            "tr '\\0' '\\n' </proc/$(systemctl show -P MainPID containerd.service)/environ";

    @Test
    void isPreparedAndBroughtBackByOneRestartEach(@TempDir Path folder) throws Exception {
        NodePreparationTest.assumePossible();
        assumeTrue(Files.isExecutable(Path.of("/lib/systemd/systemd")), "needs systemd");
        assumeTrue(
                Files.isRegularFile(Path.of("/lib/systemd/system/containerd.service")),
                "needs the unit of Debian's containerd");
        try (SystemdNode node = SystemdNode.boot(folder, CONFIGURATION)) {
            NodePreparationTest.furnish(node.root());
            node.succeeds("""
                    mkdir -p /run/bundle/bin; cp /bin/busybox /run/bundle/bin/
                    ctr -n k8s.io run --rootfs --detach /run/bundle kept /bin/busybox sleep 86400
                    """);
            try (Preparer preparer = Preparer.in(node, NodePreparationTest.OURS)) {
                Map<String, String> before = node.files();
                String container = node.succeeds(CONTAINER);
                String started = started(node);

                Path foreign = node.root().resolve("run/systemd/system/containerd.service.d/10-all.conf");
                Files.createDirectories(foreign.getParent());
                Files.writeString(foreign, "[Service]\nKillMode=control-group\n");
                node.succeeds("systemctl daemon-reload");
                assertThat(preparer.carryOut("apply"))
                        .startsWith("Refused")
                        .contains("containerd.service has KillMode=control-group", "kill every container");
                Files.delete(foreign);
                node.succeeds("systemctl daemon-reload");
                assertThat(node.files()).isEqualTo(before);
                assertThat(started(node)).isEqualTo(started);

                assertThat(preparer.carryOut("apply"))
                        .startsWith("Planned")
                        .contains("containerd.service.d/50-capstan.conf");
                assertThat(preparer.said())
                        .contains("systemctl restart containerd.service")
                        .anySatisfy(step -> assertThat(step).contains("1 container runs on with the same process"));
                assertThat(node.succeeds(ENVIRONMENT))
                        .contains("SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem");
                assertThat(node.succeeds(CONTAINER)).isEqualTo(container);
                String restarted = started(node);
                assertThat(restarted).isNotEqualTo(started);
                assertThat(preparer.carryOut("apply")).startsWith("Prepared").contains("containerd.service");
                assertThat(started(node)).as("one restart, and none more").isEqualTo(restarted);

                assertThat(preparer.carryOut("undo")).isEqualTo("undone");
                assertThat(node.files()).isEqualTo(before);
                assertThat(node.succeeds(ENVIRONMENT)).doesNotContain("SSL_CERT");
                assertThat(node.succeeds("systemctl show -P DropInPaths containerd.service"))
                        .isEmpty();
                assertThat(node.succeeds(CONTAINER)).isEqualTo(container);
            }
        }
    }

    private static String started(SystemdNode node) throws Exception {
        return node.succeeds("systemctl show -P InvocationID containerd.service");
    }
}
