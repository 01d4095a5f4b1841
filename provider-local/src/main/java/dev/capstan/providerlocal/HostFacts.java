package dev.capstan.providerlocal;

import dev.capstan.machines.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a kubelet would report of a machine on this host, all but its boot id. */
record HostFacts(
        String kernelVersion,
        String osImage,
        String architecture,
        String containerRuntimeVersion,
        int cpus,
        long memoryBytes) {

    private static final Map<String, String> GO_NAMES = Map.of("amd64", "amd64", "x86_64", "amd64", "aarch64", "arm64");

    /** Reads them once; containerd in a machine is the host's own. */
    static HostFacts read() throws IOException, InterruptedException {
        String architecture = System.getProperty("os.arch");
        // "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3": the third word.
        String[] version = Programs.run("containerd", "--version").split(" ", -1);
        return new HostFacts(
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                prettyName(),
                GO_NAMES.getOrDefault(architecture, architecture),
                "containerd://" + (version.length > 2 ? version[2] : "unknown"),
                Runtime.getRuntime().availableProcessors(),
                totalMemory());
    }

    /** Machines share the host's network: their address is its loopback address. */
    Machine.Facts withBoot(String bootId) {
        return new Machine.Facts(
                "127.0.0.1", bootId, kernelVersion, osImage, architecture, containerRuntimeVersion, cpus, memoryBytes);
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
