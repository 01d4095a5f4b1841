package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.runtime.HostDirectories;
import dev.capstan.runtime.HostDirectory;
import dev.capstan.runtime.SystemBundle;
import dev.capstan.runtime.toml.Toml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host directories that would take the place of legacy mirrors. */
class LegacyRegistryTest {

    private static final Path WILD = Path.of("src/test/resources/dev/capstan/runtime/prepare/wild");

    @TempDir
    private Path root;

    @Test
    void filesThatAreOfferedLetTheSetThrough() throws Exception {
        Path bundle = Path.of("/etc/ssl/certs/ca-certificates.crt");
        for (String file : List.of("etc/ssl/certs/ca-certificates.crt", "etc/harbor/ca.pem")) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(bundle, root.resolve(file));
        }
        for (String wild : List.of("gke-cos-v2.toml", "harbor-guide-mirrors-tls-v2.toml")) {
            List<LegacyRegistry.HostsFile> files =
                    LegacyRegistry.instead(Toml.parse(Files.readString(WILD.resolve(wild))), SystemBundle.path(root));
            assertThat(files).as(wild).isNotEmpty();
            for (LegacyRegistry.HostsFile file : files) {
                Path folder = Files.createDirectories(
                        root.resolve("etc/containerd/certs.d").resolve(file.folder()));
                Files.write(folder.resolve("hosts.toml"), file.lines());
            }
        }

        for (boolean two : new boolean[] {false, true}) {
            HostDirectories found = HostDirectories.look(root, List.of("/etc/containerd/certs.d"), two);
            assertThat(found.directories())
                    .extracting(HostDirectory::registry)
                    .containsExactlyInAnyOrder("docker.io", "harbor.corp.test");
            assertThat(found.directories())
                    .allSatisfy(directory -> assertThat(directory.hides()).isEmpty());
            assertThat(found.obstacles()).isEmpty();
        }
    }
}
