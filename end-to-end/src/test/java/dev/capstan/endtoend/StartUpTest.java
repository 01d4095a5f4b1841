package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What `capstan aks show` does without, as the Java that runs it says: each of these costs more than the command itself. No time is taken
 * here; `benchmarks/show` takes it.
 */
final class StartUpTest {

    @TempDir
    private Path folder;

    @Test
    void aShowOpensNoJarAndTakesItsClassesFromTheCache() throws IOException {
        Path log = folder.resolve("log");
        try (CapstanHome home = CapstanHome.upWithDirectories(folder.resolve("home"), Repository.DISTRIBUTION)) {
            Cluster.create(home, "main", 1);

            // The launcher keeps Java from logging; what stands in this variable counts last.
            Program.Output shown = CapstanHome.as(
                            List.of("env", "_JAVA_OPTIONS=-Xlog:class+load,class+init:file=" + log),
                            home.folder(),
                            Repository.DISTRIBUTION)
                    .run("aks", "show", "-g", Cluster.GROUP, "-n", "main")
                    .orFail();

            assertThat(shown.text()).contains("\"agentPoolProfiles\": [");
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(madeReady(lines, "dev/capstan/cli/aks/AzModels")).isNotEmpty();
        assertThat(madeReady(lines, "java/util/zip/ZipFile$Source"))
                .as("no jar is opened")
                .isEmpty();
        assertThat(madeReady(lines, "jdk/internal/jimage/ImageReader"))
                .as("no resource is looked for in Java's own modules")
                .isEmpty();
        // Some of Java's own are never taken up by a cache.
        assertThat(lines.stream()
                        .filter(line -> line.contains(" source: "))
                        .filter(line -> !line.contains("source: shared objects file")
                                && !line.contains("source: jrt:/java.base")
                                && !line.contains("java.lang.invoke.LambdaForm")))
                .as("classes that are not in the cache")
                .isEmpty();
    }

    private static List<String> madeReady(List<String> lines, String type) {
        return lines.stream()
                .filter(line -> line.contains("Initializing '" + type + "'"))
                .toList();
    }
}
