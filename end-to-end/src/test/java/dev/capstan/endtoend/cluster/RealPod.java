package dev.capstan.endtoend.cluster;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Cluster;
import java.time.Duration;

/**
 * A pod that sleeps, on one node, whose image its kubelet asks containerd for at each start of the pod.
 *
 * @param name of its own in the namespace {@code default}
 */
record RealPod(Cluster cluster, String name, String node) implements AutoCloseable {

    /** Kubelet waits 10, 20, 40 s ... and at last five minutes before it asks again for an image that it did not get. */
    private static final Duration BACK_OFF = Duration.ofMinutes(10);

    /** Makes it; it may be long until it runs, if ever. */
    static RealPod make(RealNode node, String name, String image) {
        node.cluster()
                .apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                spec:
                  nodeName: %s
                  terminationGracePeriodSeconds: 0
                  tolerations:
                  - operator: Exists
                  containers:
                  - name: app
                    image: %s
                    imagePullPolicy: %s
                    command: [/bin/busybox, sleep, "86400"]
                """.formatted(name, node.name(), image, image.startsWith("localhost/") ? "Never" : "Always"));
        return new RealPod(node.cluster(), name, node.name());
    }

    /** Waits until its kubelet was refused the image for want of trust, as {@code kubectl describe} tells its user. */
    void isRefused() {
        Await.until(
                name + " is refused its image",
                () -> status("{.state.waiting.reason}").matches("ErrImagePull|ImagePullBackOff")
                        && describe().contains(Cluster.UNTRUSTED));
    }

    /** Waits until it runs. */
    Duration runs() {
        return Await.until(
                name + " runs",
                BACK_OFF,
                () -> describe() + new RealNode(cluster, node).told(),
                () -> !status("{.state.running.startedAt}").isEmpty());
    }

    /** Process id and start time of its container's process, as its node has them. */
    String process() {
        String container = status("{.containerID}").replace("containerd://", "");
        return new RealNode(cluster, node)
                .shell("pid=$(ctr -n k8s.io task ls | awk '$1 == \"" + container
                        + "\" && $3 == \"RUNNING\" {print $2}') && echo $pid $(cut -d' ' -f22 /proc/$pid/stat)");
    }

    /** How often kubelet has started its container again. */
    String restarts() {
        return status("{.restartCount}");
    }

    String describe() {
        return cluster.kubectl("describe", "pod", name).orFail().text();
    }

    private String status(String path) {
        return cluster.kubectl("get", "pod", name, "-o", "jsonpath={.status.containerStatuses[0]" + path.substring(1))
                .orFail()
                .text()
                .strip();
    }

    @Override
    public void close() {
        cluster.kubectl("delete", "pod", name, "--wait=false", "--ignore-not-found")
                .orFail();
    }
}
