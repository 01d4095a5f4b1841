package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code certs.d/_default} may hold, and what it must never hold: for each state of it, how a pull ends from a registry
 * of ours and from one of a public-like root, with no roots and with the distribution's. The same on all three ages.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class DefaultDirectoryTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    DefaultDirectoryTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @ParameterizedTest(name = "{1}, {0}: ours {2}, public {3}")
    @CsvSource({
        "NONE, absent, FAIL, FAIL",
        "NONE, empty, FAIL, FAIL",
        "NONE, dangling link, UNREADABLE, UNREADABLE",
        "NONE, empty file, UNLOADABLE, UNLOADABLE",
        "NONE, text without a certificate, UNLOADABLE, UNLOADABLE",
        "NONE, junk beside a good one, UNLOADABLE, UNLOADABLE",
        "NONE, garbage among good ones, OK, OK",
        "NONE, cut off among good ones, OK, OK",
        "NONE, two files, OK, OK",
        "NONE, the bundle, OK, OK",
        "NONE, ours alone, OK, FAIL",
        "NONE, a temporary file of another name, OK, FAIL",
        "COPY, absent, FAIL, OK",
        "COPY, empty, FAIL, OK",
        "COPY, dangling link, UNREADABLE, UNREADABLE",
        "COPY, empty file, UNLOADABLE, UNLOADABLE",
        "COPY, text without a certificate, UNLOADABLE, UNLOADABLE",
        "COPY, junk beside a good one, UNLOADABLE, UNLOADABLE",
        "COPY, garbage among good ones, OK, OK",
        "COPY, cut off among good ones, OK, OK",
        "COPY, two files, OK, OK",
        "COPY, the bundle, OK, OK",
        "COPY, ours alone, OK, OK",
        "COPY, a temporary file of another name, OK, OK",
    })
    void state(Roots roots, String state, String expectedOurs, String expectedPublic) {
        node.configure();
        String directory = Node.HOST_DIRECTORIES + "/_default/";
        String both = LAB.ours().pem() + LAB.distribution().pem();
        switch (state) {
            case "absent" -> {}
            case "empty" -> {
                node.write(directory + "gone", "");
                node.remove(directory + "gone");
            }
            case "dangling link" -> node.link(directory + "ca.crt", "/nowhere");
            case "empty file" -> node.write(directory + "ca.crt", "");
            case "text without a certificate" -> node.write(directory + "ca.crt", "no certificate\n");
            case "junk beside a good one" -> {
                node.write(directory + "ca.crt", both);
                node.write(directory + "junk.crt", "junk\n");
            }
            case "garbage among good ones" ->
                node.write(
                        directory + "ca.crt",
                        LAB.ours().pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                                + LAB.distribution().pem());
            case "cut off among good ones" ->
                node.write(directory + "ca.crt", both + LAB.second().pem().substring(0, 200) + "\n");
            case "two files" -> {
                node.write(directory + "a.crt", LAB.ours().pem());
                node.write(directory + "b.crt", LAB.distribution().pem());
            }
            case "the bundle" -> {
                node.trust(LAB.ours());
                node.defaultIsTheBundle();
            }
            case "ours alone" -> node.write(directory + "ours.crt", LAB.ours().pem());
            case "a temporary file of another name" -> {
                node.write(directory + "ours.crt", LAB.ours().pem());
                node.write(directory + "ours.crt.tmp", "half a certif");
            }
            default -> throw new AssertionError(state);
        }

        Containerd containerd = node.shared(roots);
        assertThat(containerd.verdict(ours.image()) + " / " + containerd.verdict(distribution.image()))
                .isEqualTo(expectedOurs + " / " + expectedPublic);
    }

    @ParameterizedTest(name = "ours.crt with our CAs alone, each step right at once, {0}")
    @CsvSource({"COPY, OK", "NONE, FAIL"})
    void oursAlone(Roots roots, String expectedPublic) {
        TlsRegistry second = LAB.registry(
                LAB.second(), "second-" + node.build() + roots.name().toLowerCase(java.util.Locale.ROOT));
        String file = Node.HOST_DIRECTORIES + "/_default/ours.crt";
        node.configure();
        Containerd containerd = node.containerd(roots);
        StringBuilder seen = new StringBuilder();
        for (String step : new String[] {"A", "B", "none", "A", "A and B"}) {
            switch (step) {
                case "A" -> node.write(file, LAB.ours().pem());
                case "B" -> node.write(file, LAB.second().pem());
                case "A and B" ->
                    node.write(file, LAB.ours().pem() + LAB.second().pem());
                default -> node.remove(file);
            }
            seen.append(step)
                    .append(": ")
                    .append(containerd.verdict(ours.image()))
                    .append(' ')
                    .append(containerd.verdict(second.image()))
                    .append(' ')
                    .append(containerd.verdict(distribution.image()))
                    .append("; ");
        }

        assertThat(seen.toString())
                .isEqualTo(("A: OK FAIL %1$s; B: FAIL OK %1$s; none: FAIL FAIL %1$s; A: OK FAIL %1$s;"
                                + " A and B: OK OK %1$s; ")
                        .formatted(expectedPublic));
    }

    @ParameterizedTest(name = "the directory of a registry is called {0}: {1}")
    @CsvSource({"HOST, FAIL", "HOST:PORT, OK", "HOST_PORT_, OK"})
    void nameOfTheDirectory(String form, String expected) {
        node.configure();
        node.write(
                Node.HOST_DIRECTORIES + "/"
                        + form.replace("HOST", ours.host())
                                .replace(
                                        "PORT",
                                        ours.address().substring(ours.address().indexOf(':') + 1))
                        + "/ca.crt",
                LAB.ours().pem());
        Containerd containerd = node.containerd(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo(expected);
    }

    @Test
    void noPullFailsWhileTheBundleIsReplaced() throws InterruptedException {
        node.configure();
        node.trust(LAB.ours());
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(Roots.COPY);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger replaced = new AtomicInteger();
        Thread writer = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                node.trust(LAB.ours(), LAB.second());
                node.trust(LAB.second(), LAB.ours());
                replaced.addAndGet(2);
            }
        });

        List<String> failed = new ArrayList<>();
        for (int pull = 0; pull < 20; pull++) {
            String verdict = containerd.verdict(ours.image());
            if (!verdict.equals("OK")) {
                failed.add(verdict);
            }
        }
        over.set(true);
        writer.join();

        assertThat(failed).isEmpty();
        assertThat(replaced.get()).isGreaterThan(20);
    }
}
