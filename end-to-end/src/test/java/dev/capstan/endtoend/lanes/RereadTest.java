package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When containerd reads the system's roots, and when again: once, lazily, at the first certificate it verifies. It is started
 * with no environment of ours, and nothing is in {@code _default}. The same on all three ages.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class RereadTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    RereadTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @Test
    void caInstalledBeforeTheFirstHandshakeCounts() {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);

        node.trust(LAB.ours());

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
    }

    @Test
    void contactsThatVerifyNothingReadNoRoots() {
        node.configure();
        node.hostDirectory("plain.lab.test:1", "server = \"http://127.0.0.1:1\"\n");
        Containerd containerd = node.containerd(Roots.STOCK);
        assertThat(containerd.pull("no-such-host.invalid/lab/app:v1").words()).contains("lookup");
        assertThat(containerd.pull("plain.lab.test:1/lab/app:v1").words()).contains("refused");
        assertThat(containerd.pull(ours.host() + ":1/lab/app:v1").words()).contains("refused");

        node.trust(LAB.ours());

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
    }

    @ParameterizedTest(name = "after one {0} verification: {1} until a restart")
    @CsvSource({"failed, FAIL", "good, FAIL"})
    void caInstalledAfterTheFirstHandshakeWaitsForARestart(String first, String expected) {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);
        assertThat(containerd.verdict((first.equals("good") ? distribution : ours).image()))
                .isEqualTo(first.equals("good") ? "OK" : "FAIL");

        node.trust(LAB.ours());

        assertThat(containerd.verdict(ours.image())).isEqualTo(expected);
        assertThat(node.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("OK");
    }

    @Test
    void caRemovedStaysTrustedUntilARestart() {
        node.configure();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.STOCK);
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");

        node.trust();

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
        assertThat(node.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("FAIL");
    }

    @Test
    void hangUpEndsIt() {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);

        Program.clean().run("kill", "-HUP", Long.toString(containerd.pid())).orFail();

        Await.until("containerd has ended", () -> !containerd.isAlive());
    }

    @ParameterizedTest(name = "certs.d/HOST with {0}, dropped in and removed: at the next pull")
    @CsvSource({"hosts.toml", "ca.crt"})
    void hostDirectory(String form) {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);
        String directory = Node.HOST_DIRECTORIES + "/" + ours.address();
        node.write("/etc/containerd/ours.pem", LAB.ours().pem());

        String seen = containerd.steps(
                "- + - +",
                () -> {
                    if (form.equals("ca.crt")) {
                        node.write(directory + "/ca.crt", LAB.ours().pem());
                    } else {
                        node.hostDirectory(
                                ours.address(),
                                "[host.\"https://" + ours.address() + "\"]\n  ca = \"/etc/containerd/ours.pem\"\n");
                    }
                },
                () -> node.remove(directory),
                ours);

        assertThat(seen).isEqualTo("-FAIL +OK -FAIL +OK");
    }

    @Test
    void registryWithADirectoryOfItsOwnDoesNotReadDefault() {
        node.configure();
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());
        node.write(
                Node.HOST_DIRECTORIES + "/" + ours.address() + "/ca.crt",
                LAB.second().pem());
        Containerd containerd = node.containerd(Roots.STOCK);

        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");
        node.remove(Node.HOST_DIRECTORIES + "/" + ours.address());
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
    }
}
