package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A node in two temporary folders: its root, and a proc file system in which processes appear by being written. Its
 * containerd is a program that answers as containerd does when it is asked for its version and its configuration; real ones
 * are in {@link RuntimeConfigurationTest}.
 */
final class FakeNode {

    static final String BOOT = "7f1c2a4e-0000-4000-8000-000000000001";
    static final SortedSet<Identity> NOTHING = Collections.emptySortedSet();
    static final String CERTS = "/etc/containerd/certs.d";

    /** What a containerd 1.x prints that has one root of host directories, as far as it matters. */
    static final String ONE_ROOT = dump(2, CERTS);

    /** One that looks into none. */
    static final String NO_ROOT = dump(2, "");

    /** Busybox is static: the one program that runs in a root in which nothing else is. */
    private static final Path PROGRAMS = programs();

    final Path root;
    final Path proc;

    /** Three certificates of this machine's own bundle, each as a set; the distribution of the node ships the last. */
    final CertificateSet one;

    final CertificateSet two;
    final CertificateSet own;

    private volatile Duration wallClockIsAhead = Duration.ZERO;

    FakeNode(Path folder) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot needs root");
        root = Files.createDirectories(folder.resolve("root"));
        proc = Files.createDirectories(folder.resolve("proc"));
        List<CertificateSet> system = systemCertificates();
        one = system.get(0);
        two = system.get(1);
        own = system.get(2);
        write("/etc/ssl/certs/ca-certificates.crt", own.pem());
        Files.createDirectories(at(CERTS + "/_default"));
        Files.createDirectories(at(RuntimeLayout.NO_CERTIFICATES));
        write(RuntimeLayout.DISTRIBUTION_ROOTS, own.pem());
        write("/etc/containerd/config.toml", ContainerdConfiguration.forMachine("1.6.20"));
        containerdSays(ONE_ROOT);
        write("/containerd.version", "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3\n");
        link("/bin/busybox", PROGRAMS.resolve("busybox"));
        link("/usr/bin/containerd", PROGRAMS.resolve("containerd"));
        Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.writeString(proc.resolve("sys/kernel/random/boot_id"), BOOT + "\n");
        clock(40);
    }

    /** What {@code containerd config dump} prints, as far as it matters. */
    static String dump(int version, String configPath) {
        String plugin = version == 2 ? "io.containerd.grpc.v1.cri" : "io.containerd.cri.v1.images";
        return """
                version = %d
                disabled_plugins = []
                imports = []
                [grpc]
                  address = "/run/containerd/containerd.sock"
                [plugins."%s".registry]
                  config_path = "%s"
                """.formatted(version, plugin, configPath);
    }

    ContainerRuntime runtime() {
        return ContainerRuntime.at(root, proc, () -> Instant.now().plus(wallClockIsAhead));
    }

    /** Sets the wall clock as this node's runtimes see it; the times of its files stay those of the real one. */
    void setWallClock(Duration ahead) {
        wallClockIsAhead = ahead;
    }

    Path at(String path) {
        return root.resolve(path.substring(1));
    }

    Path write(String path, String text) throws IOException {
        Files.createDirectories(at(path).resolveSibling(""));
        return Files.writeString(at(path), text);
    }

    Path link(String path, Path target) throws IOException {
        Files.createDirectories(at(path).resolveSibling(""));
        return Files.createLink(at(path), target);
    }

    void symbolicLink(String path, String target) throws IOException {
        Files.createDirectories(at(path).resolveSibling(""));
        Files.createSymbolicLink(at(path), Path.of(target));
    }

    /** What its containerd answers from now on. An answer is kept for as long as no configuration file changes. */
    void containerdSays(String dump) throws IOException {
        write("/containerd.dump", dump);
        if (Files.exists(at("/etc/containerd/config.toml"))) {
            write("/etc/containerd/config.toml", Files.readString(at("/etc/containerd/config.toml")));
        }
    }

    void clock(long bootSeconds) throws IOException {
        Files.writeString(proc.resolve("uptime"), bootSeconds + ".00 30.00\n");
    }

    /**
     * Lets the clock of the boot come to second 41, at which {@link #isolated} and {@link #stock} start: what is written from
     * now on comes after the start, what is there now is just old enough to have come before.
     */
    void startsNow() throws IOException, InterruptedException {
        long written = System.currentTimeMillis();
        while (System.currentTimeMillis() < written + 60) {
            Thread.sleep(5);
        }
        clock(41);
    }

    /** A containerd that started in this second of the boot, and a second after what is written now where that is 41. */
    RuntimeProcessFiles containerd(long startedSeconds, Map<String, String> environment) throws IOException {
        return process(1000 + startedSeconds, "containerd", "/usr/bin/containerd", startedSeconds, environment);
    }

    RuntimeProcessFiles isolated() throws IOException {
        return containerd(41, IsolatedLane.ENVIRONMENT);
    }

    RuntimeProcessFiles stock() throws IOException {
        return containerd(41, Map.of());
    }

    RuntimeProcessFiles process(
            long pid, String name, String program, long startedSeconds, Map<String, String> environment)
            throws IOException {
        Path process = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                process.resolve("stat"),
                pid + " (" + name + ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 " + startedSeconds * 100 + " 0 0\n");
        Files.deleteIfExists(process.resolve("exe"));
        Files.createSymbolicLink(process.resolve("exe"), Path.of(program));
        Files.deleteIfExists(process.resolve("root"));
        Files.createSymbolicLink(process.resolve("root"), root);
        Files.writeString(process.resolve("cmdline"), program + "\0");
        StringBuilder variables = new StringBuilder("PATH=/usr/bin\0HOME=/root\0");
        environment.forEach(
                (key, value) -> variables.append(key).append('=').append(value).append('\0'));
        Files.writeString(process.resolve("environ"), variables);
        return new RuntimeProcessFiles(process);
    }

    /** A process that was written. */
    record RuntimeProcessFiles(Path folder) {

        void ends() throws IOException {
            Files.delete(folder.resolve("stat"));
        }

        void argument(String... arguments) throws IOException {
            Files.writeString(folder.resolve("cmdline"), "containerd\0" + String.join("\0", arguments) + "\0");
        }
    }

    static Identity identity(CertificateSet set) {
        return set.certificates().getFirst().identity();
    }

    static SortedSet<Identity> identities(CertificateSet set) {
        return new TreeSet<>(List.of(identity(set)));
    }

    /** What the trust store's history says of a set that was completed so many centiseconds after boot. */
    static StoreWrite held(CertificateSet set, long centiseconds) {
        return new StoreWrite(set.fingerprint(), BOOT, centiseconds * 10_000_000L);
    }

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

    /**
     * A process of its own writes them: a file that this one has open for writing while another test starts a program cannot
     * be run (ETXTBSY).
     */
    private static Path programs() {
        try {
            Path folder = Files.createTempDirectory("fake-node");
            if (!Files.isExecutable(Path.of("/bin/busybox"))) {
                return folder;
            }
            String script = """
                    set -e
                    cd "$1"
                    cp /bin/busybox .
                    cat >containerd <<'END'
                    #!/bin/busybox sh
                    /bin/busybox echo "$*" >>/containerd.asked
                    case "$*" in
                    --version) exec /bin/busybox cat /containerd.version ;;
                    *"config dump") exec /bin/busybox cat /containerd.dump ;;
                    esac
                    exit 1
                    END
                    chmod 755 containerd
                    """;
            Process writer = new ProcessBuilder("sh", "-c", script, "sh", folder.toString())
                    .inheritIO()
                    .start();
            assertThat(writer.waitFor()).isZero();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void remove(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("busybox"));
            Files.deleteIfExists(folder.resolve("containerd"));
            Files.deleteIfExists(folder);
        } catch (IOException left) {
            // It lies in the system's temporary folder.
            return;
        }
    }

    /** How often its containerd was asked for anything. */
    long asked() throws IOException {
        Path record = at("/containerd.asked");
        return Files.exists(record, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAllLines(record).size()
                : 0;
    }
}
