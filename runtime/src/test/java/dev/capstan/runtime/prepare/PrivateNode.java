package dev.capstan.runtime.prepare;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node of the test's own: this machine's files under an overlay, in namespaces of its own for mounts, processes and host
 * name, with a real containerd, a real container of runc's and a small systemctl. Gone, with all that ran in it, when closed.
 */
final class PrivateNode implements Entered, AutoCloseable {

    private static final String CONTAINER = "kept";

    /** Where systemd's own cgroups lie: version 2, or version 1 with systemd's name. */
    private static final Path CGROUPS = Files.isDirectory(Path.of("/sys/fs/cgroup/systemd"))
            ? Path.of("/sys/fs/cgroup/systemd")
            : Path.of("/sys/fs/cgroup");

    private final Process holder;
    private final Path root;
    private final Layout layout;

    private PrivateNode(Process holder, Layout layout) throws IOException {
        this.holder = holder;
        this.root = Path.of("/proc", Long.toString(init(holder)), "root");
        this.layout = layout;
    }

    /**
     * Made below this folder, with this configuration of containerd, which runs.
     *
     * @param program the containerd
     */
    static PrivateNode make(Path folder, String program, String configuration) throws IOException {
        PrivateNode node = make(folder, Layout.usual(program));
        node.configure(configuration);
        node.start();
        return node;
    }

    /** Made below this folder, with nothing that runs yet and no configuration. */
    static PrivateNode make(Path folder, Layout layout) throws IOException {
        Process holder = clean(List.of(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--uts",
                        "--fork",
                        "--propagation",
                        "private",
                        "bash",
                        "-ec",
                        """
                        cd %s; mkdir upper work root containerd
                        mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
                        mount -t proc proc root/proc
                        mount --rbind /sys root/sys; mount --make-rslave root/sys
                        mount --rbind /dev root/dev; mount --make-rslave root/dev
                        mount -t tmpfs tmpfs root/run
                        mount -t tmpfs tmpfs root/tmp
                        # What the tests run from may lie in the folder that was just hidden.
                        for one in %s; do
                          if [ -d $one ]; then mkdir -p root$one; else mkdir -p root${one%%/*}; : >root$one; fi
                          mount --bind $one root$one
                        done
                        mkdir -p root/var/lib/containerd root/run/systemd/system root/run/old
                        mount --bind containerd root/var/lib/containerd
                        cd root
                        pivot_root . run/old
                        cd /
                        umount -l run/old
                        echo ready
                        # Process 1 of the node reaps what its shims leave, and ends with the test.
                        while read -r -t 1 _ || [ $? -gt 128 ]; do :; done
                        """.formatted(folder, programsInTmp())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
        if (!"ready".equals(said.readLine())) {
            holder.destroyForcibly();
            throw new IOException("the node could not be made");
        }
        PrivateNode node = new PrivateNode(holder, layout);
        node.furnish();
        return node;
    }

    private static String programsInTmp() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.startsWith("/tmp/") && Files.exists(Path.of(entry)))
                .collect(Collectors.joining(" "));
    }

    private void furnish() throws IOException {
        removeTree("etc/containerd");
        removeTree("var/lib/capstan");
        removeTree("etc/capstan");
        Files.createDirectories(root.resolve("etc/containerd"));
        Path systemctl = root.resolve("usr/bin/systemctl");
        Files.deleteIfExists(systemctl);
        try (var script = PrivateNode.class.getResourceAsStream("systemctl.sh")) {
            Files.write(systemctl, script.readAllBytes());
        }
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(root.resolve("run/stand-in"));
        tell("program", layout.program());
        tell("unit", layout.unit());
        tell("address", layout.address());
        tell("tasks", layout.state());
        tell("arguments", String.join("\n", layout.arguments()));
        if (!layout.before().isEmpty()) {
            tell("before", layout.before());
        }
        if (!layout.unit().equals("containerd.service")) {
            Files.createDirectories(cgroup());
            tell("cgroup", cgroup().toString());
        }
    }

    /** A word to its systemctl. */
    void tell(String what, String words) throws IOException {
        Files.writeString(root.resolve("run/stand-in/" + what), words + "\n");
    }

    private Path cgroup() {
        return CGROUPS.resolve(container()).resolve(layout.unit());
    }

    /** Starts containerd, and a container in it that runs until its work is done. */
    void start() throws IOException {
        succeeds("systemctl start " + layout.unit());
        succeeds("""
                mkdir -p /run/bundle/bin /run/bundle/proc
                for file in /usr/bin/busybox $(ldd /usr/bin/busybox | grep -o '/[^ ]*'); do
                  mkdir -p /run/bundle/$(dirname $file); cp -L $file /run/bundle/$file
                done
                %s run --rootfs --detach /run/bundle %s /usr/bin/busybox sh -c \
                  'while [ ! -e /end ]; do /usr/bin/busybox sleep 0.1; done; exit 3'
                """.formatted(ctr(), container()));
    }

    private String ctr() {
        return Path.of(layout.program()).resolveSibling("ctr") + " -a " + layout.address() + " -n k8s.io";
    }

    private String container() {
        // Containers of cgroup v1 share one tree with the whole machine's.
        return CONTAINER + holder.pid();
    }

    /** Replaces containerd's configuration, as an editor would have an hour ago. */
    void configure(String configuration) throws IOException {
        Path file = root.resolve("etc/containerd/config.toml");
        Files.writeString(file, configuration);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-01-01T10:00:00.123456789Z")));
        // Whoever starts within 20 ms of this cannot be told from one who started before it.
        succeeds("sleep 0.05");
    }

    /** The node's root, as seen from here. */
    Path root() {
        return root;
    }

    /** Process id and start time of the container's first process. */
    String containerProcess() throws IOException {
        return succeeds(
                "pid=$(cat %s/io.containerd.runtime.v2.task/k8s.io/%s/init.pid); cut -d' ' -f1,22 /proc/$pid/stat"
                        .formatted(layout.state(), container()));
    }

    /** What containerd says of the container: its name, process and state. */
    String task() throws IOException {
        return succeeds(ctr() + " task ls | grep " + container());
    }

    /** How often the runtime was restarted. */
    long restarts() throws IOException {
        try (Stream<String> asked = Files.lines(root.resolve("run/stand-in/asked"))) {
            return asked.filter(line -> line.startsWith("restart ")).count();
        }
    }

    /** The environment of the running containerd. */
    String environment() throws IOException {
        return succeeds("tr '\\0' '\\n' < /proc/$(cat /run/stand-in/pid)/environ");
    }

    /** Every file that may be touched. */
    Map<String, String> files() throws IOException {
        return NodeFileTree.of(root);
    }

    /** Runs a shell command in the node. */
    String succeeds(String command) throws IOException {
        Process process = clean(entered("sh", "-c", command))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (ended(process) != 0) {
            throw new IOException(command + " failed: " + said);
        }
        return said;
    }

    @Override
    public List<String> entered(String... command) {
        List<String> whole = new ArrayList<>(List.of(
                "nsenter",
                "-t",
                Long.toString(initPid()),
                "-m",
                "-p",
                "-u",
                "--",
                "env",
                "-i",
                "HOME=/root",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
        whole.addAll(List.of(command));
        return whole;
    }

    private long initPid() {
        return Long.parseLong(root.getName(1).toString());
    }

    static ProcessBuilder clean(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return builder;
    }

    private void removeTree(String folder) throws IOException {
        succeeds("rm -rf /" + folder);
    }

    /** The first process of the namespace: the one child of the process that made it. */
    private static long init(Process holder) throws IOException {
        return holder.children()
                .findFirst()
                .orElseThrow(() -> new IOException("the node has no first process"))
                .pid();
    }

    @Override
    public void close() throws IOException {
        try {
            succeeds("%1$s task kill -s KILL %2$s; sleep 0.2; %1$s task delete %2$s || true"
                    .formatted(ctr(), container()));
        } finally {
            try (Writer end = holder.outputWriter()) {
                end.flush();
            }
            ended(holder);
            if (Files.exists(cgroup())) {
                // Everything in them has ended with the namespace.
                Files.delete(cgroup());
                Files.delete(cgroup().resolveSibling(""));
            }
        }
    }

    private static int ended(Process process) {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return -1;
        }
    }
}
