package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which configuration makes containerd read {@code certs.d} at all. Our CA lies in {@code _default} alone, containerd has the
 * distribution's roots: a pull from our registry shows whether it does.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class ConfigPathTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    ConfigPathTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    private static final String V2 = "io.containerd.grpc.v1.cri";

    private static final String TWO = Node.HOST_DIRECTORIES + ":/etc/docker/certs.d";

    @ParameterizedTest(name = "{0}: {1} on 1.6, {2} on 1.7, {3} on 2.1")
    @CsvSource({
        "no file, FAIL, FAIL, FAIL",
        "the file of Debian, FAIL, FAIL, FAIL",
        "version 3, FAIL, no start, OK",
        "version 2, OK, OK, OK",
        "version 3 with the table of version 2, OK, no start, FAIL",
        "two paths, OK, OK, FAIL",
    })
    void form(String form, String on16, String on17, String on21) {
        String expected = switch (node.build()) {
            case BOOKWORM -> on16;
            case TRIXIE -> on17;
            case SID -> on21;
        };
        switch (form) {
            case "no file" -> node.remove(Node.CONFIGURATION);
            case "the file of Debian" -> node.write(Node.CONFIGURATION, Configuration.DEBIAN);
            case "version 3" -> node.write(Node.CONFIGURATION, Configuration.of(3, Node.HOST_DIRECTORIES));
            case "version 2" -> node.write(Node.CONFIGURATION, Configuration.of(2, Node.HOST_DIRECTORIES));
            case "version 3 with the table of version 2" ->
                node.write(
                        Node.CONFIGURATION,
                        Configuration.of(2, Node.HOST_DIRECTORIES).replace("version = 2", "version = 3"));
            case "two paths" ->
                node.write(Node.CONFIGURATION, Configuration.of(node.build().configurationVersion(), TWO));
            default -> node.write(Node.CONFIGURATION, Configuration.localPull(TWO));
        }
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());
        if (expected.equals("no start")) {
            assertThatThrownBy(() -> node.containerd(Roots.COPY))
                    .hasMessageContaining("does not serve CRI")
                    .hasMessageContaining("version");
            return;
        }
        Containerd containerd = node.containerd(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo(expected);
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
        if (expected.equals("FAIL")) {
            // Nothing tells: what is ignored is ignored without a word, and the dump shows it where the table is wrong.
            assertThat(containerd.log()).doesNotContain("docker/certs.d\"");
            if (form.contains("version")) {
                assertThat(node.run("containerd", "config", "dump").orFail().text())
                        .containsPattern("config_path = (''|\"\")");
            }
        }
    }

    @Test
    void changeOfTheFileCountsAfterOneRestart() {
        node.write(Node.CONFIGURATION, Configuration.DEBIAN);
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());
        Containerd containerd = node.containerd(Roots.COPY);
        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");

        node.configure();
        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");

        Containerd again = node.containerd(Roots.COPY);
        assertThat(again.steps("+ - +", this::show, this::hide, ours)).isEqualTo("+OK -FAIL +OK");
    }

    @Test
    void fileOfDefaultCountsAtTheNextPullWhenItIsCreatedReplacedAndRemoved() {
        node.configure();
        Containerd containerd = node.containerd(Roots.COPY);
        assertThat(containerd.steps("- + -", this::show, this::hide, ours)).isEqualTo("-FAIL +OK -FAIL");

        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.second().pem());
        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");
        show();
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
    }

    /** Where the main file has version 2, it is the main file that has to be edited. */
    @Test
    void dropInBesideAMainFileOfVersionTwoTakesTheMainFilesSettingsAway() {
        node.write(Node.CONFIGURATION, """
                version = 2
                imports = ["/etc/containerd/conf.d/*.toml"]
                [plugins."io.containerd.grpc.v1.cri".containerd]
                  snapshotter = "native"
                """);
        node.write("/etc/containerd/conf.d/capstan.toml", Configuration.of(2, Node.HOST_DIRECTORIES));
        show();
        Containerd containerd = node.containerd(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
        String dump = node.run("containerd", "config", "dump").orFail().text();
        assertThat(dump).containsPattern("config_path = ['\"]" + Node.HOST_DIRECTORIES);
        assertThat(dump).doesNotContainPattern("\n\\s+snapshotter = ['\"]native");
    }

    /** So {@code config_path} must never be switched on where these tables are. */
    @Test
    void legacyMirrorsBesideItTakeTheWholeCriServiceAway() {
        node.write(
                Node.CONFIGURATION,
                Configuration.of(2, Node.HOST_DIRECTORIES)
                        + "  [plugins.\"" + V2 + "\".registry.mirrors.\"docker.io\"]\n    endpoint = [\"https://"
                        + distribution.address() + "\"]\n");

        assertThatThrownBy(() -> node.containerd(Roots.COPY))
                .hasMessageContaining("containerd serves, but not CRI")
                .hasMessageContaining("`mirrors` cannot be set when `config_path` is provided");
    }

    private void show() {
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());
    }

    private void hide() {
        node.remove(Node.HOST_DIRECTORIES + "/_default/ours.crt");
    }
}
