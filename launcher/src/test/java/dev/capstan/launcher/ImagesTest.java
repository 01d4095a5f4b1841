package dev.capstan.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container images, made of the assembled command. That containerd loads and runs them is shown on real nodes. */
class ImagesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DISTRIBUTION =
            Path.of(System.getProperty("capstan.distribution")).toAbsolutePath();
    private static final String VERSION = "1.2.3";

    @TempDir
    private static Path temporary;

    private static Path images;

    @BeforeAll
    static void make() throws Exception {
        assumeTrue(
                Stream.of("/bin/busybox", "/usr/bin/busybox").map(Path::of).anyMatch(Files::isExecutable),
                "needs busybox, statically linked (script/bootstrap installs it)");
        images = make("first", "022", "UTC");
    }

    @Test
    void equalInputGivesEqualBytesWhateverUmaskZoneAndFolder() throws Exception {
        var again = make("second-with-a-longer-name", "077", "Asia/Kathmandu");

        for (var name : List.of("capstan-agent", "capstan-controller")) {
            assertThat(sha256(file(again, name))).as(name).isEqualTo(sha256(file(images, name)));
        }
    }

    @Test
    void anArchiveIsAnOciLayoutAndWhatDockerSaves() throws Exception {
        for (var name : List.of("capstan-agent", "capstan-controller")) {
            var layout = unpacked(name);
            assertThat(layout.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
            assertThat(Files.readString(layout.resolve("index.json")))
                    .contains("\"io.containerd.image.name\":\"capstan.dev/" + name + ":" + VERSION + "\"");
            assertThat(Files.readString(layout.resolve("manifest.json")))
                    .contains("\"RepoTags\":[\"capstan.dev/" + name + ":" + VERSION + "\"]");
            try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
                assertThat(blobs)
                        .hasSize(4)
                        .allSatisfy(blob -> assertThat(sha256(blob))
                                .isEqualTo(blob.getFileName().toString()));
            }
        }
    }

    @Test
    void anImageTrustsNobody() throws Exception {
        for (var name : List.of("capstan-agent", "capstan-controller")) {
            assertThat(root(name).resolve("opt/capstan/java/lib/security")).isDirectory();
            try (Stream<Path> files = Files.walk(root(name))) {
                assertThat(files.filter(Files::isRegularFile)
                                .map(file -> file.getFileName().toString())
                                .filter(file ->
                                        file.equals("cacerts") || file.endsWith(".pem") || file.endsWith(".crt")))
                        .isEmpty();
            }
        }
    }

    /** With this machine's C library, since nobody but root can change the root: what is in the image is the same one. */
    @Test
    void theAgentsClassesComeFromTheArchiveThatLiesBesideThem() throws Exception {
        for (var main : Map.of("agent", "dev.capstan.agent.Agent", "proof", "dev.capstan.proof.Proof")
                .entrySet()) {
            var capstan = root("capstan-agent").resolve("opt/capstan");
            var folder = capstan.resolve("lib").resolve(main.getKey());
            var classPath = main.getKey().equals("agent")
                    ? folder + "/*"
                    : String.join(
                            ":",
                            Files.readAllLines(folder.resolve("class-path")).stream()
                                    .map(jar -> folder.resolve(jar).toString())
                                    .toList());

            var loaded = run(
                    Map.of(),
                    capstan.resolve("java/bin/java").toString(),
                    "-XX:SharedArchiveFile=" + folder.resolve(main.getKey() + ".jsa"),
                    "@" + folder.resolve("jvm.options"),
                    "-Xlog:class+load",
                    "-cp",
                    classPath,
                    main.getValue());

            assertThat(loaded.lines().filter(line -> line.contains(" " + main.getValue() + " ")))
                    .singleElement()
                    .asString()
                    .contains("source: shared objects file");
            assertThat(loaded.lines().filter(line -> line.contains("source: file:")))
                    .as("classes that the list lacks, of the first steps alone: script/images --record")
                    .hasSizeLessThan(5);
        }
    }

    /** What a command has in memory of its own is the agent's loss: they share a container of 96 MiB. */
    @ParameterizedTest
    @ValueSource(strings = {"capstan-agent", "capstan-controller"})
    void javasOwnClassesAreSharedByAllThatRunInAnImage(String image) throws Exception {
        var loaded = run(
                Map.of(),
                root(image).resolve("opt/capstan/java/bin/java").toString(),
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-Xlog:class+load",
                "-version");

        assertThat(loaded.lines().filter(line -> line.contains(" java.util.HashMap ")))
                .singleElement()
                .asString()
                .contains("source: shared objects file");
    }

    @Test
    void whatTheNodeIsCalledOnForRunsThere() throws Exception {
        var root = root("capstan-agent");
        assertThat(List.of("bin/sh", "bin/chroot", "bin/readlink", "usr/bin/capstan"))
                .allSatisfy(program ->
                        assertThat(Files.isSymbolicLink(root.resolve(program))).isTrue());
        assertThat(root.resolve("opt/capstan/lib/cli/class-path")).isRegularFile();
        assertThat(Files.readString(root.resolve("etc/nsswitch.conf"))).contains("hosts: files dns");
        assertThat(config("capstan-agent")).contains("\"CAPSTAN_ROOT=/host\"", "\"User\":\"0:0\"");
        assertThat(config("capstan-controller"))
                .contains("\"User\":\"65532:65532\"")
                .doesNotContain("CAPSTAN_ROOT");
    }

    private static Path make(String folder, String umask, String zone) throws Exception {
        var made = temporary.resolve(folder);
        var output = run(
                Map.of("TZ", zone),
                "sh",
                "-c",
                "umask " + umask + "; exec \"$0\" --version " + VERSION + " --built \"$1\" \"$2\"",
                ROOT.resolve("script/images").toString(),
                DISTRIBUTION.toString(),
                made.toString());
        assertThat(file(made, "capstan-agent")).as(output).isRegularFile();
        assertThat(file(made, "capstan-controller")).as(output).isRegularFile();
        return made;
    }

    private static Path file(Path folder, String name) {
        return folder.resolve(name + "-" + VERSION + ".tar");
    }

    private static synchronized Path unpacked(String name) throws Exception {
        var folder = temporary.resolve("layout-" + name);
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            run(Map.of(), "tar", "-xf", file(images, name).toString(), "-C", folder.toString());
        }
        return folder;
    }

    /** The image's root, its layers one over the other. */
    private static synchronized Path root(String name) throws Exception {
        var layout = unpacked(name);
        var folder = temporary.resolve("root-" + name);
        if (!Files.exists(folder)) {
            Files.createDirectory(folder);
            var manifest = Files.readString(layout.resolve("manifest.json"));
            for (var layer : Pattern.compile("blobs/sha256/[0-9a-f]{64}")
                    .matcher(manifest.substring(manifest.indexOf("Layers")))
                    .results()
                    .map(MatchResult::group)
                    .toList()) {
                run(Map.of(), "tar", "-xzf", layout.resolve(layer).toString(), "-C", folder.toString());
            }
        }
        return folder;
    }

    private static String config(String name) throws Exception {
        var layout = unpacked(name);
        var matcher =
                Pattern.compile("\"Config\":\"([^\"]*)\"").matcher(Files.readString(layout.resolve("manifest.json")));
        assertThat(matcher.find()).isTrue();
        return Files.readString(layout.resolve(matcher.group(1)));
    }

    private static String sha256(Path file) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(new HashMap<>(environment));
        var process = builder.start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }
}
