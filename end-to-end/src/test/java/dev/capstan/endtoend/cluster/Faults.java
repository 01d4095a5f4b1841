package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.RealKubernetes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes wrong with the parts of a real cluster: kill -9, a cut cable, a power cut.
 *
 * @param real the cluster
 * @param kubernetes the folder of lab/kubernetes
 * @param nodes of the cluster
 */
record Faults(RealCluster real, Path kubernetes, List<String> nodes) {

    private static final Duration AGAIN = Duration.ofMinutes(2);
    private static final int TRIES = 3;

    /**
     * One thing that goes wrong, and how it is put right.
     *
     * @param longest for how long it may stay so
     */
    record Fault(String name, Runnable strike, Runnable mend, Duration longest) {}

    /** Of what all nodes share. */
    List<Fault> ofTheControlPlane() {
        return List.of(
                new Fault(
                        "API server killed",
                        () -> killProgram("kube-apiserver"),
                        () -> startProgram("kube-apiserver"),
                        Duration.ofSeconds(4)),
                new Fault("etcd killed", () -> killProgram("etcd"), () -> startProgram("etcd"), Duration.ofSeconds(4)),
                new Fault("leading controller killed", this::killLeader, Faults::byItself, Duration.ZERO));
    }

    /** Of one node. */
    List<Fault> of(String node) {
        return List.of(
                new Fault(
                        "agent of " + node + " killed",
                        () -> kill(node, "-f", "dev.capstan.agent.Agent"),
                        Faults::byItself,
                        Duration.ZERO),
                new Fault(
                        "kubelet of " + node + " killed",
                        () -> kill(node, "-x", "kubelet"),
                        Faults::byItself,
                        Duration.ZERO),
                new Fault(
                        "cable of " + node + " cut",
                        () -> cable(node, "down"),
                        () -> cable(node, "up"),
                        Duration.ofSeconds(8)),
                new Fault("power of " + node + " cut", () -> powerOff(node), () -> boot(node), Duration.ofSeconds(3)));
    }

    /** Kubelet starts containers again, systemd starts kubelet. */
    private static void byItself() {}

    /** Its process id may be another's soon, so that it is struck from the list of those that end with the cluster. */
    private void killProgram(String program) {
        Path list = kubernetes.resolve("pids");
        try {
            List<String> others = new ArrayList<>();
            for (String pid : Files.readAllLines(list)) {
                ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
                if (process.info().command().orElse("").endsWith("/" + program)) {
                    process.destroyForcibly();
                    Await.until(program + " is gone", () -> !process.isAlive());
                } else {
                    others.add(pid);
                }
            }
            Files.write(list, others);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With everything that it had written: etcd's data folder is as the kill left it. */
    private void startProgram(String program) {
        Program.clean()
                .run(kubernetes.resolve("start").resolve(program).toString())
                .orFail();
        Await.until(
                "the API server is ready",
                AGAIN,
                () -> real.cluster()
                        .kubectl("get", "--raw", "/readyz", "--request-timeout=5s")
                        .held());
    }

    /** Where the API does not say who leads, all of them go. */
    private void killLeader() {
        Program.Output lease = real.cluster()
                .kubectl(
                        "get",
                        "lease",
                        "-n",
                        "kube-system",
                        "capstan-controller",
                        "--request-timeout=5s",
                        "-o",
                        "jsonpath={.spec.holderIdentity}");
        String pod = lease.held() ? lease.text().strip().replaceFirst("_.*", "") : "";
        for (String node : nodes) {
            real.node(node).on("sh", "-c", """
                    for pid in $(pgrep -x java); do
                      tr '\\0' '\\n' </proc/$pid/cmdline | grep -q 'incluster.ControllerProgram$' || continue
                      tr '\\0' '\\n' </proc/$pid/environ | grep -q '^HOSTNAME=%s' && kill -9 $pid
                    done""".formatted(pod));
        }
    }

    private void kill(String node, String... pattern) {
        real.node(node).on("pkill", "-9", pattern[0], pattern[1]);
    }

    private void cable(String node, String state) {
        String bridge = read(kubernetes.resolve("bridge"));
        String number = read(kubernetes.resolve("nodes").resolve(node).resolve("number"));
        String veth = "ck" + bridge.substring(bridge.lastIndexOf('-') + 1) + "-" + number;
        Program.clean().run("ip", "link", "set", veth, state).orFail();
    }

    private void powerOff(String node) {
        RealKubernetes.lab(List.of("node", "off", kubernetes.toString(), node)).orFail();
    }

    /** On a busy machine, with the API server away, a boot may take longer than the lab waits for it. */
    private void boot(String node) {
        for (int tries = 1; ; tries++) {
            try {
                real.boot(node);
                return;
            } catch (AssertionError late) {
                if (tries == TRIES) {
                    throw late;
                }
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
