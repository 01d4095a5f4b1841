package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What only newer ages of containerd have: pulls by the transfer service, and back by {@code use_local_image_pull}; the
 * configuration of version 3; image verifiers and NRI without being asked for; a collector of traces from the environment.
 */
final class NewerContainerdTest {

    private static final String RECORDED = "/var/lib/recorded/environment";

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");

    @ParameterizedTest(name = "2.1: {0}, use_local_image_pull, CA present when the roots are read: {1}")
    @CsvSource({"STOCK, +OK -OK +OK", "NONE, +OK -FAIL +OK", "COPY, +OK -FAIL +OK"})
    void lifeCycleWithPullsByTheCriService(Roots roots, String expected) {
        Node node = LAB.node(ContainerdBuild.SID);
        node.write(Node.CONFIGURATION, Configuration.localPull(Node.HOST_DIRECTORIES));
        node.defaultIsTheBundle();
        Containerd containerd = node.containerd(roots);

        String seen = containerd.steps("+ - +", () -> node.trust(LAB.ours()), node::trust, ours);

        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void twoPathsWorkWithPullsByTheCriService() {
        Node node = LAB.node(ContainerdBuild.SID);
        node.write(Node.CONFIGURATION, Configuration.localPull(Node.HOST_DIRECTORIES + ":/etc/docker/certs.d"));
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());

        assertThat(node.containerd(Roots.COPY).verdict(ours.image())).isEqualTo("OK");
    }

    @ParameterizedTest(
            name = "2.1: main file of version {0}, drop-in of version 3: the main file''s snapshotter is {1}")
    @CsvSource({"3, kept", "2, lost"})
    void dropIn(int main, String snapshotter) {
        Node node = LAB.node(ContainerdBuild.SID);
        // With pulls by the CRI service: the transfer service unpacks for the snapshotters in a table of its own.
        node.write(
                Node.CONFIGURATION,
                "version = " + main + "\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n"
                        + (main == 3
                                ? "[plugins.'io.containerd.cri.v1.images']\n  use_local_image_pull = true\n"
                                : "[plugins.'io.containerd.grpc.v1.cri'.containerd]\n")
                        + "  snapshotter = 'native'\n");
        node.write("/etc/containerd/conf.d/capstan.toml", Configuration.of(3, Node.HOST_DIRECTORIES));
        node.write(Node.HOST_DIRECTORIES + "/_default/ours.crt", LAB.ours().pem());

        assertThat(node.containerd(Roots.COPY).verdict(ours.image())).isEqualTo("OK");

        String dump = node.run("containerd", "config", "dump").orFail().text();
        assertThat(dump).containsPattern("config_path = ['\"]" + Node.HOST_DIRECTORIES);
        assertThat(dump.matches("(?s).*\n\\s+snapshotter = ['\"]native.*")).isEqualTo(snapshotter.equals("kept"));
    }

    @Test
    void hostDirectoriesOfTheTransferServiceHaveNoEffect() {
        Node node = LAB.node(ContainerdBuild.SID);
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

    @Test
    void imageVerifierDoes() {
        Node node = LAB.node(ContainerdBuild.SID);
        node.recorder("/opt/verifiers/recorder", RECORDED, "exit 0");
        node.write(
                Node.CONFIGURATION,
                Configuration.of(3, Node.HOST_DIRECTORIES)
                        + "[plugins.\"io.containerd.image-verifier.v1.bindir\"]\n  bin_dir = \"/opt/verifiers\"\n"
                        + "  max_verifiers = 1\n  per_verifier_timeout = \"10s\"\n");
        node.defaultIsTheBundle();
        node.trust(LAB.ours());
        Containerd containerd = node.containerd(Roots.COPY);

        assertThat(containerd.verdict(ours.image())).isEqualTo("OK");

        assertThat(node.read(RECORDED)).contains("SSL_CERT_FILE=" + Node.DISTRIBUTION_COPY);
    }

    @Test
    void pluginsOfNriDoNot() {
        Node node = LAB.node(ContainerdBuild.SID);
        node.recorder("/opt/nri/plugins/10-recorder", RECORDED, "exit 0");
        node.configure();
        node.containerd(Roots.COPY);

        Await.until("containerd has started the plugin", () -> Files.exists(node.path(RECORDED)));
        node.remove("/opt/nri");
        assertThat(node.read(RECORDED)).doesNotContain("SSL_CERT");
    }

    /** containerd's own exporter of traces has no host directory: it uses the roots alone, unless told otherwise. */
    @ParameterizedTest(name = "{0}: exporter of traces to a collector behind our CA, {1}, {2}: {3}")
    @CsvSource({
        "TRIXIE, STOCK, no variable of its own, OK",
        "TRIXIE, NONE, no variable of its own, FAIL",
        "TRIXIE, COPY, no variable of its own, FAIL",
        "TRIXIE, COPY, OTEL_EXPORTER_OTLP_CERTIFICATE, OK",
        "SID, STOCK, no variable of its own, OK",
        "SID, NONE, no variable of its own, FAIL",
        "SID, COPY, no variable of its own, FAIL",
        "SID, COPY, OTEL_EXPORTER_OTLP_CERTIFICATE, OK",
    })
    void exporterOfTraces(ContainerdBuild build, Roots roots, String variable, String expected) {
        Node node = LAB.node(build);
        TlsRegistry collector = LAB.registry(
                LAB.ours(),
                "collector-" + build + "-" + roots.name().toLowerCase(Locale.ROOT) + "-"
                        + expected.toLowerCase(Locale.ROOT));
        node.configure();
        node.trust(LAB.ours());
        Map<String, String> environment = new TreeMap<>(Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "https://" + collector.address(),
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_BSP_SCHEDULE_DELAY", "100"));
        if (variable.startsWith("OTEL")) {
            environment.put(variable, Node.BUNDLE);
        }
        Containerd containerd = node.containerd(roots, environment);
        assertThat(containerd.pull(ours.image()).words()).isNotNull();

        Await.until(
                "containerd has sent traces or failed to: " + collector.address(),
                () -> collector.requests() > 0 || containerd.log().contains("/v1/traces"));

        assertThat(collector.requests() > 0 ? "OK" : "FAIL")
                .as(containerd.log())
                .isEqualTo(expected);
    }
}
