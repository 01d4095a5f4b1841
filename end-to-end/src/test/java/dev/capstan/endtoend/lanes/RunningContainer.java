package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A container that sleeps, begun by ctr as a kubelet's are by CRI: a shim of its own, which outlives containerd. */
record RunningContainer(Node node, String id, long pid, long shim) {

    private static final AtomicInteger CONTAINERS = new AtomicInteger();

    /** Pulls a busybox from this registry, which containerd must trust, and runs it; it ends with the node. */
    static RunningContainer start(Node node, Containerd containerd, TlsRegistry registry) {
        String image = registry.address() + "/lab/app:run" + Images.tag();
        Containerd.Pull pull = containerd.pull(image);
        if (!pull.ok()) {
            throw new AssertionError("no container without its image: " + pull.words());
        }
        // Unique over all nodes: they share the host's cgroups.
        String id = node.name() + "-" + CONTAINERS.incrementAndGet();
        node.run("ctr", "-n", "k8s.io", "run", "-d", "--cgroup", "/" + id, image, id)
                .orFail();
        long shim = pidOf("containerd-shim-runc-v2.*-id " + id);
        long pid = ProcessHandle.of(shim)
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow()
                .pid();
        return new RunningContainer(node, id, pid, shim);
    }

    /** Runs a program in it. */
    Program.Output exec(String... command) {
        List<String> all =
                new ArrayList<>(List.of("ctr", "-n", "k8s.io", "task", "exec", "--exec-id", id, id, "/bin/busybox"));
        all.addAll(List.of(command));
        return node.run(all.toArray(String[]::new));
    }

    /**
     * Programs run in it and are heard. ctr loses the words of one that is over before it reads them, on a busy machine; that it
     * succeeded it always says.
     */
    void answers() {
        exec("test", "-d", "/proc/1").orFail();
        Await.held(
                "a program in " + id + " is heard",
                () -> assertThat(exec("echo", "alive").text().strip()).isEqualTo("alive"));
    }

    private static long pidOf(String pattern) {
        return Program.clean()
                .run("pgrep", "-f", pattern)
                .orFail()
                .text()
                .lines()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
