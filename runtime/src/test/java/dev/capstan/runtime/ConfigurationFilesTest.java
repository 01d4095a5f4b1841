package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files make up a configuration, and which of them was changed when. */
class ConfigurationFilesTest {

    @TempDir
    private Path root;

    @Test
    void importsAreFollowedAsContainerdFollowsThem() throws Exception {
        write(
                "/etc/containerd/config.toml",
                "imports = ['/etc/containerd/conf.d/*.toml', 'more/extra.toml', '/gone.toml']");
        write("/etc/containerd/conf.d/a.toml", "imports = ['../deep.toml']");
        write("/etc/containerd/conf.d/b{1}.toml", "");
        write("/etc/containerd/conf.d/c.txt", "");
        write("/etc/containerd/deep.toml", "imports = ['config.toml']");
        write("/etc/containerd/more/extra.toml", "not TOML");
        Files.createSymbolicLink(root.resolve("etc/containerd/conf.d/link.toml"), Path.of("/etc/linked.toml"));
        write("/etc/linked.toml", "");

        ConfigurationFiles found = ConfigurationFiles.of(root, "/etc/containerd/config.toml");

        assertThat(found.files())
                .containsExactly(
                        "/etc/containerd/conf.d/a.toml",
                        "/etc/containerd/conf.d/b{1}.toml",
                        "/etc/containerd/conf.d/link.toml",
                        "/etc/containerd/config.toml",
                        "/etc/containerd/deep.toml",
                        "/etc/containerd/more/extra.toml");
        assertThat(found.folders())
                .containsExactly("/", "/etc/containerd", "/etc/containerd/conf.d", "/etc/containerd/more");
    }

    @Test
    void absentFileIsNoneAndItsFolderIsKnown() throws Exception {
        ConfigurationFiles found = ConfigurationFiles.of(root, "/etc/containerd/config.toml");

        assertThat(found.files()).isEmpty();
        assertThat(found.folders()).containsExactly("/etc/containerd");
        assertThat(found.changedSince(root, 0)).isEmpty();
    }

    @Test
    void aChangeCountsFromTwentyMillisecondsBeforeTheStart() throws Exception {
        write("/etc/main.toml", "imports = ['a.toml', 'link.toml']");
        write("/etc/a.toml", "");
        write("/etc/target.toml", "");
        Files.createSymbolicLink(root.resolve("etc/link.toml"), Path.of("target.toml"));
        ConfigurationFiles files = ConfigurationFiles.of(root, "/etc/main.toml");
        long before = files.stamp(root);
        long written = changed("/etc/link.toml");
        while (System.currentTimeMillis() < written + 100) {
            Thread.sleep(5);
        }
        assertThat(files.stamp(root)).isEqualTo(before);

        write("/etc/target.toml", "");
        long changed = changed("/etc/target.toml");

        assertThat(files.changedSince(root, changed + 19)).contains("/etc/link.toml");
        assertThat(files.changedSince(root, changed + 20)).isEmpty();
        assertThat(files.stamp(root)).isNotEqualTo(before);
    }

    private long changed(String file) throws IOException {
        return ((FileTime) Files.getAttribute(root.resolve(file.substring(1)), "unix:ctime", LinkOption.NOFOLLOW_LINKS))
                .toMillis();
    }

    private void write(String file, String text) throws IOException {
        Path there = root.resolve(file.substring(1));
        Files.createDirectories(there.resolveSibling(""));
        Files.writeString(there, text);
    }
}
