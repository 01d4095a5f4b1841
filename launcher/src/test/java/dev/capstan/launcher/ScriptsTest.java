package dev.capstan.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of the repository, in surroundings made for the test. */
class ScriptsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What a bare system has, and the scripts may count on. */
    private static final List<String> BARE = List.of(
            "bash",
            "sh",
            "env",
            "cat",
            "dirname",
            "grep",
            "head",
            "id",
            "printf",
            "readlink",
            "rm",
            "chmod",
            "sed",
            "sort",
            "ln",
            "basename",
            "test",
            "mkdir");

    @TempDir
    private Path temporary;

    private record Output(int code, String text) {}

    @Test
    void shellCheckFindsNothing() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/shellcheck")), "needs shellcheck");
        // Benchmarks have names in common that one of them sets and another reads.
        var scripts = new ArrayList<>(List.of("shellcheck", "-x", "--exclude=SC1091,SC2154"));
        for (var folder : List.of(
                "script",
                ".ci",
                "launcher/src/main/assembly",
                "launcher/src/main/assembly/bin",
                "end-to-end/lab",
                "end-to-end/lab/kubernetes",
                "benchmarks")) {
            try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().endsWith(".awk"))
                        .forEach(file -> scripts.add(file.toString()));
            }
        }
        scripts.add(ROOT.resolve("capstan").toString());

        assertThat(run(Map.of(), scripts.toArray(String[]::new)).text()).isEmpty();
    }

    @Test
    void aJdk25IsFoundBesideAnotherDefaultJava() throws Exception {
        var old = jdk("old", "17.0.1");
        var fitting = jdk("fitting", "25.0.3");

        assertThat(run(Map.of("JAVA_HOME", old, "JDK_HOME_25", fitting), script("jdk"))
                        .text()
                        .strip())
                .isEqualTo(fitting);
        assertThat(run(Map.of("JAVA_HOME", fitting), script("jdk")).text().strip())
                .isEqualTo(fitting);
    }

    @Test
    void bootstrapNamesAllThatIsMissingAtOnceAndChangesNothing() throws Exception {
        var output =
                run(Map.of("PATH", bare().toString(), "JAVA_HOME", jdk("j", "25")), script("bootstrap"), "--check");

        assertThat(output.code()).isEqualTo(1);
        assertThat(output.text())
                .contains("missing: mvn (builds)", "missing: containerd", "missing: docker-registry", "missing: strace")
                .containsPattern("apt-get install --no-install-recommends .*maven.* containerd.* docker-registry");
    }

    @Test
    void bootstrapInstallsWithServicesKeptFromStartingAndPutsTheirRuleBack() throws Exception {
        var output = bootstrapAsRoot("rm -f /usr/sbin/policy-rc.d");

        assertThat(output.text())
                .contains("fake apt-get: policy-rc.d says 101")
                .contains("apt-get arguments: install -y -q --no-install-recommends ")
                .contains("afterwards: no policy-rc.d");
        assertThat(output.code()).isEqualTo(1);
        assertThat(output.text()).contains("still missing: ");
    }

    @Test
    void bootstrapLeavesARuleThatIsThereAsItIs() throws Exception {
        var output = bootstrapAsRoot("printf '#!/bin/sh\\n# theirs\\nexit 101\\n' >/usr/sbin/policy-rc.d");

        assertThat(output.text()).contains("fake apt-get: policy-rc.d says 101", "afterwards: # theirs");
    }

    @Test
    void theSummaryCountsAndEndsWithEverySkipAndItsReason() throws Exception {
        var report = Files.writeString(temporary.resolve("TEST-a.xml"), """
                <testsuite tests="6">
                  <testcase name="a(int)[1] x" classname="dev.capstan.cli.ATest" time="0.01"/>
                  <testcase name="b" classname="dev.capstan.cli.ATest">
                    <failure message="Expecting &lt;1&gt; &amp;&#10; more" type="x"><![CDATA[org.x
                <failure message="quoted"> <testcase name="fake"
                	at foo]]></failure>
                    <system-out><![CDATA[ <skipped message="fake"/> ]]></system-out>
                  </testcase>
                  <testcase name="c" classname="dev.capstan.cli.ATest"><skipped message="needs root" type="x"/></testcase>
                  <testcase name="d" classname="dev.capstan.cli.ATest"><skipped/></testcase>
                  <testcase name="e" classname="dev.capstan.cli.ATest"><error type="x"><![CDATA[y]]></error></testcase>
                  <testcase name="f" classname="dev.capstan.cli.ATest">
                    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: needs strace
                	at foo
                ]]></skipped>
                  </testcase>
                </testsuite>
                """);

        var lines = summary(report, "false", 1).text().lines().toList();

        assertThat(lines)
                .containsExactly(
                        "6 tests",
                        "FAILED  ATest.b: Expecting <1> &  more",
                        "FAILED  ATest.e: ",
                        "SKIPPED ATest.c: needs root",
                        "SKIPPED ATest.d: no reason was given",
                        "SKIPPED ATest.f: needs strace",
                        "1 passed, 2 failed, 3 skipped");
        assertThat(summary(report, "false", 0).code()).isEqualTo(1);
    }

    @Test
    void aSkipFailsOnlyWhereItIsAskedTo() throws Exception {
        var report = Files.writeString(
                temporary.resolve("TEST-b.xml"),
                "<testcase name=\"c\" classname=\"A\"><skipped message=\"needs root\"/></testcase>\n");

        assertThat(summary(report, "false", 0).code()).isZero();
        assertThat(summary(report, "true", 0).code()).isEqualTo(1);
        assertThat(summary(report, "false", 1).code())
                .as("the build's own failure")
                .isEqualTo(1);
    }

    private Output summary(Path report, String failOnSkip, int code) throws Exception {
        return run(
                Map.of(),
                "awk",
                "-f",
                script("test-summary.awk"),
                "-v",
                "fail_on_skip=" + failOnSkip,
                "-v",
                "code=" + code,
                report.toString());
    }

    /** Runs bootstrap with a bare PATH and an apt-get that only looks, on a copy of /usr/sbin that is thrown away. */
    private Output bootstrapAsRoot(String prepare) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "a mount namespace needs root");
        var bare = bare();
        program(bare.resolve("apt-get"), """
                echo "apt-get arguments: $*"
                /usr/sbin/policy-rc.d containerd start
                echo "fake apt-get: policy-rc.d says $?"
                """);
        var script = """
                set -e
                mount -t tmpfs tmpfs "$1/layers"
                mkdir "$1/layers/upper" "$1/layers/work"
                mount -t overlay overlay -o "lowerdir=/usr/sbin,upperdir=$1/layers/upper,workdir=$1/layers/work" /usr/sbin
                %s
                chmod -f +x /usr/sbin/policy-rc.d || true
                code=0
                PATH="$2" "$3" || code=$?
                echo "afterwards: $(sed -n 2p /usr/sbin/policy-rc.d 2>/dev/null || echo no policy-rc.d)"
                exit $code
                """.formatted(prepare);
        Files.createDirectory(temporary.resolve("layers"));
        return run(
                Map.of("JAVA_HOME", jdk("j", "25")),
                "unshare",
                "--mount",
                "bash",
                "-c",
                script,
                "bash",
                temporary.toString(),
                bare.toString(),
                script("bootstrap"));
    }

    private Path bare() throws Exception {
        var bare = Files.createDirectory(temporary.resolve("bin"));
        for (var program : BARE) {
            for (var folder : List.of("/usr/bin", "/bin")) {
                if (Files.exists(Path.of(folder, program)) && Files.notExists(bare.resolve(program))) {
                    program(bare.resolve(program), "exec " + Path.of(folder, program) + " \"$@\"");
                }
            }
        }
        return bare;
    }

    private String jdk(String name, String version) throws Exception {
        var home = temporary.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        program(home.resolve("bin/javac"), "exit 1");
        return home.toString();
    }

    private static void program(Path file, String script) throws Exception {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String script(String name) {
        return ROOT.resolve("script").resolve(name).toString();
    }

    private static Output run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.waitFor(), text);
    }
}
