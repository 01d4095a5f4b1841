package dev.capstan.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

    /** Node.js and Azure's SDKs for it, installed once on this machine. */
    public static void azureSdkForJavaScript() {
        programs(List.of("node"));
        Path installed = javaScriptModules().resolve("node_modules/@azure/arm-containerservice-preview");
        assumeTrue(
                Files.isDirectory(installed),
                "missing: " + installed
                        + " (script/bootstrap installs it: end-to-end/lab/azure-sdk-for-javascript; npm)");
    }

    /** Where those SDKs lie. */
    public static Path javaScriptModules() {
        return cache().resolve("azure-sdk-for-javascript");
    }

    /** Kubernetes' own programs, built once on this machine. */
    public static void realKubernetes() {
        Path built = cache().resolve("kubernetes/bin");
        List<Path> missing = Stream.concat(
                        Stream.of(
                                        "kube-apiserver",
                                        "kube-controller-manager",
                                        "kube-scheduler",
                                        "kubelet",
                                        "kube-proxy")
                                .map(built::resolve),
                        Stream.of(Path.of("/usr/bin/etcd")))
                .filter(program -> !Files.isExecutable(program))
                .toList();
        assumeTrue(
                missing.isEmpty(),
                "missing: " + missing + " (end-to-end/lab/kubernetes/build makes them all, in minutes)");
    }

    /** What real nodes are made of: those programs, and Debian's systemd, containerd and CNI programs. */
    public static void realNodes() {
        machines();
        realKubernetes();
        programs(List.of("iptables", "ip"));
        List<Path> missing = Stream.of(
                        "/lib/systemd/systemd", "/lib/systemd/system/containerd.service", "/usr/lib/cni/bridge")
                .map(Path::of)
                .filter(file -> !Files.exists(file))
                .toList();
        assumeTrue(missing.isEmpty(), "missing: " + missing + " (script/bootstrap installs them)");
    }

    /** Where the scripts of lab/ keep what they have made. */
    public static Path cache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
                .resolve("capstan");
    }
}
