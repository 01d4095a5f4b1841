package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import dev.capstan.endtoend.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node, looked at from a shell on it: /proc and files, no word of Capstan's. */
record RealNode(Cluster cluster, String name) {

    /** What belongs to who administers the node: settings, trust stores, units, containerd's configuration. */
    private static final String ADMINISTERED =
            "/etc /usr/local /usr/share/ca-certificates /var/lib/ca-certificates-java";

    Program.Output on(String... command) {
        return cluster.on(name, command);
    }

    String shell(String command) {
        return on("sh", "-c", command).orFail().text().strip();
    }

    /** What a command prints that gets this text on its standard input. */
    String given(String input, String... command) {
        return cluster.given(name, input, command).orFail().text();
    }

    /** Process id and start time of its containerd. */
    String containerd() {
        return cluster.containerd(name);
    }

    /** Process id and start time of its kubelet. */
    String kubelet() {
        return shell("pid=$(pgrep -x kubelet) && echo $pid $(cut -d' ' -f22 /proc/$pid/stat)");
    }

    /**
     * A restart of containerd as systemd's journal has it, in microseconds of the clock.
     *
     * @param stopping when systemd began to stop it
     * @param started when it had said that it was up again
     */
    record Restart(long stopping, long started) implements Comparable<Restart> {
        @Override
        public int compareTo(Restart other) {
            return Long.compare(stopping, other.stopping);
        }
    }

    /** Every restart of its containerd since the node booted. */
    List<Restart> restarts() {
        String journal = shell("journalctl -o export -u containerd --output-fields=MESSAGE_ID,JOB_TYPE,MESSAGE | sed -n"
                + " -e 's/^__REALTIME_TIMESTAMP=/at /p' -e 's/^MESSAGE=\\(Stopping\\|Started\\) containerd.*/\\1/p'");
        List<Restart> restarts = new ArrayList<>();
        long at = 0;
        long stopping = 0;
        for (String line : journal.lines().toList()) {
            if (line.startsWith("at ")) {
                at = Long.parseLong(line.substring(3));
            } else if (line.equals("Stopping")) {
                stopping = at;
            } else if (stopping != 0) {
                restarts.add(new Restart(stopping, at));
                stopping = 0;
            }
        }
        return restarts;
    }

    /** A CRI pull by its containerd itself. */
    Program.Output pull(String image) {
        return cluster.pull(name, image);
    }

    /** Waits until its containerd pulls an image; says what stood in the way where that is in vain. */
    void pulls(String image) {
        Await.until(
                name + " pulls " + image,
                () -> pull(image).text() + told(),
                () -> pull(image).text().startsWith("PULL OK"));
    }

    /** Waits until its containerd refuses an image for want of trust; says what there was instead where that is in vain. */
    void refuses(String image) {
        Await.until(
                name + " refuses " + image,
                () -> pull(image).text() + told(),
                () -> pull(image).text().contains(Cluster.UNTRUSTED));
    }

    /** What an engineer would look at next: the Secret, the node's own words, and its agent's. */
    String told() {
        return "\n"
                + cluster.kubectl("get", "secret", "-n", "kube-system", "custom-ca-trust-secret", "-o", "yaml")
                        .text()
                + cluster.kubectl("get", "nodetrust", name, "-o", "yaml").text()
                + cluster.kubectl("get", "pods", "-A", "-o", "wide", "--field-selector=spec.nodeName=" + name)
                        .text()
                + on(
                                "sh",
                                "-c",
                                "for log in /var/log/pods/capstan-system_capstan-agent-*/*/*.log; do echo $log; tail -n 60 $log; done")
                        .text();
    }

    /** Every file that its administrator answers for: kind, mode, owner, time of change, and the sum of what it holds. */
    Map<String, String> administered() {
        String there = "for top in " + ADMINISTERED + "; do [ ! -e $top ] || echo $top; done";
        String listed =
                shell("find $(" + there + ") \\( -type f -printf '%p\\t%m %U:%G %T@\\n' -o -type l -printf '%p\\t%l\\n'"
                        + " -o -printf '%p\\t%y %m %U:%G\\n' \\)");
        String sums = shell("find $(" + there + ") -type f -exec sha256sum {} +");
        Map<String, String> files = new TreeMap<>();
        listed.lines()
                .forEach(line ->
                        files.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1)));
        sums.lines()
                .forEach(line -> files.merge(line.substring(66), line.substring(0, 64), (one, sum) -> one + " " + sum));
        return files;
    }

    /** The same without the times. */
    static Map<String, String> withoutTimes(Map<String, String> administered) {
        Map<String, String> files = new TreeMap<>();
        administered.forEach((path, file) -> files.put(path, file.replaceAll(" \\d+\\.\\d+", "")));
        return files;
    }
}
