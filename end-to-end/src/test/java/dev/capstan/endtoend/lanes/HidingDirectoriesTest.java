package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What lane Isolated makes of host directories and files that are not Capstan's: containerd has the distribution's roots, our
 * set alone lies in {@code _default/capstan.crt}. Each row that fails here is a condition of the lane. The same on all ages.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class HidingDirectoriesTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    HidingDirectoriesTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    private static final String SET = "/_default/capstan.crt";

    @ParameterizedTest(name = "a mirror directory without ca for a registry of a public root, {0}: {1}")
    @CsvSource({"STOCK, OK", "COPY, OK", "NONE, FAIL"})
    void publicRegistryWithADirectoryWithoutCa(Roots roots, String expected) {
        node.configure();
        node.write(Node.HOST_DIRECTORIES + SET, LAB.ours().pem());
        mirrorOf(Node.HOST_DIRECTORIES, distribution);
        Containerd containerd = node.containerd(roots);

        assertThat(containerd.verdict(distribution.image())).isEqualTo(expected);
    }

    @Test
    void setComesAndGoesWhilePublicRegistriesStay() {
        node.configure();
        mirrorOf(Node.HOST_DIRECTORIES, distribution);
        TlsRegistry throughDefault = LAB.registry(LAB.distribution(), "through-default-" + node.build());
        Containerd containerd = node.containerd(Roots.COPY);

        String seen = containerd.steps(
                "- + - +",
                () -> node.write(Node.HOST_DIRECTORIES + SET, LAB.ours().pem()),
                () -> node.remove(Node.HOST_DIRECTORIES + SET),
                ours);

        assertThat(seen).isEqualTo("-FAIL +OK -FAIL +OK");
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
        assertThat(containerd.verdict(throughDefault.image())).isEqualTo("OK");
    }

    @Test
    void emptyFileFailsEveryPullWithoutADirectoryOfItsOwn() {
        node.configure();
        node.write(Node.HOST_DIRECTORIES + SET, "");
        Containerd containerd = node.shared(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo("UNLOADABLE");
        assertThat(containerd.verdict(distribution.image())).isEqualTo("UNLOADABLE");
    }

    @ParameterizedTest(name = "two roots, _default in the {0}, the user''s directory with ca in the {1}: {2}")
    @CsvSource({"first, second, FAIL", "second, first, OK", "second, second, OK"})
    void twoRoots(String defaultIn, String directoryIn, String expected) {
        Map<String, String> roots = Map.of("first", "/etc/containerd/one.d", "second", "/etc/containerd/two.d");
        // 2.1 ignores a value of two paths unless its CRI service pulls itself: ConfigPathTest.
        String value = roots.get("first") + ":" + roots.get("second");
        node.write(
                Node.CONFIGURATION,
                node.build() == ContainerdBuild.SID ? Configuration.localPull(value) : Configuration.of(2, value));
        node.write(roots.get(defaultIn) + SET, LAB.second().pem());
        node.write(
                roots.get(directoryIn) + "/" + ours.address() + "/ca.crt",
                LAB.ours().pem());
        Containerd containerd = node.shared(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo(expected);
    }

    @ParameterizedTest(
            name = "a directory without ca for a corporate registry that relies on the node''s store, {0}: {1}")
    @CsvSource({"STOCK, OK", "COPY, FAIL"})
    void corporateRegistryWithADirectoryWithoutCa(Roots roots, String expected) {
        node.configure();
        node.trust(LAB.ours());
        node.write(Node.HOST_DIRECTORIES + SET, LAB.ours().pem());
        mirrorOf(Node.HOST_DIRECTORIES, ours);
        Containerd containerd = node.containerd(roots);

        assertThat(containerd.verdict(ours.image())).isEqualTo(expected);
    }

    @Test
    void hostsTomlOfDefaultHidesTheSetBesideIt() {
        node.configure();
        node.write(Node.HOST_DIRECTORIES + SET, LAB.ours().pem());
        node.write(
                Node.HOST_DIRECTORIES + "/_default/hosts.toml", "[host.\"https://" + distribution.host() + ":1\"]\n");
        Containerd containerd = node.shared(Roots.COPY);

        // The mirror refuses; the registry itself is asked next, and would be trusted by the set.
        assertThat(containerd.verdict(ours.image())).isNotEqualTo("OK");
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
        node.remove(Node.HOST_DIRECTORIES + "/_default/hosts.toml");
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
    }

    private void mirrorOf(String root, TlsRegistry registry) {
        node.write(
                root + "/" + registry.address() + "/hosts.toml",
                "server = \"https://%1$s\"\n[host.\"https://%1$s\"]\n  capabilities = [\"pull\", \"resolve\"]\n"
                        .formatted(registry.address()));
    }
}
