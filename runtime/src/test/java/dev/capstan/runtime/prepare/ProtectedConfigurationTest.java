package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations that cannot be written, or not where they seem to lie: real mounts, real links, a real containerd. */
class ProtectedConfigurationTest {

    private static final String CONFIGURATION = "version = 2\n# the node's own\n";
    private static final String PREPARED = CONFIGURATION + """

            [plugins."io.containerd.grpc.v1.cri".registry]
              config_path = "/etc/containerd/certs.d"
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void possible() {
        NodePreparationTest.assumePossible();
    }

    @Test
    void readOnlyEtcIsRefusedWithWhatToWriteAndWaitedForOnTheWayBack() throws Exception {
        try (PrivateNode node = NodePreparationTest.node(folder, CONFIGURATION);
                Preparer preparer = NodePreparationTest.preparer(node)) {
            Map<String, String> before = node.files();
            node.succeeds(
                    "mount --bind /etc /etc && mount -o remount,bind,ro /etc && ! touch /etc/containerd/config.toml");

            for (String order : List.of("look", "apply")) {
                assertThat(preparer.carryOut(order))
                        .startsWith("Refused")
                        .contains("/etc/containerd/config.toml cannot be written: its file system is mounted read-only")
                        .contains("/etc/systemd/system cannot be written: its file system is mounted read-only")
                        .contains("config_path = \"/etc/containerd/certs.d\"", "Environment=SSL_CERT_FILE=");
            }
            assertThat(preparer.carryOut("undo")).isEqualTo("nothing to undo");
            assertThat(node.files()).isEqualTo(before);
            assertThat(node.restarts()).isZero();

            node.succeeds("umount /etc");
            assertThat(preparer.carryOut("apply")).startsWith("Planned");
            Map<String, String> prepared = node.files();
            node.succeeds("mount --bind /etc /etc && mount -o remount,bind,ro /etc");
            assertThat(preparer.carryOut("undo"))
                    .startsWith("failed The node could not be brought back whole")
                    .contains("Read-only file system", "it goes on");
            assertThat(node.environment()).contains("SSL_CERT_FILE");
            assertThat(node.files().get("etc/containerd/config.toml"))
                    .isEqualTo(prepared.get("etc/containerd/config.toml"));

            node.succeeds("umount /etc");
            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(node.files()).isEqualTo(before);
        }
    }

    @Test
    void linkedConfigurationIsNeverWrittenThrough() throws Exception {
        try (PrivateNode node = PrivateNode.make(folder, Layout.usual("/usr/bin/containerd"))) {
            NodePreparationTest.furnish(node);
            Path real = node.root().resolve("srv/containerd/config.toml");
            Files.createDirectories(real.getParent());
            Files.writeString(real, CONFIGURATION);
            node.succeeds("ln -s ../../srv/containerd/config.toml /etc/containerd/config.toml; sleep 0.05");
            node.start();
            try (Preparer preparer = NodePreparationTest.preparer(node)) {
                Map<String, String> before = node.files();

                assertThat(preparer.carryOut("apply"))
                        .startsWith("Refused")
                        .contains("/etc/containerd/config.toml is a symbolic link; Capstan writes through none")
                        .contains("config_path = \"/etc/containerd/certs.d\"");
                assertThat(node.files()).isEqualTo(before);

                // The person who keeps the file has written the lines.
                Files.writeString(real, PREPARED);
                node.succeeds("sleep 0.05; systemctl restart containerd.service");
                Map<String, String> written = node.files();
                assertThat(preparer.carryOut("apply")).startsWith("Planned");
                assertThat(node.environment()).contains("SSL_CERT_FILE");
                assertThat(node.root().resolve("etc/containerd/config.toml")).isSymbolicLink();
                assertThat(preparer.carryOut("undo")).isEqualTo("undone");
                assertThat(node.files()).isEqualTo(written);
            }
        }
    }

    @Test
    void linkedFolderOfTheConfigurationIsRefused() throws Exception {
        try (PrivateNode node = PrivateNode.make(folder, Layout.usual("/usr/bin/containerd"))) {
            NodePreparationTest.furnish(node);
            Files.createDirectories(node.root().resolve("srv/containerd"));
            Files.writeString(node.root().resolve("srv/containerd/config.toml"), PREPARED);
            node.succeeds("rmdir /etc/containerd; ln -s /srv/containerd /etc/containerd; sleep 0.05");
            node.start();
            try (Preparer preparer = NodePreparationTest.preparer(node)) {
                Map<String, String> before = node.files();

                assertThat(preparer.carryOut("apply"))
                        .startsWith("Refused")
                        .contains("/etc/containerd is a symbolic link; Capstan writes through none")
                        .contains("/etc/containerd/certs.d/_default/capstan.crt cannot be written");
                assertThat(node.files()).isEqualTo(before);
                assertThat(node.restarts()).isZero();
            }
        }
    }
}
