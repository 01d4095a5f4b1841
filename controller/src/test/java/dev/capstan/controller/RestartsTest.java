package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.UpgradeSettings;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Permissions to restart runtimes, given by a controller with its own rights alone; agents are played here. */
class RestartsTest {

    private static final String SET = "v1:" + "a".repeat(64);
    private static final List<String> NODES = List.of(
            ObjectNames.machine(CLUSTER, "np", 0),
            ObjectNames.machine(CLUSTER, "np", 1),
            ObjectNames.machine(CLUSTER, "np", 2));

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        controller = lab.start();
        lab.installDefinitions();
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void staleNodesAreRestartedOneAfterTheOtherAndSayWhatTheyWaitFor() {
        want(null, Map.of());
        NODES.forEach(node -> report(node, true, "2026-01-01T00:00:00Z"));
        for (String node : NODES) {
            await(node + " may", () -> permitted().equals(Set.of(node)));
            for (String other : NODES) {
                if (other.compareTo(node) > 0) {
                    await(other + " waits", () -> message(other).contains(node + " is before it"));
                }
            }
            report(node, false, "2026-01-01T00:01:00Z");
        }
        await("none may any more", () -> permitted().isEmpty());
        await("that is told of each", () -> count("RuntimeRestartDone") == 3);
        assertThat(count("RuntimeRestartPermitted")).isEqualTo(3);
        await(
                "the first trusts",
                () -> lab.condition(CLUSTER, NODES.getFirst(), Names.NODE_CONDITION)
                        .getStatus()
                        .equals("True"));
    }

    @Test
    void asManyAtOnceAsMayBeUnavailable() {
        want(new UpgradeSettings("1", "2", null, null, null), Map.of());
        NODES.forEach(node -> report(node, true, "2026-01-01T00:00:00Z"));
        await("two may", () -> permitted().size() == 2);
        await("idle", controller::isIdle);
        assertThat(permitted()).hasSize(2);
    }

    @Test
    void theTagForbidsItAndTakesBackWhatWasGiven() {
        want(null, Map.of());
        report(NODES.getFirst(), true, "2026-01-01T00:00:00Z");
        await("may", () -> permitted().size() == 1);
        want(null, Map.of("capstan-runtime-restart", "never"));
        await("may no more", () -> permitted().isEmpty());
        await("says why", () -> message(NODES.getFirst()).contains("capstan-runtime-restart: never"));
        await("and what it is for", () -> message(NODES.getFirst()).startsWith("still trusts CN=Gone"));
    }

    @Test
    void theNextControllerKnowsWhatWasTried() {
        want(null, Map.of());
        report(NODES.getFirst(), true, "2026-01-01T00:00:00Z");
        await("may", () -> permitted().size() == 1);
        controller.close();
        report(NODES.getFirst(), true, "2026-01-01T00:01:00Z");
        controller = lab.start();
        await("taken back", () -> permitted().isEmpty() && reasons().contains("RuntimeRestartDidNotHelp"));
        await("says why", () -> message(NODES.getFirst()).contains("did not help"));
        await("idle", controller::isIdle);
        assertThat(permitted()).isEmpty();
    }

    /** Two turns one after the other, faster than a watch: the second knows the permission that the first gave. */
    @Test
    void permissionThatNoWatchHasSeenYetCounts() throws Exception {
        want(null, Map.of());
        controller.close();
        NODES.forEach(node -> report(node, true, "2026-01-01T00:00:00Z"));
        InstantSource clock = InstantSource.system();
        try (WorkQueue<Key> queue =
                        new WorkQueue<>(Duration.ofHours(1), Duration.ofHours(1), 1, key -> {}, (key, e, in) -> {});
                ManagedApis apis =
                        new ManagedApis(new Clients(new Interceptor() {}), queue, clock, Lab.TIMING, key -> {})) {
            Definitions.ensureResources(lab.client(CLUSTER), CustomResourceDefinitions.manifests());
            ManagedApi api = apis.attach(CLUSTER, lab.endpoint(CLUSTER));
            apis.put(api);
            Events events = new Events(clock, Lab.TIMING.event());
            NodePools pools = NodePools.open(api, queue);
            Restarts restarts =
                    new Restarts(apis, new NodeOrigins.Kubelets(pools), events, queue, clock, Lab.TIMING, false);
            for (String node : NODES) {
                restarts.reconcile(CLUSTER);
                restarts.reconcile(CLUSTER);
                assertThat(permitted()).containsExactly(node);
                report(node, false, "2026-01-01T00:01:00Z");
            }
            pools.close();
        }
    }

    private void want(UpgradeSettings settings, Map<String, Object> tags) {
        lab.arm = Map.of("tags", tags);
        lab.want(List.of(new ManagedCluster.AgentPoolProfile("np", 3, true, settings, null)));
        await("ready", lab::isReady);
    }

    private Set<String> permitted() {
        return NODES.stream()
                .filter(node -> lab.trust(CLUSTER, node).getSpec().runtimeRestart())
                .collect(Collectors.toSet());
    }

    private String message(String node) {
        var condition = lab.condition(CLUSTER, node, Names.NODE_CONDITION);
        return condition == null ? "" : condition.getMessage();
    }

    private long count(String reason) {
        return reasons().stream().filter(reason::equals).count();
    }

    private List<String> reasons() {
        return lab.events(CLUSTER).stream()
                .map(event -> String.valueOf(event.getAdditionalProperties().get("reason")))
                .toList();
    }

    private void report(String node, boolean isStale, String process) {
        lab.report(
                CLUSTER,
                node,
                new NodeTrust.Status(
                        lab.trust(CLUSTER, node).getMetadata().getGeneration(),
                        SET,
                        SET,
                        SET,
                        null,
                        new NodeTrust.Lane("Restart", "made here"),
                        List.of(),
                        List.of(),
                        isStale ? new NodeTrust.Problem("RuntimeStale", "still trusts CN=Gone") : null,
                        null,
                        "1",
                        "2026-01-01T00:00:00Z",
                        null,
                        new NodeRuntime("containerd", "1.6.20", 7, process, List.of(), List.of(), 0, null, List.of())));
    }
}
