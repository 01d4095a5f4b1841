package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Requirements;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When containerd takes notice of a CA that comes and goes, in one process, by what it was started with and by where the CA
 * lies: "+" the CA is in the bundle, "-" it is not, and one pull of a tag never seen after each step.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class LifeCycleTest {

    @TempDir
    private static Path folder;

    private static Lab lab;
    private static TlsRegistry registry;

    private final Node node;

    LifeCycleTest(ContainerdBuild build) {
        node = lab.node(build);
    }

    @BeforeAll
    static void up() {
        Requirements.machines();
        lab = Lab.open(folder);
        registry = lab.registry(lab.ours, "registry");
    }

    @AfterAll
    static void down() throws IOException {
        lab.close();
    }

    @ParameterizedTest(name = "{0}, bundle in _default, CA {1} when the roots are read: {3}")
    @CsvSource({
        "STOCK, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "STOCK, present, + - + - +, +OK -OK +OK -OK +OK",
        "NONE, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "NONE, present, + - + - +, +OK -FAIL +OK -FAIL +OK",
        "COPY, absent, - + - + -, -FAIL +OK -FAIL +OK -FAIL",
        "COPY, present, + - + - +, +OK -FAIL +OK -FAIL +OK",
    })
    void bundleInDefault(Roots roots, String atFirst, String plan, String expected) {
        node.configure();
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);

        String seen = containerd.steps(plan, () -> node.trust(lab.ours), node::trust, registry);

        assertThat(seen).isEqualTo(expected);
    }
}
