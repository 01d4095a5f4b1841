package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node is prepared and brought back: real containerd, real container, one restart each way. */
class NodePreparationTest {

    static final String OURS = "/etc/ours.pem";
    private static final String CONFIGURATION = """
            # The node's own.
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "pause:3.9"   # kept
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void possible() {
        assumePossible();
    }

    static void assumePossible() {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root, for namespaces of its own");
        for (String program :
                new String[] {"/usr/bin/containerd", "/usr/sbin/runc", "/usr/bin/busybox", "/usr/bin/curl"}) {
            assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
    }

    /** A node with a set of ours of one certificate. */
    static PrivateNode node(Path folder, String configuration) throws Exception {
        PrivateNode node = PrivateNode.make(folder, "/usr/bin/containerd", configuration);
        furnish(node);
        return node;
    }

    static void furnish(PrivateNode node) throws IOException {
        furnish(node.root());
    }

    /** Gives a node our set. */
    static void furnish(Path root) throws IOException {
        String bundle = Files.readString(Path.of("/etc/ssl/certs/ca-certificates.crt"), StandardCharsets.ISO_8859_1);
        int end = bundle.indexOf("-----END CERTIFICATE-----") + "-----END CERTIFICATE-----\n".length();
        Files.writeString(root.resolve(OURS.substring(1)), bundle.substring(bundle.indexOf("-----BEGIN"), end));
    }

    static Preparer preparer(PrivateNode node) throws Exception {
        return Preparer.in(node, OURS);
    }

    @Test
    void isPreparedByOneRestartAndBroughtBackByAnotherByteForByte() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Map<String, String> before = node.files();
            String container = node.containerProcess();

            assertThat(preparer.carryOut("look"))
                    .contains("Planned", "config.toml", "50-capstan.conf", "distribution-roots.pem", "capstan.crt")
                    .contains("systemctl restart containerd.service");
            assertThat(node.files()).as("a look writes nothing").isEqualTo(before);
            assertThat(node.restarts()).isZero();

            assertThat(preparer.carryOut("apply")).startsWith("Planned");
            assertThat(node.restarts()).isEqualTo(1);
            assertThat(node.environment())
                    .contains("SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem")
                    .contains("SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates");
            assertThat(node.containerProcess()).isEqualTo(container);
            assertThat(node.root().resolve("etc/containerd/config.toml")).hasContent(CONFIGURATION + """

                            [plugins."io.containerd.grpc.v1.cri".registry]
                              config_path = "/etc/containerd/certs.d"
                            """);
            assertThat(node.root().resolve("etc/containerd/certs.d/_default/capstan.crt"))
                    .content()
                    .contains("BEGIN CERTIFICATE");
            assertThat(node.root().resolve("var/lib/capstan/runtime/prepare"))
                    .as("its files may hold passwords")
                    .satisfies(kept -> {
                        try (Stream<Path> files = Files.list(kept)) {
                            assertThat(files)
                                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                                            .hasSize(2));
                        }
                    });

            Map<String, String> prepared = node.files();
            assertThat(preparer.carryOut("apply")).startsWith("Prepared");
            assertThat(node.restarts()).isEqualTo(1);
            assertThat(node.files()).isEqualTo(prepared);

            Files.delete(node.root().resolve("etc/containerd/certs.d/_default/capstan.crt"));
            assertThat(preparer.carryOut("apply")).contains("capstan.crt", "restart=,");
            assertThat(node.restarts()).as("our set alone needs none").isEqualTo(1);
            assertThat(node.files().keySet()).isEqualTo(prepared.keySet());

            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(node.restarts()).isEqualTo(2);
            assertThat(node.environment()).doesNotContain("SSL_CERT");
            assertThat(node.containerProcess()).isEqualTo(container);
            assertThat(node.files()).isEqualTo(before);
            assertThat(preparer.carryOut("undo")).isEqualTo("nothing to undo");
            assertThat(node.restarts()).isEqualTo(2);
        }
    }

    @Test
    void runtimeThatDoesNotComeBackIsPutBackWithWords() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Map<String, String> before = node.files();
            String container = node.containerProcess();
            Files.createFile(node.root().resolve("run/stand-in/breaks"));

            assertThat(preparer.carryOut("apply"))
                    .startsWith(
                            "failed The node could not be prepared: systemctl restart containerd.service ended with code 1")
                    .contains("and said: ", "Job for containerd.service failed")
                    .contains("Everything was put back");

            assertThat(node.files()).isEqualTo(before);
            assertThat(node.restarts())
                    .as("its own, and the one that puts it back")
                    .isEqualTo(2);
            assertThat(node.environment()).doesNotContain("SSL_CERT");
            assertThat(node.containerProcess()).isEqualTo(container);
            assertThat(node.succeeds("ctr version")).contains("Server");

            Files.delete(node.root().resolve("run/stand-in/breaks"));
            assertThat(preparer.carryOut("apply")).startsWith("Planned");
        }
    }

    @Test
    void undoNeverOverwritesWhatSomebodyChangedSince() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            preparer.carryOut("apply");
            Path file = node.root().resolve("etc/containerd/config.toml");
            String prepared = Files.readString(file);
            Files.writeString(file, prepared.replace("pause:3.9", "pause:3.10") + "# password = \"hidden\"\n");
            Map<String, String> changed = node.files();

            assertThat(preparer.carryOut("undo"))
                    .startsWith("failed /etc/containerd/config.toml was changed since Capstan wrote it")
                    .contains("-  sandbox_image = \"pause:3.9\"", "+  sandbox_image = \"pause:3.10\"", "config_path")
                    .contains("Nothing was done", "systemctl restart containerd.service");

            assertThat(node.files()).isEqualTo(changed);
            assertThat(node.restarts()).isEqualTo(1);
            Files.writeString(file, prepared);
            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(file).hasContent(CONFIGURATION);
        }
    }

    @Test
    void whatIsNotSafeIsRefusedAllAtOnceAndNothingIsWritten() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Files.writeString(node.root().resolve("run/stand-in/killmode"), "control-group");
            Path mirror = node.root().resolve("etc/containerd/certs.d/docker.io");
            Files.createDirectories(mirror);
            Files.writeString(mirror.resolve("hosts.toml"), "[host.\"https://mirror.test\"]\n");
            Path config = node.root().resolve("etc/containerd/config.toml");
            Files.writeString(config, CONFIGURATION.replace("version = 2", "version = 2 # touched"));
            node.succeeds("sleep 1.1; touch /etc/containerd/config.toml");
            Map<String, String> before = node.files();

            for (String order : new String[] {"look", "apply", "apply with host directories"}) {
                assertThat(preparer.carryOut(order))
                        .startsWith("Refused")
                        .contains("KillMode=control-group", "kill every container")
                        .contains("docker.io/hosts.toml the line ca = ")
                        .contains("was changed after containerd started");
            }

            assertThat(node.files()).isEqualTo(before);
            assertThat(node.restarts()).isZero();
        }
    }

    @Test
    void hostDirectoryThatHidesTheSetIsNamedAndJoinedWhereAskedAndSafe() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Path directory = node.root().resolve("etc/containerd/certs.d/registry.test:5000");
            Files.createDirectories(directory);
            Files.copy(node.root().resolve("etc/ours.pem"), directory.resolve("ca.crt"));
            Map<String, String> before = node.files();

            assertThat(preparer.carryOut("apply"))
                    .startsWith("Refused")
                    .contains("registry.test:5000", "ln -s", "--host-directories");
            assertThat(node.files()).isEqualTo(before);

            assertThat(preparer.carryOut("apply with host directories")).startsWith("Planned");
            assertThat(directory.resolve("capstan.crt")).isSymbolicLink();
            assertThat(preparer.carryOut("apply")).startsWith("Prepared");

            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(node.files()).isEqualTo(before);
        }
    }

    @Test
    void restartThatCostsAContainerIsPutBackWithWords() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Map<String, String> before = node.files();
            Files.createFile(node.root().resolve("run/stand-in/kills"));

            assertThat(preparer.carryOut("apply"))
                    .startsWith("failed The node could not be prepared: containerd was restarted and answers as")
                    .contains("of 1 containers that ran before these were lost with their shims: [k8s.io/kept")
                    .contains("KillMode=process", "Everything was put back");

            assertThat(node.files()).isEqualTo(before);
            assertThat(node.restarts()).isEqualTo(2);
            assertThat(node.environment()).doesNotContain("SSL_CERT");
        }
    }

    @Test
    void containerThatEndsByItselfDuringTheRestartIsNotLost() throws Exception {
        try (PrivateNode node = node(folder, CONFIGURATION);
                Preparer preparer = preparer(node)) {
            Files.createFile(node.root().resolve("run/stand-in/ends"));

            assertThat(preparer.carryOut("apply")).startsWith("Planned");

            assertThat(preparer.said())
                    .anySatisfy(step -> assertThat(step)
                            .contains("no containers run on; ended by themselves meanwhile: process", "k8s.io/kept"));
            assertThat(node.restarts()).isEqualTo(1);
            assertThat(node.task()).as("its shim has its exit").contains("STOPPED");
        }
    }
}
