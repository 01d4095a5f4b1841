package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.containerds;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole model updates with real machines, judged by a watch that is recorded beside them, by CRI pulls and by /proc:
 * what happens to each old node and in which order, what a budget that forbids does, and how few nodes there ever are.
 */
@Order(1)
final class ModelUpdateTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Registry one;
    private static Registry two;

    @BeforeAll
    static void up() {
        Requirements.machines();
        one = Registry.start(folder, "one");
        two = Registry.start(folder, "two");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
    }

    @Test
    void everyOldNodeIsCordonedThenEmptiedThenDeletedAndItsSuccessorTrustsTheNewListOnly() throws Exception {
        Fleet fleet = Fleet.create(home, "order", 2, list("order-one", one));
        Cluster cluster = fleet.cluster();
        List<String> old = cluster.nodes();
        cluster.resolve(one, two);
        eachNodePulls(cluster, one);
        eachNodeRefuses(cluster, two);
        fleet.pods(old, "plain");

        try (ApiWatch watch = ApiWatch.of(cluster.api())) {
            fleet.update(list("order-two", two));

            // At once: the command says that the update is done, so no old node may be there any more.
            List<String> now = cluster.nodes();
            assertThat(now).hasSize(2).doesNotContainAnyElementsOf(old);
            Await.until(
                    "the watch has seen both old nodes go",
                    () -> gone(watch, "Node").containsAll(old));
            for (String node : old) {
                long cordoned =
                        watch.first(node + " cordoned", event -> event.name().equals(node) && event.isCordoned());
                long evicted = watch.first(
                        "the pod of " + node + " evicted",
                        event -> event.name().equals("on-" + node)
                                && event.type().equals("DELETED"));
                long deleted = watch.first(
                        node + " deleted",
                        event -> event.kind().equals("Node")
                                && event.name().equals(node)
                                && event.type().equals("DELETED"));
                assertThat(List.of(cordoned, evicted, deleted))
                        .as(watch.toString())
                        .isSorted();
            }
        }
        cluster.resolve(one, two);
        eachNodePulls(cluster, two);
        eachNodeRefuses(cluster, one);

        Map<String, String> before = containerds(cluster);
        Path same = list("order-same", two);
        Files.writeString(same, Files.readString(same).replace("\n", "\r\n") + "\r\n");
        fleet.update(same);
        assertThat(containerds(cluster))
                .as("the same set in other bytes rolls nothing")
                .isEqualTo(before);
        fleet.aks("delete", "--yes").orFail();
    }

    @Test
    void budgetThatForbidsMakesTheDrainWait() throws Exception {
        Fleet fleet = Fleet.create(home, "budget", 1, list("budget-one", one));
        Cluster cluster = fleet.cluster();
        String old = cluster.nodes().getFirst();
        fleet.pods(List.of(old), "kept");
        cluster.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: kept, namespace: default}
                spec: {minAvailable: 1, selector: {matchLabels: {app: kept}}}
                """);
        try (ApiWatch watch = ApiWatch.of(cluster.api())) {
            fleet.begin(list("budget-two", two));
            Await.until(
                    "the old node is cordoned",
                    () -> watch.events("Node").stream()
                            .anyMatch(event -> event.name().equals(old) && event.isCordoned()));
            // The refusals themselves are not to be seen from outside; that nothing went is.
            long refusals = System.nanoTime() + 3_000_000_000L;
            while (System.nanoTime() < refusals) {
                assertThat(gone(watch, "Pod")).isEmpty();
                assertThat(gone(watch, "Node")).isEmpty();
                Thread.sleep(50);
            }

            cluster.kubectl("delete", "pdb", "kept").orFail();
            fleet.aks("wait", "--updated", "--interval", "1").orFail();

            assertThat(cluster.nodes()).hasSize(1).doesNotContain(old);
            Await.until(
                    "the watch has seen the pod go", () -> gone(watch, "Pod").contains("on-" + old));
            assertThat(watch.first(
                            "budget gone",
                            event -> event.kind().equals("PodDisruptionBudget")
                                    && event.type().equals("DELETED")))
                    .as(watch.toString())
                    .isLessThan(watch.first(
                            "pod gone",
                            event -> event.kind().equals("Pod") && event.type().equals("DELETED")));
        }
        fleet.aks("delete", "--yes").orFail();
    }

    @Test
    void neverFewerReadyNodesAndNeverMoreMachinesThanTheLimitsAllow() throws Exception {
        Fleet fleet = Fleet.create(home, "limits", 4, list("limits-one", one));
        Map<String, Integer> surges = Map.of("1", 1, "2", 2, "50%", 2);
        boolean second = true;
        for (String surge : List.of("1", "2", "50%")) {
            fleet.nodepool("update", "--max-surge", surge).orFail();
            List<String> old = fleet.cluster().nodes();
            try (ApiWatch watch = ApiWatch.of(fleet.cluster().api())) {
                fleet.update(list("limits-next", second ? two : one));

                Await.until(
                        "the watch has seen the old nodes go",
                        () -> gone(watch, "Node").containsAll(old));
                assertThat(fleet.cluster().nodes()).hasSize(4).doesNotContainAnyElementsOf(old);
                withinLimits(watch, 4, surges.get(surge));
            }
            second = !second;
        }
        fleet.aks("delete", "--yes").orFail();
    }

    /** Replays the recording: after each commit at least {@code count} nodes serve, and at most count and surge exist. */
    private static void withinLimits(ApiWatch watch, int count, int surge) {
        Map<String, ApiWatch.Event> nodes = new HashMap<>();
        int most = 0;
        boolean complete = false;
        for (ApiWatch.Event event : watch.events("Node")) {
            if (event.type().equals("DELETED")) {
                nodes.remove(event.name());
            } else {
                nodes.put(event.name(), event);
            }
            long serving = nodes.values().stream()
                    .filter(node -> node.isReady() && !node.isCordoned())
                    .count();
            complete |= serving == count; // the recording begins with what is there, one by one
            if (complete) {
                assertThat(serving)
                        .as("serving nodes after " + event.revision() + " in\n" + watch)
                        .isGreaterThanOrEqualTo(count);
            }
            most = Math.max(most, nodes.size());
        }
        assertThat(complete).isTrue();
        assertThat(most).as(watch.toString()).isGreaterThan(count).isLessThanOrEqualTo(count + surge);
    }

    private static List<String> gone(ApiWatch watch, String kind) {
        return watch.events(kind).stream()
                .filter(event -> event.type().equals("DELETED"))
                .map(ApiWatch.Event::name)
                .toList();
    }

    private static Path list(String name, Registry registry) throws Exception {
        return Fleet.list(folder.resolve(name + ".pem"), registry.certificateAuthority());
    }
}
