package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan node prepare} where there is nothing to prepare; module runtime prepares whole nodes in its tests. */
class NodePrepareTest {

    @TempDir
    private Path root;

    @BeforeEach
    void makeRoot() throws Exception {
        write("etc/debian_version", "12.0\n");
        write("etc/ca-certificates.conf", "mozilla/shipped.crt\n");
        write("usr/sbin/update-ca-certificates", "#!/bin/sh\n");
        write("etc/ssl/certs/ca-certificates.crt", "# no certificates\n");
        Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
        Files.createDirectories(root.resolve("run"));
    }

    private void write(String path, String text) throws Exception {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private Run run(String... more) {
        var arguments = new ArrayList<>(List.of("node", "prepare", "--root", root.toString()));
        arguments.addAll(List.of(more));
        return Run.run(Map.of(), false, "", arguments.toArray(String[]::new));
    }

    private List<String> files() throws Exception {
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void withoutAContainerdNothingIsDoneAndTheWordsSayWhat() throws Exception {
        var before = files();

        for (var run : List.of(run("--plan"), run("--yes"), run("--yes", "-o", "json"))) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .startsWith("ERROR: No containerd runs on this node")
                    .contains("systemctl start containerd");
        }

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void planAndUndoAreNotBothMeant() {
        var run = run("--plan", "--undo");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--plan", "--undo", "mutually exclusive");
    }

    @Test
    void nodeIsBroughtBackOnlyAfterAYes() throws Exception {
        assertThat(run("--undo").code()).isEqualTo(1);
        assertThat(run("--undo").err()).contains("Use --yes");

        var undone = run("--undo", "--yes", "-o", "json");

        assertThat(undone.code()).as(undone.err()).isZero();
        assertThat(new ObjectMapper().readTree(undone.out()).path("state").asText())
                .isEqualTo("NothingToUndo");
        assertThat(run("--undo", "--yes").out()).contains("was not prepared");
    }

    @Test
    void rootThatIsNoFolderIsTheCommandLinesFault() {
        assertThat(Run.run(Map.of(), false, "", "node", "prepare", "--plan", "--root", root + "/nowhere")
                        .code())
                .isEqualTo(2);
    }
}
