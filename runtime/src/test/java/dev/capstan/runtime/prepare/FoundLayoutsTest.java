package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes laid out as others lay them out, with real containerds: prepared and brought back byte for byte, or refused with
 * words. k3s and MicroK8s themselves do not run here: what they do at each start is done as their sources have it.
 */
class FoundLayoutsTest {

    private static final Path RESOURCES = Path.of("src/test/resources/dev/capstan/runtime/prepare");
    private static final String CONFIGURATION = "version = 2\n# the node's own\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void possible() {
        NodePreparationTest.assumePossible();
    }

    @Test
    void microK8sKeepsItsRootIsAskedForTheLineOfDockerIoAndBroughtBack() throws Exception {
        Layout layout = new Layout(
                newest(Containerds.V1_7),
                "snap.microk8s.daemon-containerd.service",
                List.of(
                        "--config",
                        "/var/snap/microk8s/6876/args/containerd.toml",
                        "--root",
                        "/var/snap/microk8s/common/var/lib/containerd",
                        "--state",
                        "/var/snap/microk8s/common/run/containerd",
                        "--address",
                        "/var/snap/microk8s/common/run/containerd.sock"),
                "/var/snap/microk8s/common/run/containerd.sock",
                "/var/snap/microk8s/common/run/containerd",
                """
                cd /var/snap/microk8s/6876/args
                sed 's@${SNAP_DATA}@/var/snap/microk8s/6876@g;s@${SNAPSHOTTER}@overlayfs@g;s@${RUNTIME}@runc@g;s@${RUNTIME_TYPE}@io.containerd.runc.v2@g' \\
                  containerd-template.toml >containerd.toml
                """);
        try (PrivateNode node = PrivateNode.make(folder, layout)) {
            NodePreparationTest.furnish(node);
            ownRoot(node, "/var/snap/microk8s/common/var/lib/containerd");
            Path args = Files.createDirectories(node.root().resolve("var/snap/microk8s/6876/args"));
            node.succeeds("ln -s 6876 /var/snap/microk8s/current; mkdir -p /var/snap/microk8s/common/run");
            Path template = args.resolve("containerd-template.toml");
            Files.copy(RESOURCES.resolve("microk8s/containerd-template.toml"), template);
            hosts(args, "localhost:32000", "http://localhost:32000", "http://localhost:32000", "");
            hosts(args, "docker.io", "https://docker.io", "https://registry-1.docker.io", "");
            node.start();
            try (Preparer preparer = NodePreparationTest.preparer(node)) {
                Map<String, String> before = node.files();
                String container = node.containerProcess();
                assertThat(preparer.carryOut("apply"))
                        .startsWith("Refused")
                        .contains("/var/snap/microk8s/6876/args/certs.d/docker.io/hosts.toml the line ca = ");
                assertThat(node.files()).isEqualTo(before);

                String ca = "ca = \"/etc/ssl/certs/ca-certificates.crt\"\n";
                hosts(args, "docker.io", "https://docker.io", "https://registry-1.docker.io", ca);
                Map<String, String> told = node.files();
                assertThat(preparer.carryOut("apply")).startsWith("Planned");
                assertThat(node.environment())
                        .contains("SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem");
                assertThat(args.resolve("certs.d/_default/capstan.crt")).isRegularFile();
                assertThat(node.root()
                                .resolve(
                                        "etc/systemd/system/snap.microk8s.daemon-containerd.service.d/50-capstan.conf"))
                        .isRegularFile();
                assertThat(template).hasSameTextualContentAs(RESOURCES.resolve("microk8s/containerd-template.toml"));
                assertThat(node.containerProcess()).isEqualTo(container);
                assertThat(preparer.carryOut("apply")).startsWith("Prepared");

                assertThat(preparer.carryOut("undo")).isEqualTo("undone");
                assertThat(node.files()).isEqualTo(told);
                assertThat(node.environment()).doesNotContain("SSL_CERT");
            }
        }
    }

    @Test
    void microK8sWithoutARootIsRefusedWithTheLinesOfItsTemplate() throws Exception {
        Layout layout = new Layout(
                "/usr/bin/containerd",
                "containerd.service",
                List.of("--config", "/var/snap/microk8s/6876/args/containerd.toml"),
                "/run/containerd/containerd.sock",
                "/run/containerd",
                "");
        try (PrivateNode node = PrivateNode.make(folder, layout)) {
            NodePreparationTest.furnish(node);
            Path args = Files.createDirectories(node.root().resolve("var/snap/microk8s/6876/args"));
            Files.writeString(args.resolve("containerd.toml"), CONFIGURATION);
            node.succeeds("sleep 0.05");
            node.start();
            try (Preparer preparer = NodePreparationTest.preparer(node)) {
                assertThat(preparer.carryOut("apply"))
                        .startsWith("Refused")
                        .contains("MicroK8s makes it anew at each start, of"
                                + " /var/snap/microk8s/6876/args/containerd-template.toml")
                        .contains("config_path = \"${SNAP_DATA}/args/certs.d\"");
            }
        }
    }

    @Test
    void k3sOfTodayNeedsItsVariablesAlone() throws Exception {
        k3s(
                newest(Containerds.V2),
                "wild/k3s-generated-v3.toml",
                List.of("-c", K3S + "/config.toml"),
                (node, preparer) -> {
                    Map<String, String> before = node.files();
                    String container = node.containerProcess();
                    assertThat(preparer.carryOut("apply"))
                            .startsWith("Planned")
                            .contains(
                                    "systemctl restart k3s.service (k3s.service is one service with kubelet and more");
                    assertThat(node.environment())
                            .contains("SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem")
                            .doesNotContain("CONTAINERD_SSL");
                    assertThat(node.root().resolve("etc/systemd/system/k3s.service.d/50-capstan.conf"))
                            .content()
                            .contains("Environment=CONTAINERD_SSL_CERT_DIR=");
                    assertThat(node.root().resolve(K3S.substring(1) + "/certs.d/_default/capstan.crt"))
                            .isRegularFile();
                    assertThat(node.containerProcess()).isEqualTo(container);
                    assertThat(preparer.carryOut("apply")).startsWith("Prepared");

                    assertThat(preparer.carryOut("undo")).isEqualTo("undone");
                    assertThat(node.files()).isEqualTo(before);
                    assertThat(node.environment()).doesNotContain("SSL_CERT");

                    // A mirror that registries.yaml names, as k3s writes it.
                    Path mirror = Files.createDirectories(node.root().resolve(K3S.substring(1) + "/certs.d/docker.io"));
                    Files.writeString(mirror.resolve("hosts.toml"), """
                    # File generated by k3s. DO NOT EDIT.
                    server = "https://registry-1.docker.io/v2"
                    capabilities = ["pull", "resolve", "push"]

                    [host]

                    [host."https://mirror.corp.test/v2"]
                      capabilities = ["pull", "resolve"]
                    """);
                    assertThat(preparer.carryOut("apply"))
                            .startsWith("Refused")
                            .contains(
                                    "k3s makes it anew at each start, of /etc/rancher/k3s/registries.yaml: write it there");
                });
    }

    @Test
    void k3sOfBeforeHasItsTemplateEditedAndMakesItsConfigurationOfIt() throws Exception {
        List<String> arguments = List.of(
                "-c",
                K3S + "/config.toml",
                "-a",
                "/run/k3s/containerd/containerd.sock",
                "--state",
                "/run/k3s/containerd",
                "--root",
                "/var/lib/rancher/k3s/agent/containerd");
        k3s("/usr/bin/containerd", "wild/k3s-generated-v2.toml", arguments, (node, preparer) -> {
            Path template = node.root().resolve(K3S.substring(1) + "/config.toml.tmpl");
            assertThat(preparer.carryOut("apply"))
                    .startsWith("Refused")
                    .contains(
                            "is made anew at each start, and there is no template of yours",
                            "{{ template \"base\" . }}");
            Files.writeString(template, "# ours\n{{ template \"base\" . }}\n");
            Map<String, String> before = node.files();

            assertThat(preparer.carryOut("apply")).startsWith("Planned").contains("config.toml.tmpl");
            assertThat(template)
                    .content()
                    .startsWith("# ours\n{{ template \"base\" . }}\n")
                    .contains(K3S + "/certs.d");
            assertThat(node.root().resolve(K3S.substring(1) + "/config.toml"))
                    .as("k3s has made it of the template")
                    .content()
                    .contains("# File generated by k3s", "config_path = \"" + K3S + "/certs.d\"");
            assertThat(node.environment()).contains("SSL_CERT_FILE=");
            assertThat(preparer.carryOut("apply")).startsWith("Prepared");

            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(node.files()).isEqualTo(before);
            assertThat(node.root().resolve(K3S.substring(1) + "/config.toml"))
                    .content()
                    .doesNotContain("config_path");

            Files.writeString(
                    template,
                    Files.readString(RESOURCES.resolve("wild/k3s-generated-v2.toml"))
                            .replaceFirst(".*\n", ""));
            node.succeeds("systemctl restart k3s.service");
            assertThat(preparer.carryOut("look"))
                    .as("a template of one's own, without the head that k3s puts on its own")
                    .startsWith("Planned")
                    .contains(K3S + "/config.toml.tmpl");
        });
    }

    private static final String K3S = "/var/lib/rancher/k3s/agent/etc/containerd";

    private interface Walk {
        void go(PrivateNode node, Preparer preparer) throws Exception;
    }

    /**
     * A node of k3s's: before each start its configuration is made of the user's template, if there is one, where the base
     * stands for the action that names it (k3s: pkg/agent/containerd, writeContainerdConfig).
     */
    private void k3s(String program, String base, List<String> arguments, Walk walk) throws Exception {
        Layout layout = new Layout(
                program,
                "k3s.service",
                arguments,
                "/run/k3s/containerd/containerd.sock",
                "/run/k3s/containerd",
                """
                cd %s
                template=$(ls config-v3.toml.tmpl config.toml.tmpl 2>/dev/null | head -1)
                if [ -z "$template" ]; then cp /run/stand-in/base config.toml; exit; fi
                sed -e '/^{{ template "base" . }}$/{r /run/stand-in/base
                  d}' "$template" >config.toml
                """.formatted(K3S));
        try (PrivateNode node = PrivateNode.make(folder, layout)) {
            NodePreparationTest.furnish(node);
            ownRoot(node, "/var/lib/rancher/k3s/agent/containerd");
            node.succeeds("mkdir -p " + K3S + " /run/k3s/containerd");
            // Nodes of tests share the machine's network, on which k3s's port for streams is free once.
            node.tell(
                    "base",
                    Files.readString(RESOURCES.resolve(base), StandardCharsets.ISO_8859_1)
                            .replace("10010", "0"));
            node.start();
            try (Preparer preparer = NodePreparationTest.preparer(node)) {
                walk.go(node, preparer);
            }
        }
    }

    /** Containerd's root may not lie on the node's overlay. */
    private static void ownRoot(PrivateNode node, String root) throws IOException {
        node.succeeds("mkdir -p %1$s && mount --bind /var/lib/containerd %1$s".formatted(root));
    }

    private static void hosts(Path args, String registry, String server, String host, String ca) throws IOException {
        Path directory = Files.createDirectories(args.resolve("certs.d/" + registry));
        Files.writeString(
                directory.resolve("hosts.toml"),
                "server = \"" + server + "\"\n" + ca + "\n[host.\"" + host
                        + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n" + (ca.isEmpty() ? "" : "  " + ca));
    }

    private static String newest(Containerds containerd) {
        assumeTrue(
                containerd.program().isPresent(), containerd + " is not here (end-to-end/lab/containerd unpacks it)");
        return containerd.program().orElseThrow();
    }
}
