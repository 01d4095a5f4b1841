package dev.capstan.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the proofs need of this machine; a test that misses something is skipped and says what. */
public final class Requirements {

    private static final List<String> PROGRAMS = List.of(
            "containerd", "runc", "docker-registry", "busybox", "curl", "openssl", "unshare", "nsenter", "pgrep");

    private Requirements() {}

    /** Root, and the programs that make machines and registries. */
    public static void machines() {
        assumeTrue("root".equals(System.getProperty("user.name")), "machines need root");
        programs(PROGRAMS);
    }

    /** These programs. */
    public static void programs(List<String> programs) {
        List<String> missing = new ArrayList<>();
        for (String program : programs) {
            if (List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").stream()
                    .noneMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
                missing.add(program);
            }
        }
        assumeTrue(missing.isEmpty(), "missing programs: " + missing + " (script/bootstrap installs them)");
    }

    /** The unmodified Azure CLI, put into a root of its own once on this machine. */
    public static void azureCli() {
        Path program = cache().resolve("azure-cli/trixie/usr/bin/az");
        assumeTrue(
                Files.isExecutable(program),
                "missing: " + program + " (end-to-end/lab/azure-cli makes it, in minutes; root, debootstrap)");
    }

    /** Kubernetes' own API server, built once on this machine. */
    public static void realKubernetes() {
        Path program = cache().resolve("kubernetes/bin/kube-apiserver");
        assumeTrue(
                Files.isExecutable(program) && Files.isExecutable(Path.of("/usr/bin/etcd")),
                "missing: " + program + " or /usr/bin/etcd (end-to-end/lab/kubernetes/build makes both, in minutes)");
    }

    /** Where the scripts of lab/ keep what they have made. */
    public static Path cache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("capstan");
    }
}
