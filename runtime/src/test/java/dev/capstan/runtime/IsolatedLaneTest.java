package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lane Isolated at a machine's birth. */
class IsolatedLaneTest {

    private FakeNode node;

    @BeforeEach
    void machine(@TempDir Path folder) throws IOException {
        node = new FakeNode(folder);
        Files.delete(node.at(RuntimeLayout.DISTRIBUTION_ROOTS));
    }

    @Test
    void rootThatHoldsOursAlreadyIsNoMachineAtItsBirth() throws Exception {
        node.write("/usr/local/share/ca-certificates/capstan-" + "a".repeat(64) + ".crt", node.one.pem());

        assertThatThrownBy(() -> IsolatedLane.prepare(node.root))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("already holds capstan-");
    }

    @Test
    void machineIsPreparedOnceAndForItsOwnContainerd() throws Exception {
        node.write(FakeNode.CERTS + "/docker.io/hosts.toml", "server = \"https://m.test\"\n");
        node.write("/containerd.version", "containerd github.com/containerd/containerd/v2 2.1.9 abc\n");

        Prepared prepared = IsolatedLane.prepare(node.root);

        assertThat(prepared.containerdVersion()).isEqualTo("2.1.9");
        assertThat(prepared.environment()).isEqualTo(IsolatedLane.ENVIRONMENT);
        assertThat(prepared.environmentFile()).content().isEqualTo("""
                        SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates
                        SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem
                        """);
        assertThat(node.at("/etc/containerd/config.toml")).content().contains("version = 3");
        assertThat(node.at(FakeNode.CERTS + "/docker.io")).doesNotExist();
        assertThat(node.at(RuntimeLayout.DISTRIBUTION_ROOTS)).hasContent(node.own.pem());

        node.write("/etc/ssl/certs/ca-certificates.crt", node.own.pem() + node.two.pem());
        IsolatedLane.prepare(node.root);

        assertThat(node.at(RuntimeLayout.DISTRIBUTION_ROOTS)).hasContent(node.own.pem());
    }

    @Test
    void rootWithoutContainerdIsRefusedWithWhatToInstall() throws Exception {
        Files.delete(node.at("/usr/bin/containerd"));

        assertThatThrownBy(() -> IsolatedLane.prepare(node.root)).hasMessageContaining("apt-get install containerd");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3",
                "containerd github.com/containerd/containerd v1.6.20 abcdef",
                "containerd containerd.io 1.6.20 abcdef"
            })
    void versionIsReadFromWhatContainerdPrints(String printed) {
        assertThat(Containerd.version(printed)).contains("1.6.20");
    }
}
