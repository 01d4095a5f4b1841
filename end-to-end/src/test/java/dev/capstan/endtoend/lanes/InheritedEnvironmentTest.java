package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who inherits the environment containerd was started with, and with it the roots of lane Isolated: what it starts itself.
 * Containers do not. Programs that write down their environment stand in for those that could make TLS calls.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class InheritedEnvironmentTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private static final String RECORDED = "/var/lib/recorded/";

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final Node node;

    InheritedEnvironmentTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    /** A run of {@code ctr} begins a container as CRI does: a shim, runc with the container's hooks, the container. */
    @Test
    void shimAndRuncDoAndTheContainerDoesNot() throws Exception {
        recorder("/usr/local/bin/runc", "runc", "exec /usr/sbin/runc \"$@\"");
        node.configure();
        node.defaultIsTheBundle();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.COPY);

        RunningContainer container = RunningContainer.start(node, containerd, ours);

        assertThat(read("runc"))
                .contains("SSL_CERT_FILE=" + Node.DISTRIBUTION_COPY)
                .contains("SSL_CERT_DIR=/nonexistent");
        assertThat(Proc.environment(container.shim())).contains("SSL_CERT_FILE=" + Node.DISTRIBUTION_COPY);
        assertThat(Proc.environment(container.pid())).doesNotContain("SSL_CERT");
    }

    @Test
    void programsOfCniDo() {
        // Debian's 1.6 looks in the first of these folders by itself, the others in the second.
        for (String folder : List.of("/usr/lib/cni/", "/opt/cni/bin/")) {
            recorder(folder + "loopback", "cni", "exit 1");
            recorder(folder + "recorder", "cni", "exit 1");
        }
        node.write(
                "/etc/cni/net.d/10-recorder.conflist",
                "{\"cniVersion\":\"0.4.0\",\"name\":\"lab\",\"plugins\":[{\"type\":\"recorder\"}]}");
        node.write(
                Node.CONFIGURATION, Configuration.withSandbox(node.build().configurationVersion(), "run-pause", ours));
        node.defaultIsTheBundle();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.COPY);

        Containerd.Answer answer = containerd.runPodSandbox(node.name() + "-pod");

        assertThat(answer.status()).as("the programs fail on purpose").isNotZero();
        assertThat(node.path(RECORDED + "cni")).as(answer.words()).exists();
        assertThat(read("cni")).contains("SSL_CERT_FILE=" + Node.DISTRIBUTION_COPY);
    }

    private void recorder(String program, String name, String then) {
        node.recorder(program, RECORDED + name, then);
    }

    private String read(String name) {
        return node.read(RECORDED + name);
    }
}
