package dev.capstan.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of the program side by side. */
class ProgramsTest {

    @TempDir
    private Path folder;

    private Layout layout;

    @BeforeEach
    void makeRoot() throws IOException {
        layout = new Layout(folder.resolve("root"));
        Files.createDirectories(layout.programs());
        Files.createDirectories(folder.resolve("root/usr/local/bin"));
    }

    private Programs distribution(String key) throws IOException {
        Path from = folder.resolve("dist-" + key);
        for (String part : List.of("bin", "lib/agent", "lib/proof", "lib/cli", "lib/java", "lib/server")) {
            Files.createDirectories(from.resolve(part));
        }
        Files.writeString(from.resolve("key"), key + "\n");
        Files.writeString(from.resolve("bin/capstan"), key);
        Path jar = Files.writeString(from.resolve("lib/agent/one.jar"), "jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000_000_000L));
        Files.createLink(from.resolve("lib/cli/one.jar"), jar);
        Files.writeString(from.resolve("lib/cli/cli.aot"), "cache of another Java");
        return new Programs(layout, from);
    }

    private void install(Programs programs) throws IOException {
        var before = programs.inUse();
        programs.bring();
        programs.use(layout.programs().resolve(programs.name()));
        var kept = new java.util.ArrayList<>(List.of(layout.programs().resolve(programs.name())));
        before.ifPresent(kept::add);
        programs.keep(kept);
    }

    private List<String> installed() throws IOException {
        try (Stream<Path> all = Files.list(layout.programs())) {
            return all.map(path -> path.getFileName().toString())
                    .map(name -> name.substring(name.lastIndexOf('-') + 1))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void versionIsCopiedWithTimesAndLinksAndWithoutWhatIsTheControlPlanes() throws Exception {
        Programs one = distribution("1");
        install(one);

        Path there = one.inUse().orElseThrow();
        assertThat(Files.readString(layout.bin().resolve("capstan"))).isEqualTo("1");
        assertThat(Files.getLastModifiedTime(there.resolve("lib/agent/one.jar")).toMillis())
                .isEqualTo(1_000_000_000_000L);
        assertThat(Files.getAttribute(there.resolve("lib/agent/one.jar"), "unix:ino"))
                .isEqualTo(Files.getAttribute(there.resolve("lib/cli/one.jar"), "unix:ino"));
        assertThat(there.resolve("lib/server")).doesNotExist();
        assertThat(there.resolve("lib/cli/cli.aot")).doesNotExist();
    }

    @Test
    void versionBeforeIsKeptAndTheOneBeforeItGoes() throws Exception {
        for (String key : List.of("1", "2", "3")) {
            install(distribution(key));
        }
        assertThat(installed()).containsExactly("2", "3", "bin");
        assertThat(Files.readString(layout.bin().resolve("capstan"))).isEqualTo("3");
    }

    @Test
    void whatAKilledCopyLeftIsReplaced() throws Exception {
        Programs one = distribution("1");
        Files.createDirectories(layout.programs().resolve(".new-" + one.name()).resolve("bin"));
        Files.createSymbolicLink(layout.programs().resolve(".new-bin"), Path.of("nowhere"));

        assertThat(one.isThere()).isFalse();
        install(one);

        assertThat(installed()).containsExactly("1", "bin");
    }

    @Test
    void programOfSomebodyElseIsNeitherReplacedNorTakenAway() throws Exception {
        Files.createDirectories(layout.bin());
        Programs one = distribution("1");

        assertThat(one.problems()).singleElement().asString().contains("is not from 'capstan agent install'");
        one.remove();
        assertThat(layout.bin()).exists();
        Files.writeString(layout.command(), "somebody's");
        one.offer();
        assertThat(Files.readString(layout.command())).isEqualTo("somebody's");
    }

    @Test
    void removalLeavesNothing() throws Exception {
        Programs one = distribution("1");
        install(one);
        one.offer();
        assertThat(Files.isSymbolicLink(layout.command())).isTrue();

        one.remove();

        assertThat(layout.programs()).doesNotExist();
        assertThat(Files.isSymbolicLink(layout.command())).isFalse();
    }
}
