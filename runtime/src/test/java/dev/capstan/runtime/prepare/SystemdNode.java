package dev.capstan.runtime.prepare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A node of the test's own on which this machine's systemd runs as process 1, and starts the distribution's containerd by the
 * distribution's unit. Gone, with its cgroups, when closed.
 */
final class SystemdNode implements Entered, AutoCloseable {

    private final Process holder;
    private final String name;
    private final long init;

    private SystemdNode(Process holder, String name, long init) {
        this.holder = holder;
        this.name = name;
        this.init = init;
    }

    /** Booted below this folder, with this configuration of containerd, which runs. */
    static SystemdNode boot(Path folder, String configuration) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("config.toml"), configuration);
        Path script = folder.resolve("systemd-node.sh");
        try (var text = SystemdNode.class.getResourceAsStream("systemd-node.sh")) {
            Files.write(script, text.readAllBytes());
        }
        String name = "capstan-" + folder.getFileName();
        Path said = folder.resolve("said");
        Process holder = PrivateNode.clean(List.of("bash", script.toString(), folder.toString(), name))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        SystemdNode node = null;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (System.nanoTime() < end && holder.isAlive()) {
            if (node == null) {
                node = first(holder)
                        .map(first -> new SystemdNode(holder, name, first))
                        .orElse(null);
            }
            if (node != null && node.code("systemctl is-active containerd.service") == 0) {
                return node;
            }
            Thread.sleep(100);
        }
        String words = Files.readString(said);
        new SystemdNode(holder, name, 0).close();
        throw new IOException("systemd did not start containerd: " + words);
    }

    /** The first process of the namespace, once the script has become the program that makes it. */
    private static Optional<Long> first(Process holder) {
        return holder.info()
                        .command()
                        .filter(program -> program.endsWith("/unshare"))
                        .isPresent()
                ? holder.children().map(ProcessHandle::pid).findFirst()
                : Optional.empty();
    }

    Path root() {
        return Path.of("/proc", Long.toString(init), "root");
    }

    Map<String, String> files() throws IOException {
        return NodeFileTree.of(root());
    }

    @Override
    public List<String> entered(String... command) {
        List<String> whole = new ArrayList<>(List.of(
                "nsenter",
                "-t",
                Long.toString(init),
                "-m",
                "-p",
                "-u",
                "-i",
                "-C",
                "--",
                "env",
                "-i",
                "HOME=/root",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
        whole.addAll(List.of(command));
        return whole;
    }

    /** Runs a shell command in the node. */
    String succeeds(String command) throws IOException, InterruptedException {
        Process process = PrivateNode.clean(entered("sh", "-c", command))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + said);
        }
        return said;
    }

    private int code(String command) throws IOException, InterruptedException {
        return PrivateNode.clean(entered("sh", "-c", command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Ends it; the kernel takes a moment until its last process is gone, and only then are its cgroups to be removed. */
    @Override
    public void close() throws IOException {
        holder.destroyForcibly();
        Process removal =
                PrivateNode.clean(List.of("bash", "-c", """
                        shopt -s nullglob
                        for i in $(seq 100); do
                          trees=(/sys/fs/cgroup/%1$s /sys/fs/cgroup/*/%1$s)
                          left=(); for tree in "${trees[@]}"; do [ ! -d "$tree" ] || left+=("$tree"); done
                          [ ${#left[@]} -gt 0 ] || exit 0
                          find "${left[@]}" -depth -type d -exec rmdir {} \\; 2>/dev/null
                          sleep 0.05
                        done
                        """.formatted(name))).start();
        try {
            removal.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
