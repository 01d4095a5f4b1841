package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which process pulls, and so whose trust a pull shows: containerd (CRI, the transfer service), or the ctr that was called.
 * The roots were read while our CA was there; "+" it is in the bundle still, "-" it was removed.
 */
final class WhoPullsTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");

    @ParameterizedTest(name = "{0}: ctr image pull {1}, roots {2}: {3}, public {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOKWORM | | STOCK | +OK -FAIL | OK",
                "BOOKWORM | | NONE | +OK -FAIL | OK",
                "TRIXIE | | STOCK | +OK -FAIL | OK",
                "TRIXIE | | COPY | +OK -FAIL | OK",
                "TRIXIE | --local=false | STOCK | +OK -OK | OK",
                "TRIXIE | --local=false | NONE | +FAIL -FAIL | FAIL",
                "TRIXIE | --local=false | COPY | +FAIL -FAIL | OK",
                "TRIXIE | --local=false --hosts-dir | STOCK | +OK -OK | OK",
                "TRIXIE | --local=false --hosts-dir | NONE | +FAIL -FAIL | FAIL",
                "TRIXIE | --local=false --hosts-dir | COPY | +FAIL -FAIL | OK",
                "SID | | STOCK | +OK -OK | OK",
                "SID | | NONE | +FAIL -FAIL | FAIL",
                "SID | | COPY | +FAIL -FAIL | OK",
                "SID | --hosts-dir | STOCK | +OK -OK | OK",
                "SID | --hosts-dir | NONE | +OK -FAIL | OK",
                "SID | --hosts-dir | COPY | +OK -FAIL | OK",
                "SID | --local | STOCK | +OK -FAIL | OK",
                "SID | --local | NONE | +OK -FAIL | OK",
                "SID | --local --hosts-dir | COPY | +OK -FAIL | OK",
            })
    void ctr(ContainerdBuild build, String arguments, Roots roots, String expected, String expectedPublic) {
        Node node = LAB.node(build);
        node.configure();
        node.defaultIsTheBundle();
        String[] options = arguments == null
                ? new String[0]
                : arguments
                        .replace("--hosts-dir", "--hosts-dir " + Node.HOST_DIRECTORIES)
                        .split(" ");
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

    /** So "fails again after removal" can be tested without removing the image. */
    @ParameterizedTest
    @EnumSource(ContainerdBuild.class)
    void criAsksTheRegistryAgainForAnImageItHas(ContainerdBuild build) {
        Node node = LAB.node(build);
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
