package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job, as a contract: whatever API the cluster is served by, the Secret of the seed page decides what containerd
 * on every node pulls. Verdicts are CRI pulls, /proc and kubectl; Capstan's own status is never asked for one.
 */
abstract sealed class SecretBecomesTrust permits SecretOnEmbeddedApiTest, SecretOnRealKubernetesTest {

    /** The cluster under test, with two nodes that follow the Secret. */
    abstract Cluster cluster();

    @Test
    void secretDecidesWhatEveryNodePullsInOneContainerdProcess(@TempDir Path folder) throws Exception {
        try (Registry one = Registry.start(folder, "one");
                Registry two = Registry.start(folder, "two")) {
            Cluster cluster = cluster();
            cluster.resolve(one, two);
            Map<String, String> before = containerds(cluster);
            assertThat(before).hasSize(2);
            byte[] first = Files.readAllBytes(one.certificateAuthority());
            byte[] second = Files.readAllBytes(two.certificateAuthority());
            eachNodeRefuses(cluster, one);
            eachNodeRefuses(cluster, two);

            cluster.applySecret(Map.of("ca1.crt", first));
            eachNodePulls(cluster, one);
            eachNodeRefuses(cluster, two);

            cluster.applySecret(Map.of("ca1.crt", first, "ca2.crt", second));
            eachNodePulls(cluster, two);
            eachNodePulls(cluster, one);

            cluster.applySecret(Map.of(
                    "ca1.crt", first, "ca2.crt", second, "bad.crt", "no certificate".getBytes(StandardCharsets.UTF_8)));
            Await.until(
                    "kubectl describe names the bad key on every node",
                    () -> cluster.nodes().stream()
                            .allMatch(node -> cluster.kubectl("describe", "node", node)
                                    .text()
                                    .lines()
                                    .anyMatch(line -> line.contains("CustomCATrusted")
                                            && line.contains("Quarantined")
                                            && line.contains("bad.crt"))));
            eachNodePulls(cluster, one);
            eachNodePulls(cluster, two);

            cluster.kubectl(
                            "patch",
                            "secret",
                            "-n",
                            "kube-system",
                            "custom-ca-trust-secret",
                            "--type=json",
                            "-p",
                            "[{\"op\":\"remove\",\"path\":\"/data/ca1.crt\"}]")
                    .orFail();
            eachNodeRefuses(cluster, one);
            eachNodePulls(cluster, two);

            cluster.kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust-secret")
                    .orFail();
            eachNodeRefuses(cluster, two);
            eachNodeRefuses(cluster, one);
            assertThat(containerds(cluster)).isEqualTo(before);
        }
    }

    static void eachNodePulls(Cluster cluster, Registry registry) {
        for (String node : cluster.nodes()) {
            Await.until(
                    node + " pulls " + registry.image(),
                    () -> cluster.pull(node, registry.image()).text().startsWith("PULL OK"));
        }
    }

    static void eachNodeRefuses(Cluster cluster, Registry registry) {
        for (String node : cluster.nodes()) {
            Await.until(
                    node + " refuses " + registry.image(),
                    () -> cluster.pull(node, registry.image()).text().contains(Cluster.UNTRUSTED));
        }
    }

    static Map<String, String> containerds(Cluster cluster) {
        Map<String, String> all = new LinkedHashMap<>();
        cluster.nodes().forEach(node -> all.put(node, cluster.containerd(node)));
        return all;
    }
}
