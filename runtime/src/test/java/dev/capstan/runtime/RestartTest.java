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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restart is believed only as far as it was seen. The last tests restart a real containerd, on folders and a socket of its
 * own, with a real container in it; it and what belongs to it are the only processes they look at.
 */
class RestartTest {

    /** For what never comes; all else has done its part by then, on a busy machine too. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final SocketCheck NO_QUESTION = socket -> {};

    /** Runs until a file is there, then fails. */
    private static final String WAITS = "while [ ! -e /end ]; do /bin/busybox sleep 0.05; done; exit 3";

    @TempDir
    private Path folder;

    private boolean running;

    @Test
    void commandThatFailsIsToldWithItsWords() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();

        assertThatThrownBy(() -> restart(node, "echo Unit containerd.service not found. >&2; exit 5", LONG))
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

        assertThatThrownBy(() -> restart(node, "exec /bin/busybox sleep 1000"))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("did not end within");
    }

    @Test
    void secondRestartAtTheSameTimeIsRefused() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();
        Path lock = node.write(RuntimeLayout.RUNTIME_LOCK, "");

        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran"))
                    .hasMessageContaining("another process of Capstan's is restarting or preparing the runtime");
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
        FakeNode.RuntimeProcessFiles files = node.stock();
        RuntimeProcess stale = running(node);
        files.ends();

        assertThatThrownBy(() -> restart(node, stale, "/bin/busybox touch /ran", SHORT))
                .hasMessageContaining("nothing to restart");
        assertThat(node.at("/ran")).doesNotExist();
    }

    @Test
    void processThatSomebodyElseHasStartedSinceIsLeftAlone() throws Exception {
        FakeNode node = new FakeNode(folder);
        FakeNode.RuntimeProcessFiles files = node.stock();
        RuntimeProcess stale = running(node);
        files.ends();
        node.process(1099, "containerd", "/usr/bin/containerd", 5_000, Map.of());

        assertThat(restart(node, stale, "/bin/busybox touch /ran", SHORT)).isEmpty();
        assertThat(node.at("/ran")).doesNotExist();
    }

    @Test
    void preparingTheNodeKeepsTheAgentFromRestarting() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();

        Restart afterwards;
        try (RuntimeLock held = RuntimeLock.take(node.root)) {
            Processes processes = new Processes(node.root, node.proc);
            afterwards = new Restart(held, new NodePrograms(node.root), processes, "containerd", SHORT, NO_QUESTION);
            assertThatThrownBy(() -> restart(node, "/bin/busybox touch /ran"))
                    .hasMessageContaining("restarting or preparing");
        }
        assertThatThrownBy(() -> afterwards.command(command("/bin/busybox", "touch", "/ran")))
                .hasMessageContaining("was given back");
        assertThat(node.at("/ran")).doesNotExist();
    }

    @Test
    void unitsCountOfStartsIsTakenBackFirstAndThatItCannotBeStopsNothing() throws Exception {
        FakeNode node = new FakeNode(folder);
        node.stock();
        List<String> counted =
                List.of("/bin/busybox", "sh", "-c", "[ ! -e /ran ] && /bin/busybox touch /taken-back; exit 1");
        List<String> command = List.of("/bin/busybox", "sh", "-c", "/bin/busybox touch /ran");

        assertThatThrownBy(() ->
                        node.runtime().restart(running(node), NO_QUESTION, new UnitRestart(counted, command), SHORT))
                .hasMessageContaining("still runs");

        assertThat(node.at("/taken-back")).exists();
        assertThat(node.at("/ran")).exists();
        assertThat(UnitRestart.of("containerd").allow()).containsExactly("systemctl", "reset-failed", "containerd");
    }

    @Test
    void whoPreparesTheNodeWaitsForARestartThatIsUnderWayAndSaysSo() throws Exception {
        FakeNode node = new FakeNode(folder);
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> taken;
            try (RuntimeLock restarting = RuntimeLock.take(node.root)) {
                restarting.held();
                assertThatThrownBy(() -> RuntimeLock.await(node.root, Duration.ZERO, said::add))
                        .isInstanceOf(ContainerRuntimeException.class)
                        .hasMessageContaining("wait for it to end");
                said.clear();
                taken = thread.submit(() -> {
                    try (RuntimeLock lock = RuntimeLock.await(node.root, LONG, said::add)) {
                        lock.held();
                        return true;
                    }
                });
                assertThat(said.poll(5, TimeUnit.MINUTES)).contains("waiting for it");
                assertThat(taken.isDone()).isFalse();
            }
            assertThat(taken.get(5, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void realRestartIsTimedAndEveryContainerKept() throws Exception {
        startRealContainerd();

        Restarted restarted = real("start", socket -> {
            if (!Files.exists(socket)) {
                throw new IOException("there is no socket");
            }
        });

        assertThat(restarted.after().pid()).isNotEqualTo(restarted.before().pid());
        assertThat(restarted.after().startedBootNanos())
                .isGreaterThanOrEqualTo(restarted.before().startedBootNanos());
        assertThat(restarted.containers()).isEqualTo(new Containers.Fate(1, List.of(), List.of()));
        assertThat(restarted.untilAnswer()).isGreaterThanOrEqualTo(restarted.command());
        assertThat(ctr("task", "ls")).contains("RUNNING");

        assertThatThrownBy(() -> real("start", Duration.ofSeconds(15), socket -> {
                    throw new IOException("CRI says no");
                }))
                .hasMessageContaining("does not answer on")
                .hasMessageContaining("CRI says no");
    }

    @Test
    void realContainerThatEndsByItselfMeanwhileIsNotLost() throws Exception {
        startRealContainerd();
        String container = Files.readString(folder.resolve("container")).strip();

        Restarted restarted = real(
                "touch container-root/end; while kill -0 " + container + " 2>/dev/null; do sleep 0.02; done; start",
                NO_QUESTION);

        assertThat(restarted.containers().lost()).isEmpty();
        assertThat(restarted.containers().kept()).isZero();
        assertThat(restarted.containers().ended())
                .singleElement()
                .satisfies(words ->
                        assertThat(words).contains("process " + container, "default/" + folder.getFileName(), "shim"));
        assertThat(restarted.containers().words()).contains("no containers run on; ended by themselves meanwhile");
        assertThat(ctr("task", "ls")).as("its exit is recorded by its shim").contains("STOPPED");
        assertThat(ctr("task", "rm", folder.getFileName().toString())).contains("3");
    }

    @Test
    void realContainerWhoseShimTheRestartKilledIsLost() throws Exception {
        startRealContainerd();
        String shim = Files.readString(folder.resolve("shim")).strip();

        assertThatThrownBy(() -> real("kill -9 " + shim + "; start", NO_QUESTION))
                .isInstanceOf(ContainerRuntimeException.class)
                .hasMessageContaining("of 1 containers that ran before these were lost with their shims")
                .hasMessageContaining("default/" + folder.getFileName() + " (shim " + shim + ")")
                .hasMessageContaining("KillMode=process");
    }

    @Test
    void shimsOfAnotherContainerdAreNotLookedAt() throws Exception {
        startRealContainerd();
        Containers containers = new Containers(new Processes(Path.of("/"), folder.resolve("proc")));

        assertThat(containers.running(folder + "/c.sock")).hasSize(1);
        assertThat(containers.running("/run/docker/containerd/containerd.sock")).isEmpty();
    }

    @Test
    void realContainerdThatDoesNotComeBackIsSaid() throws Exception {
        startRealContainerd();

        assertThatThrownBy(() -> real(":", NO_QUESTION)).hasMessageContaining("no containerd runs");
    }

    private static UnitRestart command(String... words) {
        return new UnitRestart(List.of(), List.of(words));
    }

    private static RuntimeProcess running(FakeNode node) throws ContainerRuntimeException {
        return Objects.requireNonNull(node.runtime().lane().process());
    }

    private static Optional<Restarted> restart(FakeNode node, String script) throws ContainerRuntimeException {
        return restart(node, script, SHORT);
    }

    private static Optional<Restarted> restart(FakeNode node, String script, Duration limit)
            throws ContainerRuntimeException {
        return restart(node, running(node), script, limit);
    }

    private static Optional<Restarted> restart(FakeNode node, RuntimeProcess stale, String script, Duration limit)
            throws ContainerRuntimeException {
        return node.runtime().restart(stale, NO_QUESTION, command("/bin/busybox", "sh", "-c", script), limit);
    }

    /** A restart that ends the real containerd and then runs this; {@code start} starts it again. */
    private Restarted real(String then, SocketCheck check) throws Exception {
        return real(then, then.endsWith("start") ? LONG : Duration.ofSeconds(10), check);
    }

    private Restarted real(String then, Duration limit, SocketCheck check) throws Exception {
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
        Processes processes = new Processes(root, folder.resolve("proc"));
        try (RuntimeLock lock = RuntimeLock.take(folder)) {
            return new Restart(lock, new NodePrograms(root), processes, "containerd", limit, check)
                    .run(
                            command("sh", "-c", script, "sh", folder.toString()),
                            processes.runtime().orElseThrow(),
                            folder.resolve("c.sock"),
                            new Containers(processes).running(folder + "/c.sock"));
        }
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
        script("cd \"$1\"; setsid containerd --config config.toml </dev/null >>log 2>&1 & echo $! >\"$1/pid\"");
        String pid = Files.readString(folder.resolve("pid")).strip();
        Files.createSymbolicLink(proc.resolve(pid), Path.of("/proc/" + pid));
        running = true;
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!ctr("version").contains("Server:") && System.nanoTime() < limit) {
            Thread.sleep(50);
        }
        String id = folder.getFileName().toString();
        assertThat(ctr("run", "-d", "--rootfs", folder + "/container-root", id, "/bin/busybox", "sh", "-c", WAITS))
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
        Files.writeString(folder.resolve("shim"), shim);
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
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    }

    private String ctr(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ctr", "--address", folder + "/c.sock"));
        command.addAll(List.of(arguments));
        NodePrograms.Ran ran = new NodePrograms(Path.of("/")).run(LONG, command);
        return ran.output() + ran.complaint();
    }
}
