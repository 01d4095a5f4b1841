package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When containerd takes notice of a CA that comes and goes, in one process, by what it was started with and by where the CA
 * lies: "+" the CA is in the bundle, "-" it is not, and one pull of a tag never seen after each step. The same on all three
 * ages of containerd.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class LifeCycleTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    LifeCycleTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{0}, bundle in _default, CA {1} when the roots are read: {3}")
    @CsvSource({
        "STOCK, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "STOCK, present, + - + - +, +OK -OK +OK -OK +OK",
        "NONE, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "NONE, present, + - + - +, +OK -FAIL +OK -FAIL +OK",
        "COPY, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "COPY, present, + - + - +, +OK -FAIL +OK -FAIL +OK",
        "LOST, absent, - + -, -FAIL +OK -FAIL",
        "LOST, present, + - +, +OK -FAIL +OK",
    })
    void bundleInDefault(Roots roots, String atFirst, String plan, String expected) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);

        assertThat(steps(containerd, plan)).isEqualTo(expected);
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");
    }

    @ParameterizedTest(name = "{0}, configuration of version 2, CA present when the roots are read: {1}")
    @CsvSource({"STOCK, +OK -OK +OK", "NONE, +OK -FAIL +OK", "COPY, +OK -FAIL +OK"})
    void versionOfTheConfigurationMakesNoDifference(Roots roots, String expected) {
        node.write(Node.CONFIGURATION, Configuration.of(2, Node.HOST_DIRECTORIES));
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);

        assertThat(steps(containerd, "+ - +")).isEqualTo(expected);
    }

    @ParameterizedTest(name = "no environment, no _default, CA {0} when the roots are read: {2}")
    @CsvSource({"absent, - + - + -, -FAIL +FAIL -FAIL +FAIL -FAIL", "present, + - + - +, +OK -OK +OK -OK +OK"})
    void nothingOfOurs(String atFirst, String plan, String expected) {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);

        assertThat(steps(containerd, plan)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "update-ca-certificates itself, {0}: {1}")
    @CsvSource({
        "COPY, +OK -FAIL +OK -FAIL",
        "NONE, +OK -FAIL +OK -FAIL",
        "COPY_WITHOUT_DIR, +OK -OK +OK -OK",
    })
    void toolOfTheDistribution(Roots roots, String expected) {
        node.configure();
        node.defaultIsTheBundle();
        String anchor = "/usr/local/share/ca-certificates/ours.crt";
        Containerd containerd = node.containerd(roots);

        String seen = containerd.steps(
                "+ - + -",
                () -> {
                    node.write(anchor, LAB.ours().pem());
                    node.run("update-ca-certificates").orFail();
                },
                () -> {
                    node.remove(anchor);
                    node.run("update-ca-certificates", "--fresh").orFail();
                },
                ours);

        assertThat(seen).isEqualTo(expected);
    }

    @ParameterizedTest(name = "a root of the distribution removed, {0}: {1}, after a restart {2}")
    @CsvSource({"STOCK, OK, FAIL", "NONE, FAIL, FAIL", "COPY, OK, FAIL"})
    void distrust(Roots roots, String inTheSameProcess, String afterRestart) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);
        assertThat(containerd.verdict(distribution.image())).isEqualTo("OK");

        node.write(Node.BUNDLE, LAB.ours().pem());
        node.write(Node.DISTRIBUTION_COPY, LAB.second().pem());

        assertThat(containerd.verdict(distribution.image())).isEqualTo(inTheSameProcess);
        assertThat(node.containerd(roots).verdict(distribution.image())).isEqualTo(afterRestart);
    }

    @ParameterizedTest(name = "{0}: _default deleted {1}, a registry''s own directory without ca {2}")
    @CsvSource({"STOCK, OK, OK", "NONE, FAIL, FAIL", "COPY, OK, OK"})
    void publicRegistryWithoutDefault(Roots roots, String deleted, String ownDirectory) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);

        node.hostDirectory(distribution.address(), "server = \"https://" + distribution.address() + "\"\n");
        assertThat(containerd.verdict(distribution.image())).isEqualTo(ownDirectory);

        node.remove(Node.HOST_DIRECTORIES);
        assertThat(containerd.verdict(distribution.image())).isEqualTo(deleted);
    }

    private String steps(Containerd containerd, String plan) {
        return containerd.steps(plan, () -> node.trust(LAB.ours()), node::trust, ours);
    }
}
