package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a file is, who may read it and its SELinux label, which a kernel without SELinux keeps as well. */
class ReplacedFilesTest {

    private static final String LABEL = "system_u:object_r:cert_t:s0";

    private Authority one;
    private DebianRoot root;
    private TrustStore store;

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        assumeTrue(Programs.isRoot(), "needs root, to give files to others and to label them");
        assumeTrue(Programs.exists("/usr/bin/python3"), "needs Debian's python3, to label files");
        one = Authority.make(folder, "one");
        root = DebianRoot.make(folder.resolve("root"));
        store = TrustStore.at(root.path());
    }

    private static void label(Path file) {
        Programs.run(List.of(
                        "/usr/bin/python3",
                        "-c",
                        "import os, sys; os.setxattr(sys.argv[1], 'security.selinux', sys.argv[2].encode() + b'\\0')",
                        file.toString(),
                        LABEL))
                .succeeded();
    }

    private static String labelOf(Path file) {
        return Programs.run(List.of(
                        "/usr/bin/python3",
                        "-c",
                        "import os, sys; print(os.getxattr(sys.argv[1], 'security.selinux').decode().strip('\\0'))",
                        file.toString()))
                .succeeded()
                .strip();
    }

    private static String ownerAndMode(Path file) {
        return Programs.run(List.of("stat", "-c", "%u:%g %a", file.toString()))
                .succeeded()
                .strip();
    }

    @Test
    void aFileThatIsReplacedKeepsItsOwnerItsModeAndItsLabel() throws Exception {
        Programs.run(List.of("chown", "1234:4321", root.bundle().toString())).succeeded();
        Programs.run(List.of("chmod", "664", root.bundle().toString())).succeeded();
        label(root.bundle());

        assertThat(store.apply(Wanted.of(Authority.set(one))).written()).isTrue();

        assertThat(root.inBundle()).contains(one.certificate().identity());
        assertThat(ownerAndMode(root.bundle())).isEqualTo("1234:4321 664");
        assertThat(labelOf(root.bundle())).isEqualTo(LABEL);
    }

    @Test
    void aNewFileHasTheOwnerAndTheLabelOfAFileBesideIt() throws Exception {
        Path sibling = root.anchors().resolve("administrator.crt");
        Files.writeString(sibling, one.certificate().pem());
        Programs.run(List.of("chown", "1234:4321", sibling.toString())).succeeded();
        label(sibling);

        Authority other = Authority.make(root.path().resolveSibling(""), "other");
        store.apply(Wanted.of(Authority.set(other)));

        assertThat(ownerAndMode(root.anchor(other))).isEqualTo("1234:4321 644");
        assertThat(labelOf(root.anchor(other))).isEqualTo(LABEL);
    }
}
