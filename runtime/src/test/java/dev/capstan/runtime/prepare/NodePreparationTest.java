package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

    private static final String OURS = "/etc/ours.pem";
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
        for (String program : new String[] {"/usr/bin/containerd", "/usr/sbin/runc", "/usr/bin/busybox", "/usr/bin/curl"}) {
            assumeTrue(Files.isExecutable(Path.of(program)), "needs " + program);
        }
    }

    /** A node with a set of ours of one certificate. */
    static PrivateNode node(Path folder, String configuration) throws Exception {
        PrivateNode node = PrivateNode.make(folder, "/usr/bin/containerd", configuration);
        String bundle = Files.readString(Path.of("/etc/ssl/certs/ca-certificates.crt"), StandardCharsets.ISO_8859_1);
        int end = bundle.indexOf("-----END CERTIFICATE-----") + "-----END CERTIFICATE-----\n".length();
        Files.writeString(node.root().resolve(OURS.substring(1)), bundle.substring(bundle.indexOf("-----BEGIN"), end));
        return node;
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
            assertThat(node.root().resolve("etc/containerd/config.toml"))
                    .hasContent(CONFIGURATION + """

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
                            assertThat(files).allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                                    .hasSize(2));
                        }
                    });

            Map<String, String> prepared = node.files();
            assertThat(preparer.carryOut("apply")).startsWith("Prepared");
            assertThat(node.restarts()).isEqualTo(1);
            assertThat(node.files()).isEqualTo(prepared);

            assertThat(preparer.carryOut("undo")).isEqualTo("undone");
            assertThat(node.restarts()).isEqualTo(2);
            assertThat(node.environment()).doesNotContain("SSL_CERT");
            assertThat(node.containerProcess()).isEqualTo(container);
            assertThat(node.files()).isEqualTo(before);
            assertThat(preparer.carryOut("undo")).isEqualTo("nothing to undo");
            assertThat(node.restarts()).isEqualTo(2);
        }
    }
}
