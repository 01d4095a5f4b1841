package dev.capstan.endtoend.systemd;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A node that this machine's own systemd runs as process 1, with the distribution's containerd as a unit of the
 * distribution's; see {@code lab/systemd-node}. Its disk outlives a reboot. Gone, with its cgroups, when closed.
 */
final class SystemdNode implements AutoCloseable {

    private static final int CLOSE_SECONDS = 300;

    /** What an installation could touch; everything of it is compared. */
    private static final String LISTING = """
            cd / && find etc usr/local/bin usr/local/share/ca-certificates usr/lib/capstan var/lib/capstan var/lib/ca-certificates \
              run/capstan -printf '%p %y %m %U:%G %l\\n' -type f -exec sha256sum {} ';' 2>/dev/null \
              | grep -v -e '^etc/machine-id' -e ' etc/machine-id$' | sort
            """;

    private final Path folder;
    private final String name;
    private Process holder;

    private SystemdNode(Path folder, String name, Process holder) {
        this.folder = folder;
        this.name = name;
        this.holder = holder;
    }

    /**
     * Boots one in a new folder of its name below this one.
     *
     * @param distribution what is seen as {@code /mnt}
     * @param hosts names that lead to this machine
     */
    static SystemdNode boot(Path below, String name, Path distribution, String hosts) {
        try {
            Path folder = Files.createDirectory(below.resolve(name));
            Files.writeString(folder.resolve("config.toml"), "version = 2\n# the node's own\n");
            Files.writeString(folder.resolve("hosts"), hosts);
            Files.createSymbolicLink(folder.resolve("distribution"), distribution);
            SystemdNode node = new SystemdNode(folder, name, start(folder, name));
            node.awaitContainerd();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process start(Path folder, String name) throws IOException {
        return Program.clean()
                .start(
                        List.of(Repository.lab("systemd-node").toString(), folder.toString(), name),
                        Path.of("/dev/null"),
                        folder.resolve("said"));
    }

    private void awaitContainerd() {
        Await.until("systemd of " + name + " has started containerd", () -> {
            if (!holder.isAlive()) {
                throw new AssertionError(name + " ended: " + said());
            }
            return isUp() && run("systemctl is-active containerd.service").held();
        });
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    /** Ends process 1 as {@code systemctl reboot} does, and boots the same disk again. */
    void reboot() {
        run("kill -s RTMIN+5 1").orFail();
        again();
    }

    /** Ends every process of it at once, and boots the same disk again. */
    void cutPower() {
        holder.destroyForcibly();
        again();
    }

    private void again() {
        try {
            if (!holder.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not go down: " + said());
            }
            Await.until(
                    "every process of " + name + " is gone", () -> processes().isEmpty());
            removeCgroups();
            holder = start(folder, name);
            awaitContainerd();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + name + " went down", e);
        }
    }

    /** Runs a shell command there, as a root shell would. */
    Program.Output run(String command) {
        List<String> whole = new ArrayList<>(List.of(
                "nsenter",
                "-t",
                Long.toString(init()),
                "-m",
                "-p",
                "-u",
                "-i",
                "-C",
                "--",
                "env",
                "-i",
                "HOME=/root",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
        whole.addAll(List.of("sh", "-c", command));
        return Program.clean().run(whole, "");
    }

    /** Puts a folder of this machine there, as an administrator unpacks it. */
    void bring(Path folder, String place) {
        Program.clean()
                .run("cp", "-a", folder.toString(), "/proc/" + init() + "/root" + place)
                .orFail();
    }

    /** What a shell command says, which has to succeed. */
    String says(String command) {
        return run(command).orFail().text().strip();
    }

    /** A pull by containerd itself, through CRI, as a kubelet asks for it. */
    Program.Output pull(String image) {
        return Program.clean()
                .run(
                        Repository.lab("cri-pull").toString(),
                        image,
                        "/proc/" + init() + "/root/run/containerd/containerd.sock");
    }

    boolean pulls(String image) {
        return pull(image).held();
    }

    /** Whether a pull fails, and for want of trust. */
    boolean isUntrusted(String image) {
        Program.Output pull = pull(image);
        return !pull.held() && pull.text().contains(Cluster.UNTRUSTED);
    }

    /** Process id and start of containerd. */
    String containerd() {
        return says(
                "pid=$(systemctl show -P MainPID containerd.service) && echo $pid $(cut -d' ' -f22 /proc/$pid/stat)");
    }

    /** Runs a container that sleeps. */
    void runContainer() {
        says("mkdir -p /run/bundle/bin && cp /bin/busybox /run/bundle/bin/"
                + " && ctr -n k8s.io run --rootfs --detach /run/bundle kept /bin/busybox sleep 86400");
    }

    /** Process id and start of that container. */
    String container() {
        return says("pid=$(cat /run/containerd/io.containerd.runtime.v2.task/k8s.io/kept/init.pid)"
                + " && cut -d' ' -f1,22 /proc/$pid/stat");
    }

    /** Ends that container. */
    void endContainer() {
        says("ctr -n k8s.io task kill -s KILL kept");
        Await.until(
                "the container is gone",
                () -> run("ctr -n k8s.io task rm kept; ctr -n k8s.io container rm kept")
                        .held());
    }

    /** Microseconds since the kernel's start, as systemd noted them. */
    long time(String unit, String property) {
        return Long.parseLong(says("systemctl show -P " + property + " " + unit));
    }

    /** Everything that an installation could touch, a line each. */
    List<String> files() {
        return run(LISTING).text().lines().collect(Collectors.toList());
    }

    private boolean isUp() {
        return holder.info()
                        .command()
                        .filter(program -> program.endsWith("/unshare"))
                        .isPresent()
                && holder.children().findFirst().isPresent()
                && Files.exists(Path.of("/proc/" + init() + "/root/run/systemd/private"));
    }

    private long init() {
        return holder.children()
                .findFirst()
                .map(ProcessHandle::pid)
                .orElseThrow(() -> new AssertionError(name + " does not run: " + said()));
    }

    private List<String> processes() {
        return Program.clean()
                .run("sh", "-c", "cat $(find /sys/fs/cgroup -path '*/" + name + "/*' -name cgroup.procs) 2>/dev/null")
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private void removeCgroups() {
        Program.clean()
                .run(
                        "sh",
                        "-c",
                        "find /sys/fs/cgroup -depth -type d -path '*/" + name + "*' -exec rmdir {} ';' 2>/dev/null");
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        try {
            holder.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Await.until("the cgroups of " + name + " are gone", () -> {
            removeCgroups();
            return Program.clean()
                    .run("find", "/sys/fs/cgroup", "-type", "d", "-name", name)
                    .text()
                    .isBlank();
        });
        // JUnit would warn of each of its links.
        Program.clean().run("rm", "-rf", folder.toString()).orFail();
    }
}
