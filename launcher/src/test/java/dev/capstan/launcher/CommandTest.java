package dev.capstan.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The assembled command, run as a user runs it. */
class CommandTest {

    private static final Path DISTRIBUTION = Path.of(System.getProperty("capstan.distribution"));

    @TempDir
    private Path temporary;

    private record Output(int code, String out, String err) {}

    @Test
    void itRunsThroughASymbolicLinkInAnotherFolder() throws Exception {
        var link = Files.createSymbolicLink(temporary.resolve("c"), DISTRIBUTION.resolve("bin/capstan"));

        var output = run(Map.of(), link.toString(), "--version");
        // JUnit warns of a link that leads out of its folder.
        Files.delete(link);

        assertThat(output.code()).as(output.err()).isZero();
        assertThat(output.out()).startsWith("capstan ");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void eachWordFindsItsProgram() throws Exception {
        assertThat(run(Map.of(), command(), "--help").out()).contains("Usage: capstan", "aks");
        assertThat(run(Map.of(), command(), "up", "--help").out()).contains("Usage: capstan up", "--detach");
        assertThat(run(Map.of(), command(), "controller", "--help").out())
                .contains("Usage: capstan controller", "--kubeconfig");
        var agent = run(Map.of(), command(), "agent", "--offline");
        assertThat(agent.code()).isEqualTo(2);
        assertThat(agent.err()).contains("the properties file --offline cannot be read");
        assertThat(run(Map.of(), command(), "agent", "install", "--help").out()).contains("--credential");
        assertThat(run(Map.of(), command(), "agent").err()).contains("Which command?");
        var proof = run(Map.of(), command(), "proof");
        assertThat(proof.code()).isEqualTo(2);
        assertThat(proof.out()).contains("the request cannot be read");
    }

    @Test
    void aJavaHomeThatIsNoJava25IsRefusedInWords() throws Exception {
        var fake = Files.createDirectories(temporary.resolve("jdk/bin")).getParent();
        Files.writeString(fake.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.copy(Path.of("/bin/true"), fake.resolve("bin/java"));

        var output = run(Map.of("CAPSTAN_JAVA", fake.toString()), command(), "--version");

        assertThat(output.code()).isEqualTo(1);
        assertThat(output.err()).contains("CAPSTAN_JAVA is " + fake, "not the home folder of a Java 25");
        assertThat(output.out()).isEmpty();
    }

    @Test
    void aJavaOfAnotherVersionIsPassedOver() throws Exception {
        var fake = Files.createDirectories(temporary.resolve("jdk/bin")).getParent();
        Files.writeString(fake.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.copy(Path.of("/bin/false"), fake.resolve("bin/java"));

        var output = run(Map.of("JAVA_HOME", fake.toString()), command(), "--version");

        // Another is found where this test's own Java lies in one of the usual places.
        assertThat(output.code() == 0 || output.err().contains("needs Java 25, and none was found"))
                .as(output.err())
                .isTrue();
    }

    @Test
    void theSmallJavaOfMachinesIsEnoughForTheClient() throws Exception {
        var small = Map.of("CAPSTAN_JAVA", DISTRIBUTION.resolve("lib/java").toString());

        assertThat(run(small, command(), "aks", "update", "--help").out()).contains("--custom-ca-trust-certificates");
        var output = run(small, command(), "truststore", "show", "--root", temporary.toString());
        assertThat(output.code()).isEqualTo(1);
        assertThat(output.err()).contains("has no trust store that Capstan knows");
    }

    @Test
    void theServersAndTheClientsCacheAreUsed() throws Exception {
        assertThat(classesFromTheCache(DISTRIBUTION, "up", "--help")).contains("dev.capstan.server.Server");
        assertThat(classesFromTheCache(DISTRIBUTION, "group", "show"))
                .contains("dev.capstan.cli.azure.GroupList")
                .doesNotContain("dev.capstan.cli.aks.AksShow");
        assertThat(classesFromTheCache(DISTRIBUTION, "aks", "show")).contains("dev.capstan.cli.aks.AksShow");
        assertThat(classesFromTheCache(DISTRIBUTION, "truststore", "apply", "--root", "/none"))
                .contains("dev.capstan.cli.truststore.TrustStoreApply", "dev.capstan.truststore.TrustStore")
                .doesNotContain("dev.capstan.cli.http.Connection");
    }

    @Test
    void theAgentsAndTheProofsCacheIsUsed() throws Exception {
        assertThat(classesFromTheCache(DISTRIBUTION, "proof")).contains("dev.capstan.proof.Proof");
        assertThat(classesFromTheCache(DISTRIBUTION, "agent", "/none")).contains("dev.capstan.agent.Agent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "garbage", "older jar"})
    void aCacheThatDoesNotFitIsLeftAloneWithoutAWord(String fault) throws Exception {
        var copy = copy("elsewhere");
        var cache = copy.resolve("lib/cli/cli.aot");
        switch (fault) {
            case "missing" -> Files.delete(cache);
            case "garbage" -> {
                Files.delete(cache);
                Files.writeString(cache, "garbage");
            }
            default -> {
                try (Stream<Path> jars = Files.list(copy.resolve("lib/cli"))) {
                    var jar = jars.filter(path -> path.toString().contains("picocli"))
                            .findFirst()
                            .orElseThrow();
                    Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
                }
            }
        }

        var output = run(Map.of(), copy.resolve("bin/capstan").toString(), "--version");

        assertThat(output.code()).isZero();
        assertThat(output.out()).startsWith("capstan ");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void aCopyElsewhereUsesItsCacheToo() throws Exception {
        var copy = copy("a folder with blanks");

        assertThat(classesFromTheCache(copy, "--version")).contains("dev.capstan.cli.azure.GroupList");
    }

    @Test
    void everyProgramHasItsOwnClassPath() throws Exception {
        assertThat(jars("agent"))
                .anyMatch(jar -> jar.startsWith("capstan-agent"))
                .noneMatch(
                        jar -> jar.startsWith("helidon") || jar.startsWith("kubernetes") || jar.startsWith("picocli"));
        assertThat(jars("proof"))
                .hasSize(3)
                .anyMatch(jar -> jar.startsWith("capstan-proof"))
                .anyMatch(jar -> jar.startsWith("capstan-certificates"))
                .anyMatch(jar -> jar.startsWith("jackson-core"));
        assertThat(jars("cli"))
                .anyMatch(jar -> jar.startsWith("capstan-cli"))
                .noneMatch(jar ->
                        jar.startsWith("helidon") || jar.startsWith("kubernetes") || jar.startsWith("capstan-server"));
        assertThat(jars("server"))
                .anyMatch(jar -> jar.startsWith("capstan-server"))
                .noneMatch(jar -> jar.startsWith("capstan-cli") || jar.startsWith("capstan-agent"));
    }

    @Test
    void aJarThatTwoProgramsShareIsOneFile() throws Exception {
        var sizes = new TreeMap<String, Object>();
        for (var program : List.of("server", "agent", "proof", "cli")) {
            for (var jar : jars(program)) {
                var inode = Files.getAttribute(
                        DISTRIBUTION.resolve("lib").resolve(program).resolve(jar), "unix:ino");
                assertThat(sizes.putIfAbsent(jar, inode)).as(jar).isIn(null, inode);
            }
        }
    }

    /** The classes that Java found in a cache, and not in a jar. */
    private List<String> classesFromTheCache(Path distribution, String... words) throws Exception {
        var log = Files.createTempFile(temporary, "classes", "");
        var command =
                new ArrayList<>(List.of(distribution.resolve("bin/capstan").toString()));
        command.addAll(List.of(words));
        // The launcher keeps Java from logging; what stands in this variable counts last.
        run(Map.of("_JAVA_OPTIONS", "-Xlog:class+load:file=" + log), command.toArray(String[]::new));
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("source: shared objects file"))
                .map(line -> line.replaceAll("^(\\[[^]]*\\])* *| source:.*$", ""))
                .toList();
    }

    private Path copy(String name) throws Exception {
        var copy = temporary.resolve(name);
        assertThat(run(Map.of(), "cp", "-a", DISTRIBUTION.toString(), copy.toString())
                        .code())
                .isZero();
        return copy;
    }

    private static List<String> jars(String program) throws IOException {
        return Files.readAllLines(DISTRIBUTION.resolve("lib").resolve(program).resolve("class-path"));
    }

    private static String command() {
        return DISTRIBUTION.resolve("bin/capstan").toString();
    }

    private Output run(Map<String, String> environment, String... words) throws Exception {
        var err = Files.createTempFile(temporary, "err", "");
        var builder = new ProcessBuilder(words).redirectError(err.toFile());
        builder.environment().put("CAPSTAN_HOME", temporary.resolve("home").toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var code = process.waitFor();
        var said = Files.readString(err)
                .lines()
                .filter(line -> !line.startsWith("Picked up "))
                .toList();
        return new Output(code, out, String.join("\n", said));
    }
}
