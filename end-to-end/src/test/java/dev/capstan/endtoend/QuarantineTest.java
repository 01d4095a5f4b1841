package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model update of real machines where one node never drains and is to be cordoned, and the others soak: it goes on without the
 * one, and ends well. Judged by kubectl, machines on the host and CRI pulls. A minute is the shortest of both that AKS knows.
 */
@Order(1)
final class QuarantineTest {

    private static final String STATUS_LABEL = "kubernetes\\.azure\\.com/upgrade-status";

    @Test
    void theNodeThatDoesNotDrainIsQuarantinedTheOtherSoaksAndTheUpdateEndsWell(@TempDir Path folder) throws Exception {
        Requirements.machines();
        try (Registry one = Registry.start(folder, "one");
                Registry two = Registry.start(folder, "two");
                CapstanHome home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION)) {
            Fleet fleet =
                    Fleet.create(home, "cordon", 2, Fleet.list(folder.resolve("one.pem"), one.certificateAuthority()));
            Cluster cluster = fleet.cluster();
            fleet.nodepool(
                            "update",
                            "--undrainable-node-behavior",
                            "Cordon",
                            "--drain-timeout",
                            "1",
                            "--node-soak-duration",
                            "1")
                    .orFail();
            List<String> old = cluster.nodes();
            String stuck = old.getFirst();
            String other = old.getLast();
            fleet.pods(List.of(stuck), "kept");
            cluster.apply("""
                    apiVersion: policy/v1
                    kind: PodDisruptionBudget
                    metadata: {name: never, namespace: default}
                    spec: {minAvailable: 1, selector: {matchLabels: {app: kept}}}
                    """);

            Path list = Fleet.list(folder.resolve("two.pem"), two.certificateAuthority());
            CompletableFuture<Program.Output> update =
                    Aside.call(() -> fleet.aks("update", "--custom-ca-trust-certificates", list.toString()));
            Duration soaked = soak(cluster, other, update);
            update.join().orFail();

            assertThat(soaked).isGreaterThan(Duration.ofSeconds(59));
            assertThat(update.join().took()).isGreaterThan(Duration.ofMinutes(2));
            List<String> now = cluster.nodes();
            assertThat(now).hasSize(3).contains(stuck).doesNotContain(other);
            assertThat(home.machines()).hasSize(3);
            assertThat(field(cluster, stuck, "{.metadata.labels." + STATUS_LABEL + "} {.spec.unschedulable}"))
                    .isEqualTo("Quarantined true");
            assertThat(cluster.kubectl("get", "pod", "on-" + stuck, "-o", "jsonpath={.status.phase}")
                            .text())
                    .isEqualTo("Running");
            cluster.resolve(one, two);
            for (String node : now) {
                assertThat(cluster.pull(node, (node.equals(stuck) ? one : two).image())
                                .text())
                        .as(node)
                        .startsWith("PULL OK");
            }

            // Its user has seen to it: the next update takes it up again.
            cluster.kubectl("delete", "pdb", "never").orFail();
            fleet.nodepool("update", "--node-soak-duration", "0").orFail();
            fleet.aks("update", "--yes").orFail();
            assertThat(cluster.nodes()).hasSize(2).doesNotContain(stuck);
            fleet.aks("delete", "--yes").orFail();
        }
    }

    /** For how long at most the node was there after its cordon: from the last look that did not see it, however slow looking is. */
    private static Duration soak(Cluster cluster, String node, CompletableFuture<Program.Output> update)
            throws InterruptedException {
        long schedulable = System.nanoTime();
        boolean cordoned = false;
        while (!update.isDone()) {
            long looked = System.nanoTime();
            Program.Output seen = cluster.kubectl(
                    "get", "node", node, "--ignore-not-found", "-o", "jsonpath={.metadata.name} {.spec.unschedulable}");
            if (seen.text().strip().equals(node + " true")) {
                cordoned = true;
            } else if (!cordoned) {
                schedulable = looked;
            } else if (seen.held() && seen.text().isBlank()) {
                return Duration.ofNanos(System.nanoTime() - schedulable);
            }
            Thread.sleep(200);
        }
        throw new AssertionError(
                "the node was never seen to soak: " + update.join().text());
    }

    private static String field(Cluster cluster, String node, String path) {
        return cluster.kubectl("get", "node", node, "-o", "jsonpath=" + path)
                .orFail()
                .text()
                .strip();
    }
}
