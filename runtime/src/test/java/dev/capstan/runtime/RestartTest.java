package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restart is believed only as far as it was seen. The last tests restart a real containerd, on folders and a socket of its
 * own, with a real container in it; it and what belongs to it are the only processes they look at.
 */
class RestartTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final SocketCheck NO_QUESTION = socket -> {};

    @TempDir
    private Path folder;

    private boolean running;

    @Test
    void commandThatFailsIsToldWithItsWords() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();

        assertThatThrownBy(() -> restart(node, "echo Unit containerd.service not found. >&2; exit 5"))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("ended with code 5 and said: Unit containerd.service not found.")
                .hasMessageContaining("containerd, process 1041, runs")
                .hasMessageContaining("journalctl -u containerd");
    }

    @Test
    void processThatIsStillTheSameIsNoRestart() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();

        assertThatThrownBy(() -> restart(node, "exit 0"))
                .hasMessageContaining("process 1041, which ran before, still runs");
    }

    @Test
    void commandThatDoesNotEndIsEnded() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();

        assertThatThrownBy(() -> restart(node, "exec /bin/busybox sleep 60"))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("did not end within");
    }

    @Test
    void secondRestartAtTheSameTimeIsRefused() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();
        Path lock = node.write(RuntimeLayout.RESTART_LOCK, "");

        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran"))
                    .hasMessageContaining("another restart of the runtime is under way");
        }
        assertThat(node.at("/ran")).doesNotExist();
        assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran")).hasMessageContaining("still runs");
        assertThat(node.at("/ran")).exists();
    }

    @Test
    void containerdThatIsPartOfAnotherServiceIsLeftAlone() throws Exception {
        FakeNode node = new FakeNode(folder);
        FakeNode.RuntimeProcessFiles process = node.stock();
        Files.writeString(process.folder().resolve("cgroup"), "0::/system.slice/k3s.service\n");

        assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran"))
                .hasMessageContaining("is part of k3s.service, which Capstan does not restart");
        assertThat(node.at("/ran")).doesNotExist();

        Files.writeString(process.folder().resolve("cgroup"), "0::/system.slice/containerd.service\n");
        assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran")).hasMessageContaining("still runs");
    }

    @Test
    void withoutAContainerdNothingIsRun() throws Exception {
        FakeNode node = new FakeNode(folder);

        assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran")).hasMessageContaining("nothing to restart");
        assertThat(node.at("/ran")).doesNotExist();
    }

    @Test
    void realRestartIsTimedAndEveryContainerKept() throws Exception {
        startRealContainerd();

        Restarted restarted = real("start").run(folder.resolve("c.sock"), socket -> {
            if (!Files.exists(socket)) {
                throw new IOException("there is no socket");
            }
        });

        assertThat(restarted.after().pid()).isNotEqualTo(restarted.before().pid());
        assertThat(restarted.after().startedBootNanos())
                .isGreaterThanOrEqualTo(restarted.before().startedBootNanos());
        // The shim and the first process of its container.
        assertThat(restarted.containersKept()).isEqualTo(2);
        assertThat(restarted.untilAnswer()).isGreaterThanOrEqualTo(restarted.command());
        assertThat(ctr("task", "ls")).contains("RUNNING");

        assertThatThrownBy(() -> real("start").run(folder.resolve("c.sock"), socket -> {
                    throw new IOException("CRI says no");
                }))
                .hasMessageContaining("does not answer on")
                .hasMessageContaining("CRI says no");
    }

    @Test
    void realContainerThatEndedMeanwhileIsNamed() throws Exception {
        startRealContainerd();
        String container = Files.readString(folder.resolve("container")).strip();

        assertThatThrownBy(() -> real("kill -9 " + container + "; start").run(folder.resolve("c.sock"), NO_QUESTION))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("of 2 container processes these run no more")
                .hasMessageContaining(container)
                .hasMessageContaining("KillMode=process");
    }

    @Test
    void realContainerdThatDoesNotComeBackIsSaid() throws Exception {
        startRealContainerd();

        assertThatThrownBy(() -> real(":").run(folder.resolve("c.sock"), NO_QUESTION))
                .hasMessageContaining("no containerd runs");
    }

    private Restarted restart(FakeNode node, String script) throws ContainerRuntimeException {
        return node.runtime().restart(NO_QUESTION, List.of("/bin/busybox", "sh", "-c", script), SHORT);
    }

    /** A restart that ends the real containerd and then runs this; {@code start} starts it again. */
    private Restart real(String then) {
        String script = """
                cd "$1"
                start() {
                  setsid containerd --config config.toml </dev/null >>log 2>&1 &
                  echo $! >pid
                  ln -s /proc/$! proc/$!
                }
                [ ! -e pid ] || { kill $(cat pid); while kill -0 $(cat pid) 2>/dev/null; do sleep 0.02; done; rm pid; }
                """ + then;
        Path root = Path.of("/");
        return new Restart(
                root,
                new Processes(root, folder.resolve("proc")),
                folder.resolve("lock"),
                List.of("sh", "-c", script, "sh", folder.toString()),
                Duration.ofSeconds(then.equals("start") ? 20 : 10));
    }

    /** containerd with one container; its proc file system shows it, its shim and the container alone. */
    private void startRealContainerd() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "containerd needs root");
        RealContainerd.INSTALLED.program();
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")), "runc is not installed");
        Path proc = Files.createDirectories(folder.resolve("proc"));
        for (String shown : List.of("sys", "uptime", "stat")) {
            Files.createSymbolicLink(proc.resolve(shown), Path.of("/proc/" + shown));
        }
        Files.writeString(folder.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs"]
                [grpc]
                  address = "%1$s/c.sock"
                """.formatted(folder));
        Files.createDirectories(folder.resolve("container-root/bin"));
        Files.copy(Path.of("/bin/busybox"), folder.resolve("container-root/bin/busybox"));
        assertThatThrownBy(() -> real("start").run(folder.resolve("c.sock"), NO_QUESTION))
                .hasMessageContaining("nothing to restart");
        script("cd \"$1\"; setsid containerd --config config.toml </dev/null >>log 2>&1 & echo $! >\"$1/pid\"");
        String pid = Files.readString(folder.resolve("pid")).strip();
        Files.createSymbolicLink(proc.resolve(pid), Path.of("/proc/" + pid));
        running = true;
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!ctr("version").contains("Server:") && System.nanoTime() < limit) {
            Thread.sleep(50);
        }
        String id = folder.getFileName().toString();
        assertThat(ctr("run", "-d", "--rootfs", folder + "/container-root", id, "/bin/busybox", "sleep", "600"))
                .isEmpty();
        String task = ctr("task", "ls", "-q").contains(id) ? ctr("task", "ls") : "";
        String container = task.lines()
                .filter(line -> line.startsWith(id))
                .findFirst()
                .orElseThrow()
                .split("\\s+", -1)[1];
        Files.writeString(folder.resolve("container"), container);
        String shim =
                Files.readString(Path.of("/proc/" + container + "/stat")).replaceAll(".*\\) \\S (\\d+) .*\\s*", "$1");
        for (String shown : List.of(container, shim)) {
            Files.createSymbolicLink(proc.resolve(shown), Path.of("/proc/" + shown));
        }
    }

    @AfterEach
    void endContainerd() throws Exception {
        if (!running) {
            return;
        }
        script("""
                cd "$1"
                [ -e pid ] || { setsid containerd --config config.toml </dev/null >>log 2>&1 & echo $! >pid; }
                for i in $(seq 100); do
                  ctr --address "$1/c.sock" task kill -s 9 "$2" >/dev/null 2>&1
                  ctr --address "$1/c.sock" task rm "$2" >/dev/null 2>&1
                  ctr --address "$1/c.sock" container rm "$2" >/dev/null 2>&1
                  [ -n "$(ctr --address "$1/c.sock" container ls -q 2>&1)" ] || break
                  sleep 0.1
                done
                kill $(cat pid)
                while kill -0 $(cat pid) 2>/dev/null; do sleep 0.02; done
                """);
    }

    private void script(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        script,
                        "sh",
                        folder.toString(),
                        folder.getFileName().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private String ctr(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ctr", "--address", folder + "/c.sock"));
        command.addAll(List.of(arguments));
        Program.Ran ran = Program.run(Path.of("/"), Duration.ofSeconds(30), command);
        return ran.output() + ran.complaint();
    }
}
