package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lanes over a made-up root and proc file system; containerd itself judges them in end-to-end. */
class ContainerRuntimeTest {

    private static final String BOOT = "7f1c2a4e-0000-4000-8000-000000000001";
    private static final Fingerprint OTHER = new Fingerprint("v1:" + "a".repeat(64));

    private static final SortedSet<Identity> NOTHING = Collections.emptySortedSet();

    @TempDir
    private Path root;

    @TempDir
    private Path proc;

    private CertificateSet one;
    private CertificateSet two;

    /** What the distribution ships. */
    private CertificateSet own;

    @BeforeEach
    void machine() throws Exception {
        List<CertificateSet> system = systemCertificates();
        one = system.get(0);
        two = system.get(1);
        own = system.get(2);
        write("etc/ssl/certs/ca-certificates.crt", own.pem());
        Files.createDirectories(root.resolve("etc/containerd/certs.d/_default"));
        Files.createDirectories(root.resolve("var/lib/capstan/runtime/no-certificates"));
        write("var/lib/capstan/runtime/distribution-roots.pem", own.pem());
        write("etc/containerd/config.toml", ContainerdConfiguration.forMachine("1.6.20"));
        Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.writeString(proc.resolve("sys/kernel/random/boot_id"), BOOT + "\n");
        Files.writeString(proc.resolve("uptime"), "40.00 30.00\n");
    }

    @Test
    void isolatedRuntimeReadsExactlyTheShownSet() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);

        assertThat(runtime.lane().lane()).isEqualTo(Lane.ISOLATED);
        assertThat(runtime.lane().obstacles()).isEmpty();
        assertThat(known(runtime)).isEqualTo(Fingerprint.EMPTY);
        assertThat(runtime.show(one)).isTrue();
        assertThat(known(runtime)).isEqualTo(one.fingerprint());
        assertThat(runtime.show(two)).isTrue();
        assertThat(known(runtime)).isEqualTo(two.fingerprint());
    }

    @Test
    void sameSetIsNotWrittenAgain() throws Exception {
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);
        Path file = root.resolve("etc/containerd/certs.d/_default/capstan.crt");
        Object before = Files.getAttribute(file, "unix:ino");

        assertThat(runtime.show(one)).isFalse();

        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
    }

    @Test
    void emptySetIsNoFileNeverAnEmptyOne() throws Exception {
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);

        assertThat(runtime.show(CertificateSet.empty())).isTrue();
        assertThat(runtime.show(CertificateSet.empty())).isFalse();

        assertThat(root.resolve("etc/containerd/certs.d/_default")).isEmptyDirectory();
    }

    @Test
    void leftTemporaryFileOfAKilledWriterHarmsNothing() throws Exception {
        write("etc/containerd/certs.d/_default/capstan.crt.capstan-new", "-----BEGIN CERT");
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);

        assertThat(known(runtime)).isEqualTo(Fingerprint.EMPTY);
        runtime.show(one);

        assertThat(root.resolve("etc/containerd/certs.d/_default"))
                .isDirectoryNotContaining(path -> path.toString().endsWith("new"));
        assertThat(known(runtime)).isEqualTo(one.fingerprint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/containerd/certs.d/docker.io/hosts.toml|[host.\"https://mirror.test\"]\n",
                "etc/containerd/certs.d/docker.io/hosts.toml|[host.\"https://mirror.test\"]\n  ca = \"/etc/other.crt\"\n",
                "etc/containerd/certs.d/registry.test/ca.crt|x",
                "etc/containerd/certs.d/_default/hosts.toml|server = \"https://mirror.test\"\n",
                "etc/containerd/certs.d/_default/junk.crt|no certificate",
                "etc/containerd/config.toml|version = 2\n",
                "etc/containerd/config.toml|version = 3\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n",
                "etc/containerd/config.toml|version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d:/etc/docker/certs.d\"\n",
                "etc/containerd/config.toml|version = 2\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n",
                "etc/containerd/config.toml|version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\n  endpoint = [\"https://m.test\"]\n"
            })
    void brokenConditionIsNamedAndNothingCountsAsLoaded(String fileAndText) throws Exception {
        int bar = fileAndText.indexOf('|');
        write(fileAndText.substring(0, bar), fileAndText.substring(bar + 1));
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);

        assertThat(runtime.lane().obstacles()).isNotEmpty();
        assertThat(runtime.loaded(List.of(), NOTHING))
                .isInstanceOfSatisfying(
                        Loaded.Unknown.class,
                        unknown -> assertThat(unknown.reason()).contains("/etc/containerd/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[host.\"https://r.test\"]\n  ca = \"/etc/ssl/certs/ca-certificates.crt\"\n",
                "server = \"https://r.test\"\n[host.\"https://r.test\"]\n  ca = [\"/etc/ssl/certs/ca-certificates.crt\"]\n"
            })
    void hostDirectoryThatNamesTheBundleIsNoObstacle(String hosts) throws Exception {
        write("etc/containerd/certs.d/r.test/hosts.toml", hosts);
        write("etc/containerd/certs.d/_default/hosts.toml", "\n");
        running(40, IsolatedLane.ENVIRONMENT);

        assertThat(ContainerRuntime.at(root, proc).lane().obstacles()).isEmpty();
    }

    @Test
    void configurationChangedUnderTheRunningProcessIsAnObstacle() throws Exception {
        // It started ten seconds ago, and the file is of now, whatever its content's date says.
        running(30, IsolatedLane.ENVIRONMENT);
        Path configuration = root.resolve("etc/containerd/config.toml");
        Files.setLastModifiedTime(configuration, FileTime.from(Instant.now().minusSeconds(3600)));

        assertThat(ContainerRuntime.at(root, proc).lane().obstacles())
                .singleElement()
                .satisfies(words ->
                        assertThat(words).contains("changed after containerd started", "systemctl restart containerd"));
    }

    @Test
    void rootsThatCameAreSaidAndHarmNothing() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);

        assertThat(runtime.keepRoots(write("distribution", own.pem() + two.pem())))
                .isTrue();
        assertThat(runtime.keepRoots(root.resolve("distribution"))).isFalse();

        assertThat(root.resolve("var/lib/capstan/runtime/distribution-roots.pem"))
                .hasContent(own.pem() + two.pem());
        assertThat(known(runtime)).isEqualTo(one.fingerprint());
        assertThat(runtime.lane().reason())
                .contains("may not know until it is restarted")
                .contains(identity(two).hex())
                .doesNotContain(identity(own).hex());
    }

    @Test
    void rootsThatLeftMakeTheProcessStaleByNameUntilItIsRestarted() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);
        runtime.keepRoots(write("distribution", own.pem() + two.pem()));
        runtime.keepRoots(write("distribution", two.pem()));

        Loaded stale = ContainerRuntime.at(root, proc).loaded(List.of(), new TreeSet<>(List.of(identity(own))));

        assertThat(stale)
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        words -> assertThat(words.reason())
                                .contains("process 1040", identity(own).hex(), "systemctl restart containerd")
                                .doesNotContain(identity(two).hex()));

        Files.move(proc.resolve("1040"), proc.resolve("gone"));
        Files.writeString(proc.resolve("uptime"), "50.00 30.00\n");
        running(51, IsolatedLane.ENVIRONMENT);
        assertThat(runtime.loaded(List.of(), new TreeSet<>(List.of(identity(own)))))
                .isInstanceOfSatisfying(
                        Loaded.Known.class,
                        known -> assertThat(known.fingerprint())
                                .isEqualTo(Fingerprint.of(List.of(identity(one)), List.of(identity(own)))));
        assertThat(runtime.lane().reason()).doesNotContain("may not know");
    }

    @Test
    void rootsThatLeftAndCameBackAreTrustedAsTheyShallBe() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.keepRoots(write("distribution", two.pem()));
        runtime.keepRoots(write("distribution", own.pem()));

        // The one in between may have been loaded; the one that was there before and is again may be trusted.
        assertThat(runtime.loaded(List.of(), NOTHING))
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        words -> assertThat(words.reason())
                                .contains(identity(two).hex())
                                .doesNotContain(identity(own).hex()));
    }

    @Test
    void deathBetweenRecordAndReplacementLeavesNobodyLoaded() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        write(
                "var/lib/capstan/runtime/distribution-roots.record",
                "left " + BOOT + " " + Long.MAX_VALUE + " " + identity(two).hex() + " CN=two\n");
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        assertThat(runtime.loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Stale.class);

        // The next life finds the roots as they shall be, and says when that was.
        Files.writeString(proc.resolve("uptime"), "50.00 30.00\n");
        assertThat(runtime.keepRoots(write("distribution", own.pem()))).isFalse();
        running(51, IsolatedLane.ENVIRONMENT);
        Files.delete(proc.resolve("1040/comm"));
        assertThat(runtime.loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Known.class);
    }

    @Test
    void aRecordThatCannotBeReadIsSaidAndNothingCountsAsLoaded() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        write("var/lib/capstan/runtime/distribution-roots.record", "left something\n");

        assertThatThrownBy(() -> ContainerRuntime.at(root, proc).loaded(List.of(), NOTHING))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("distribution-roots.record is damaged")
                .hasMessageContaining("remove it");
    }

    @Test
    void whatIsDistrustedAndStillAmongTheRootsIsNeverLoaded() throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);

        assertThat(ContainerRuntime.at(root, proc).loaded(List.of(), new TreeSet<>(List.of(identity(own)))))
                .isInstanceOfSatisfying(
                        Loaded.Stale.class,
                        words -> assertThat(words.reason())
                                .contains(identity(own).hex()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSL_CERT_FILE", "SSL_CERT_DIR"})
    void processWithOneVariableOnlyIsNotIsolated(String missing) throws Exception {
        Map<String, String> environment = new TreeMap<>(IsolatedLane.ENVIRONMENT);
        environment.remove(missing);
        running(40, environment);

        assertThat(ContainerRuntime.at(root, proc).lane().lane()).isEqualTo(Lane.RESTART);
    }

    @Test
    void restartLaneLoadsWhatTheStoreHeldBeforeTheProcessStarted() throws Exception {
        running(40, Map.of());
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        StoreWrite before = new StoreWrite(one.fingerprint(), BOOT, 39_000_000_000L);
        StoreWrite same = new StoreWrite(one.fingerprint(), BOOT, 41_000_000_000L);
        StoreWrite after = new StoreWrite(two.fingerprint(), BOOT, 42_000_000_000L);
        StoreWrite earlierBoot = new StoreWrite(two.fingerprint(), "another-boot", 900_000_000_000L);

        assertThat(known(runtime)).isEqualTo(Fingerprint.EMPTY);
        assertThat(known(runtime, before)).isEqualTo(one.fingerprint());
        assertThat(known(runtime, earlierBoot)).isEqualTo(two.fingerprint());
        assertThat(known(runtime, before, same)).isEqualTo(one.fingerprint());
        assertThat(runtime.loaded(List.of(before, after), NOTHING))
                .isInstanceOfSatisfying(Loaded.Stale.class, stale -> {
                    assertThat(stale.reason()).contains("systemctl restart containerd");
                });
    }

    @Test
    void changeAndChangeBackInTheSameTickAsTheStartIsStaleNotLoaded() throws Exception {
        running(40, Map.of());

        assertThat(ContainerRuntime.at(root, proc)
                        .loaded(List.of(new StoreWrite(OTHER, BOOT, 40_000_000_000L)), NOTHING))
                .isInstanceOf(Loaded.Stale.class);
    }

    @Test
    void withoutAProcessNothingIsLoaded() throws Exception {
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);

        assertThat(runtime.lane().lane()).isEqualTo(Lane.NONE);
        assertThat(runtime.loaded(List.of(), NOTHING)).isInstanceOf(Loaded.Unknown.class);
    }

    @Test
    void longestRunningContainerdCountsAndOddProcessesAreNone() throws Exception {
        running(90, Map.of());
        running(40, IsolatedLane.ENVIRONMENT);
        process("77", "containerd) R 1 (x", "containerd-shim", 10, Map.of());
        Files.createDirectories(proc.resolve("999"));

        LaneChoice choice = ContainerRuntime.at(root, proc).lane();

        assertThat(choice.process()).isNotNull();
        assertThat(choice.process().startedBootNanos()).isEqualTo(40_000_000_000L);
    }

    @Test
    void containerdOfAnotherRootIsNotThisNodes(@TempDir Path other) throws Exception {
        running(40, IsolatedLane.ENVIRONMENT);
        Files.delete(proc.resolve("1040/root"));
        Files.createSymbolicLink(proc.resolve("1040/root"), other);

        assertThat(ContainerRuntime.at(root, proc).lane().lane()).isEqualTo(Lane.NONE);
    }

    @Test
    void rootThatHoldsOursAlreadyIsNoMachineAtItsBirth() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot needs root");
        Files.createDirectories(root.resolve("usr/bin"));
        staticProgram(root.resolve("usr/bin/containerd"), "containerd containerd.io 1.6.20 abc");
        write("usr/local/share/ca-certificates/capstan-" + "a".repeat(64) + ".crt", one.pem());

        assertThatThrownBy(() -> IsolatedLane.prepare(root))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("already holds capstan-");
    }

    @Test
    void foreignFilesInDefaultAreNotTouched() throws Exception {
        Path foreign = write("etc/containerd/certs.d/_default/corporate.crt", two.pem());
        ContainerRuntime runtime = ContainerRuntime.at(root, proc);
        runtime.show(one);
        runtime.show(CertificateSet.empty());

        assertThat(foreign).hasContent(two.pem());
    }

    @Test
    void symbolicLinkInTheWayIsRefusedNotFollowed(@TempDir Path elsewhere) throws Exception {
        Files.delete(root.resolve("etc/containerd/certs.d/_default"));
        Files.createSymbolicLink(root.resolve("etc/containerd/certs.d/_default"), elsewhere);

        assertThatThrownBy(() -> ContainerRuntime.at(root, proc).show(one))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void machineIsPreparedOnceAndForItsOwnContainerd(@TempDir Path birth) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot needs root");
        Files.createDirectories(birth.resolve("usr/bin"));
        Files.createDirectories(birth.resolve("etc/ssl/certs"));
        Files.createDirectories(birth.resolve("etc/containerd/certs.d/docker.io"));
        Files.createDirectories(birth.resolve("var/lib"));
        Files.writeString(
                birth.resolve("etc/containerd/certs.d/docker.io/hosts.toml"), "server = \"https://m.test\"\n");
        Files.writeString(birth.resolve("etc/ssl/certs/ca-certificates.crt"), one.pem());
        staticProgram(birth.resolve("usr/bin/containerd"), "containerd github.com/containerd/containerd/v2 2.1.9 abc");

        Prepared prepared = IsolatedLane.prepare(birth);

        assertThat(prepared.containerdVersion()).isEqualTo("2.1.9");
        assertThat(prepared.environment()).isEqualTo(IsolatedLane.ENVIRONMENT);
        assertThat(prepared.environmentFile()).content().isEqualTo("""
                        SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates
                        SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem
                        """);
        assertThat(birth.resolve("etc/containerd/config.toml")).content().contains("version = 3");
        assertThat(birth.resolve("etc/containerd/certs.d/docker.io")).doesNotExist();
        assertThat(birth.resolve("var/lib/capstan/runtime/distribution-roots.pem"))
                .hasContent(one.pem());

        Files.writeString(birth.resolve("etc/ssl/certs/ca-certificates.crt"), one.pem() + two.pem());
        IsolatedLane.prepare(birth);

        assertThat(birth.resolve("var/lib/capstan/runtime/distribution-roots.pem"))
                .hasContent(one.pem());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3",
                "containerd github.com/containerd/containerd v1.6.20 abcdef",
                "containerd containerd.io 1.6.20 abcdef"
            })
    void versionIsReadFromWhatContainerdPrints(String printed) {
        assertThat(Containerd.version(printed)).contains("1.6.20");
    }

    /**
     * A program that a bare chroot can run: busybox is static and answers by its name. A process of its own writes both:
     * a file that this one has open for writing while another test starts a program cannot be run (ETXTBSY).
     */
    private static void staticProgram(Path program, String prints) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        Path shell = program.resolveSibling("../../bin/sh").normalize();
        Files.createDirectories(shell.getParent());
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cp /bin/busybox \"$1\" && printf '#!/bin/sh\\necho \"%s\"\\n' \"$3\" > \"$2\" && chmod 755 \"$2\"",
                        "sh",
                        shell.toString(),
                        program.toString(),
                        prints)
                .inheritIO()
                .start();
        assertThat(writer.waitFor()).isZero();
    }

    private static Identity identity(CertificateSet set) {
        return set.certificates().getFirst().identity();
    }

    private static Fingerprint known(ContainerRuntime runtime, StoreWrite... history) throws Exception {
        Loaded loaded = runtime.loaded(List.of(history), NOTHING);
        assertThat(loaded).isInstanceOf(Loaded.Known.class);
        return ((Loaded.Known) loaded).fingerprint();
    }

    private void running(long startedSeconds, Map<String, String> environment) throws IOException {
        process(Long.toString(1000 + startedSeconds), "containerd", "containerd", startedSeconds, environment);
    }

    private void process(String pid, String statName, String comm, long startedSeconds, Map<String, String> environment)
            throws IOException {
        Path process = Files.createDirectories(proc.resolve(pid));
        Files.writeString(process.resolve("comm"), comm + "\n");
        Files.writeString(
                process.resolve("stat"),
                pid + " (" + statName + ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 " + startedSeconds * 100 + " 0 0\n");
        Files.createSymbolicLink(process.resolve("exe"), Path.of("/usr/bin/" + comm));
        Files.createSymbolicLink(process.resolve("root"), root);
        Files.writeString(process.resolve("cmdline"), "/usr/bin/" + comm + "\0");
        StringBuilder variables = new StringBuilder("PATH=/usr/bin\0HOME=/root\0");
        environment.forEach((name, value) ->
                variables.append(name).append('=').append(value).append('\0'));
        Files.writeString(process.resolve("environ"), variables);
    }

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, text);
    }

    /** Three certificates of this machine's own bundle, each as a set. */
    private static List<CertificateSet> systemCertificates() throws IOException {
        Path bundle = Path.of("/etc/ssl/certs/ca-certificates.crt");
        assumeTrue(Files.isRegularFile(bundle), "no " + bundle + " to take certificates from");
        CertificateReader reader = new CertificateReader(InstantSource.system());
        return Stream.of(reader.readPem(Files.readAllBytes(bundle), Place.of("bundle")))
                .flatMap(reading -> reading.set().certificates().stream())
                .limit(3)
                .map(certificate -> CertificateSet.of(List.of(certificate)))
                .toList();
    }
}
