package dev.capstan.providerlocal;

import dev.capstan.machines.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a kubelet would report of a machine on this host, all but its boot id.
 *
 * @param containerd version of this host's containerd; {@code unknown} where there is none
 */
record HostFacts(
        String kernelVersion, String osImage, String architecture, String containerd, int cpus, long memoryBytes) {

    private static final Map<String, String> GO_NAMES = Map.of("amd64", "amd64", "x86_64", "amd64", "aarch64", "arm64");

    /** Reads them once; containerd in a machine is the host's own. */
    static HostFacts read() throws IOException, InterruptedException {
        String architecture = System.getProperty("os.arch");
        return new HostFacts(
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                prettyName(),
                GO_NAMES.getOrDefault(architecture, architecture),
                containerdVersion(),
                Runtime.getRuntime().availableProcessors(),
                totalMemory());
    }

    /** Machines share the host's network: their address is its loopback address. */
    Machine.Facts ofSystem(String bootId) {
        return new Machine.Facts(
                "127.0.0.1",
                bootId,
                kernelVersion,
                osImage,
                architecture,
                "containerd://" + containerd,
                cpus,
                memoryBytes);
    }

    /** A directory machine has nothing of its own but a trust store, and says so where a node's system is shown. */
    Machine.Facts ofDirectory(String bootId) {
        return new Machine.Facts(
                "127.0.0.1", bootId, kernelVersion, "directory on " + osImage, architecture, "none", cpus, memoryBytes);
    }

    private static String containerdVersion() throws IOException, InterruptedException {
        if (Programs.find("containerd").isEmpty()) {
            return "unknown";
        }
        // "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3": the third word.
        String[] version = Programs.run("containerd", "--version").split(" ", -1);
        return version.length > 2 ? version[2] : "unknown";
    }

    /** PRETTY_NAME of os-release(5). */
    private static String prettyName() throws IOException {
        Path file = Path.of("/etc/os-release");
        if (!Files.isReadable(file)) {
            return "Linux";
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    /** MemTotal of proc(5) {@code /proc/meminfo}, which is in kibibytes. */
    private static long totalMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("/proc/meminfo has no line MemTotal");
    }
}
