package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which process pulls, and so whose trust a pull shows: containerd (CRI, the transfer service), or the ctr that was called.
 * The roots were read while our CA was there; "+" it is in the bundle still, "-" it was removed.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class WhoPullsTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private static TlsRegistry ours;
    private static TlsRegistry distribution;

    @BeforeAll
    static void up() {
        ours = LAB.registry(LAB.ours(), "ours");
        distribution = LAB.registry(LAB.distribution(), "distribution");
    }

    private final Node node;

    WhoPullsTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{0}: ctr image pull {1}, roots {2}: {3}, public {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "bookworm | | STOCK | +OK -FAIL | OK",
                "bookworm | | NONE | +OK -FAIL | OK",
                "trixie | | STOCK | +OK -FAIL | OK",
                "trixie | | COPY | +OK -FAIL | OK",
                "trixie | --local=false | STOCK | +OK -OK | OK",
                "trixie | --local=false | NONE | +FAIL -FAIL | FAIL",
                "trixie | --local=false | COPY | +FAIL -FAIL | OK",
                "trixie | --local=false --hosts-dir | STOCK | +OK -OK | OK",
                "trixie | --local=false --hosts-dir | NONE | +FAIL -FAIL | FAIL",
                "trixie | --local=false --hosts-dir | COPY | +FAIL -FAIL | OK",
                "sid | | STOCK | +OK -OK | OK",
                "sid | | NONE | +FAIL -FAIL | FAIL",
                "sid | | COPY | +FAIL -FAIL | OK",
                "sid | --hosts-dir | STOCK | +OK -OK | OK",
                "sid | --hosts-dir | NONE | +OK -FAIL | OK",
                "sid | --hosts-dir | COPY | +OK -FAIL | OK",
                "sid | --local | STOCK | +OK -FAIL | OK",
                "sid | --local | NONE | +OK -FAIL | OK",
                "sid | --local --hosts-dir | COPY | +OK -FAIL | OK",
            })
    void ctr(String build, String arguments, Roots roots, String expected, String expectedPublic) {
        assumeTrue(node.build().toString().equals(build), "a row of containerd of " + build);
        node.configure();
        node.defaultIsTheBundle();
        String[] options = arguments == null
                ? new String[0]
                : arguments.replace("--hosts-dir", "--hosts-dir " + Node.HOST_DIRECTORIES).split(" ");
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(roots);
        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");

        String seen = "+" + node.ctr(ours, options);
        String seenPublic = node.ctr(distribution, options);
        node.trust();
        seen += " -" + node.ctr(ours, options);

        assertThat(seen).isEqualTo(expected);
        assertThat(seenPublic).isEqualTo(expectedPublic);
    }

    @Test
    void hostDirectoriesOfTheTransferServiceHaveNoEffect() {
        assumeTrue(node.build() == ContainerdBuild.SID, "the setting came with containerd 2.1");
        node.write(
                Node.CONFIGURATION,
                Configuration.of(3, Node.HOST_DIRECTORIES)
                        + "[plugins.\"io.containerd.transfer.v1.local\"]\n  config_path = \"" + Node.HOST_DIRECTORIES
                        + "\"\n");
        node.defaultIsTheBundle();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");
        assertThat(node.ctr(ours)).isEqualTo("FAIL");
    }

    /** So "fails again after removal" can be tested without removing the image. */
    @Test
    void criAsksTheRegistryAgainForAnImageItHas() {
        node.configure();
        node.defaultIsTheBundle();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.COPY);
        String image = ours.image();
        assertThat(containerd.verdict(image)).isEqualTo("OK");

        int before = ours.requests();
        assertThat(containerd.verdict(image)).isEqualTo("OK");
        assertThat(ours.requests()).isGreaterThan(before);

        node.trust();
        assertThat(containerd.verdict(image)).isEqualTo("FAIL");
    }
}
