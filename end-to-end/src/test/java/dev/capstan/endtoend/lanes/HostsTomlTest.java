package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Forms of a registry's {@code hosts.toml} and what containerd makes of them. A form that names a {@code ca} but no
 * {@code [host]} table is what a newer version changed: 1.6 and 1.7 refuse it, 2.1 takes it.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class HostsTomlTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    HostsTomlTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{0}: {1} on 1.6 and 1.7, {2} on 2.1")
    @CsvSource({
        "only ca, FAIL, OK",
        "only ca as a list, FAIL, OK",
        "server and ca, FAIL, OK",
        "server and a list of ca, FAIL, OK",
        "server and ca and an empty host table, OK, OK",
        "a host table with ca, OK, OK",
        "broken TOML beside ca.crt, OK, OK",
        "broken TOML alone, FAIL, FAIL",
        "ca file missing, UNREADABLE, UNREADABLE",
        "ca.crt without hosts.toml, OK, OK",
    })
    void form(String form, String before, String since) {
        node.configure();
        String directory = Node.HOST_DIRECTORIES + "/" + ours.address() + "/";
        String server = "server = \"https://" + ours.address() + "\"\n";
        String file = "/etc/containerd/ours.pem";
        node.write(file, LAB.ours().pem());
        String ca = "ca = \"" + file + "\"\n";
        String list = "ca = [\"" + file + "\"]\n";
        switch (form) {
            case "only ca" -> node.write(directory + "hosts.toml", ca);
            case "only ca as a list" -> node.write(directory + "hosts.toml", list);
            case "server and ca" -> node.write(directory + "hosts.toml", server + ca);
            case "server and a list of ca" -> node.write(directory + "hosts.toml", server + list);
            case "server and ca and an empty host table" ->
                node.write(directory + "hosts.toml", server + ca + "[host]\n");
            case "a host table with ca" ->
                node.write(directory + "hosts.toml", "[host.\"https://" + ours.address() + "\"]\n  " + ca);
            case "broken TOML beside ca.crt" -> {
                node.write(directory + "hosts.toml", "server = [[[\n");
                node.write(directory + "ca.crt", LAB.ours().pem());
            }
            case "broken TOML alone" -> node.write(directory + "hosts.toml", "server = [[[\n");
            case "ca file missing" ->
                node.write(
                        directory + "hosts.toml",
                        "[host.\"https://" + ours.address() + "\"]\n  ca = \"/nowhere.crt\"\n");
            case "ca.crt without hosts.toml" ->
                node.write(directory + "ca.crt", LAB.ours().pem());
            default -> throw new AssertionError(form);
        }
        Containerd containerd = node.shared(Roots.COPY);

        String seen = containerd.verdict(ours.image());
        assertThat(seen).isEqualTo(node.build() == ContainerdBuild.SID ? since : before);
        boolean refused = seen.equals("FAIL") && !before.equals(since);
        if (refused || form.startsWith("broken TOML")) {
            assertThat(containerd.log()).contains("failed to decode");
        }

        node.remove(Node.HOST_DIRECTORIES);
        assertThat(containerd.verdict(ours.image())).isEqualTo("FAIL");
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
    }

    @ParameterizedTest(name = "_default/hosts.toml with {0}, {1}: {2} on 1.6 and 1.7, {3} on 2.1")
    @CsvSource({
        "only ca, NONE, FAIL / FAIL, OK / OK",
        "only ca, COPY, FAIL / OK, OK / OK",
        "ca and an empty host table, NONE, OK / OK, OK / OK",
        "a mirror and ca.crt beside it, NONE, FAIL / FAIL, FAIL / FAIL",
        "a mirror and ca.crt beside it, COPY, FAIL / OK, FAIL / OK",
        "nothing and ca.crt beside it, COPY, OK / OK, OK / OK",
        "nothing and ca.crt beside it, NONE, OK / OK, OK / OK",
    })
    void ofDefault(String form, Roots roots, String before, String since) {
        node.configure();
        node.trust(LAB.ours());
        String directory = Node.HOST_DIRECTORIES + "/_default/";
        String ca = "ca = \"" + Node.BUNDLE + "\"\n";
        switch (form) {
            case "only ca" -> node.write(directory + "hosts.toml", ca);
            case "ca and an empty host table" -> node.write(directory + "hosts.toml", ca + "[host]\n");
            case "a mirror and ca.crt beside it" -> {
                node.defaultIsTheBundle();
                node.write(directory + "hosts.toml", "[host.\"https://" + ours.address() + "\"]\n");
            }
            case "nothing and ca.crt beside it" -> {
                node.defaultIsTheBundle();
                node.write(directory + "hosts.toml", "");
            }
            default -> throw new AssertionError(form);
        }
        Containerd containerd = node.shared(roots);

        assertThat(containerd.verdict(ours.image()) + " / " + containerd.verdict(distribution.image()))
                .isEqualTo(node.build() == ContainerdBuild.SID ? since : before);
    }

    @ParameterizedTest(name = "a mirror of docker.io behind our CA, {0}: {1} without ca, {2} with it")
    @CsvSource({"STOCK, FAIL, OK", "NONE, FAIL, OK", "COPY, FAIL, OK"})
    void mirrorBehindOurs(Roots roots, String without, String with) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
        node.trust(LAB.ours());
        String hosts = "server = \"https://%1$s\"\n[host.\"https://%1$s\"]\n".formatted(ours.address());
        node.hostDirectory("docker.io", hosts);

        assertThat(containerd.verdict("docker.io/library/app:" + Images.tag())).isEqualTo(without);
        node.hostDirectory("docker.io", hosts + "  ca = \"" + Node.BUNDLE + "\"\n");
        assertThat(containerd.verdict("docker.io/library/app:" + Images.tag())).isEqualTo(with);
    }
}
