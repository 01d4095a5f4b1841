package dev.capstan.server.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeFolderTest {

    @TempDir
    private Path temporary;

    @Test
    void whereItIsFollowsTheEnvironment() {
        assertThat(HomeFolder.locate(Map.of("CAPSTAN_HOME", "/a/../b", "XDG_STATE_HOME", "/x", "HOME", "/h")))
                .isEqualTo(Path.of("/b"));
        assertThat(HomeFolder.locate(Map.of("XDG_STATE_HOME", "/x", "HOME", "/h")))
                .isEqualTo(Path.of("/x/capstan"));
        assertThat(HomeFolder.locate(Map.of("XDG_STATE_HOME", "relative", "HOME", "/h")))
                .isEqualTo(Path.of("/h/.local/state/capstan"));
        assertThat(HomeFolder.locate(Map.of("HOME", "/h"))).isEqualTo(Path.of("/h/.local/state/capstan"));
    }

    @Test
    void aNewOneIsOpenToItsOwnerAlone() throws Exception {
        var home = HomeFolder.open(temporary.resolve("a/b/home"));

        assertThat(mode(home.path())).isEqualTo("rwx------");
    }

    @Test
    void oneThatOthersCanReadIsClosedToThem() throws Exception {
        var folder = folder("rwxr-xr-x");

        HomeFolder.open(folder);

        assertThat(mode(folder)).isEqualTo("rwx------");
    }

    @Test
    void oneThatOthersCanWriteIsRefused() throws Exception {
        for (var mode : new String[] {"rwx----w-", "rwx-w----", "rwxrwxrwx"}) {
            var folder = folder(mode);

            assertThatThrownBy(() -> HomeFolder.open(folder))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("can be written by others")
                    .hasMessageContaining(mode);
            assertThat(mode(folder)).isEqualTo(mode);
        }
    }

    @Test
    void somebodyElsesIsRefused() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "giving a folder away needs root");
        var folder = folder("rwx------");
        Files.setAttribute(folder, "unix:uid", 65534);

        assertThatThrownBy(() -> HomeFolder.open(folder))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("belongs to");
    }

    @Test
    void aFolderOfOtherThingsIsRefusedAndLeftAsItIs() throws Exception {
        var folder = folder("rwxr-xr-x");
        Files.writeString(folder.resolve("letter.txt"), "dear");

        assertThatThrownBy(() -> HomeFolder.open(folder))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("holds other things");
        assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
        assertThat(folder).isDirectoryNotContaining("glob:**lock");
    }

    @Test
    void aFileIsRefused() throws Exception {
        var file = Files.writeString(temporary.resolve("file"), "");

        assertThatThrownBy(() -> HomeFolder.open(file))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("is not a folder");
    }

    @Test
    void oneWhoseFirstStartWasCutShortIsOpenedAgain() throws Exception {
        var folder = temporary.resolve("home");
        HomeFolder.open(folder);
        Files.writeString(folder.resolve("half-done"), "");

        assertThat(HomeFolder.open(folder).path()).isEqualTo(folder.toRealPath());
    }

    @Test
    void aSecretIsReplacedWholeAndNeverReadableByOthers() throws Exception {
        var home = HomeFolder.open(temporary.resolve("home"));
        home.writeSecret("secret", "one, a longer text");
        home.writeSecret("secret", "two");
        home.write("open", "three");

        assertThat(home.read("secret")).isEqualTo("two");
        assertThat(mode(home.resolve("secret"))).isEqualTo("rw-------");
        assertThat(mode(home.resolve("open"))).isEqualTo("rw-r--r--");
        assertThat(home.path()).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void whatACrashLeftOfAWriteIsWrittenOver() throws Exception {
        var home = HomeFolder.open(temporary.resolve("home"));
        Files.writeString(home.resolve(".secret.new"), "half");

        home.writeSecret("secret", "whole");

        assertThat(home.read("secret")).isEqualTo("whole");
    }

    private Path folder(String mode) throws Exception {
        var folder = Files.createTempDirectory(temporary, "home");
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
