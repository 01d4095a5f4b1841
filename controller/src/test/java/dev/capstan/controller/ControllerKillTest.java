package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ObjectNames;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A controller killed before its first, third, fifth … write, until it gets through unharmed: the next one always ends
 * right, with no machine lost and none made twice. {@code -Dcapstan.kill.points=all} by hand: before each write.
 */
class ControllerKillTest {

    private static final int MORE_THAN_ENOUGH = 400;
    private static final int STEP = "all".equals(System.getProperty("capstan.kill.points")) ? 1 : 2;

    @Test
    void killedWhileMakingACluster() {
        everywhere(0, 2);
    }

    @Test
    void killedWhileScalingUp() {
        everywhere(1, 2);
    }

    @Test
    void killedWhileScalingDown() {
        everywhere(2, 1);
    }

    @Test
    void killedWhileDeletingACluster() {
        everywhere(2, -1);
    }

    @Test
    void killedWhileReplacingMachines() {
        everywhere(new Way(2, 2, ONE, TWO, "Update", false), 2 * STEP);
    }

    @Test
    void killedWhileReplacingAndScalingUp() {
        everywhere(new Way(1, 2, ONE, TWO, "Update", false));
    }

    @Test
    void killedWhileAborting() {
        everywhere(new Way(1, 1, ONE, TWO, "Update", true));
    }

    @Test
    void killedWhileArmDeletesACluster() {
        everywhere(new Way(1, -1, ONE, ONE, "Delete", false));
    }

    private static final List<String> ONE = list("one");
    private static final List<String> TWO = list("two");

    /**
     * From a cluster of so many nodes (0: none) with a list to one of so many (-1: none) with a list.
     *
     * @param operation its kind; null for none, where kubectl wrote
     * @param aborted whether it was aborted in its middle, when the first machine was being drained
     */
    private record Way(int from, int to, List<String> before, List<String> after, String operation, boolean aborted) {

        boolean replaces() {
            return !before.equals(after);
        }
    }

    private static void everywhere(int from, int to) {
        everywhere(new Way(from, to, List.of(), List.of(), null, false));
    }

    private static void everywhere(Way way) {
        everywhere(way, STEP);
    }

    /** Killed at the first write on the way, and at every so many after it. */
    private static void everywhere(Way way, int step) {
        try (Lab lab = new Lab()) {
            lab.ownRights = false;
            lab.installDefinitions();
            int at = 1;
            while (once(lab, way, new Kill(at))) {
                at += step;
                assertThat(at).as("writes").isLessThan(MORE_THAN_ENOUGH);
            }
            assertThat(at).as("writes at which it was killed").isGreaterThan(way.aborted() ? 3 : 10);
        }
    }

    /** One way from start to end; says whether the controller died on it. */
    private static boolean once(Lab lab, Way way, Kill kill) {
        lab.provider.kill(Kill.never());
        lab.list = way.before();
        lab.prepare("Create");
        if (way.from() > 0) {
            try (Controller first = lab.start()) {
                lab.want(way.from(), true);
                await(way.from() + " nodes", () -> isEnd(lab, way.from()));
                for (int i = 0; i < way.from() && way.replaces(); i++) {
                    lab.pod("p" + i, ObjectNames.machine(CLUSTER, "np", i), "\"labels\":{\"app\":\"kept\"}");
                }
                if (way.aborted()) {
                    lab.create(CLUSTER, BUDGET);
                    begin(lab, way);
                    await(
                            "draining",
                            () -> lab.node(ObjectNames.machine(CLUSTER, "np", 0))
                                            .getSpec()
                                            .getUnschedulable()
                                    != null);
                    lab.abort();
                }
                await("idle", () -> way.aborted() || first.isIdle());
            }
        }
        lab.provider.made.clear();
        lab.provider.most.set(0);
        if (!way.aborted()) {
            begin(lab, way);
        }
        try (Controller dying = lab.start(kill)) {
            await("dead or done", () -> kill.isDead() || (isEnd(lab, way) && dying.isIdle()));
        }
        boolean died = kill.isDead();
        lab.provider.kill(Kill.never());
        try (Controller next = lab.start()) {
            await("the end after a kill before: " + kill.where(), () -> isEnd(lab, way));
            await("idle", next::isIdle);
            check(lab, way, kill);
            if (lab.cluster() != null) {
                lab.client(MANAGEMENT).resource(lab.cluster()).delete();
                await("gone", () -> lab.cluster() == null);
            }
        }
        return died;
    }

    private static void begin(Lab lab, Way way) {
        lab.list = way.after();
        if (way.to() < 0 && way.operation() == null) {
            lab.client(MANAGEMENT).resource(lab.cluster()).delete();
        } else if (way.to() < 0) {
            lab.operation(way.operation(), null);
        } else {
            lab.prepare(way.operation() == null ? "Update" : way.operation());
            lab.want(way.to(), true);
        }
    }

    private static boolean isEnd(Lab lab, Way way) {
        if (way.aborted()) {
            return lab.provisioned().equals("False Canceled");
        }
        if (way.to() < 0) {
            return way.operation() == null
                    ? lab.cluster() == null
                    : lab.provisioned().equals("True Deleted");
        }
        return isEnd(lab, way.to());
    }

    private static boolean isEnd(Lab lab, int to) {
        return lab.isReady()
                && lab.provisioned().equals("True Succeeded")
                && lab.nodes().size() == to
                && lab.recorded().size() == to;
    }

    private static void check(Lab lab, Way way, Kill kill) {
        Set<String> machines =
                lab.provider.list().stream().map(Machine::name).collect(Collectors.toCollection(TreeSet::new));
        if (way.to() < 0) {
            assertThat(machines).isEmpty();
            assertThat(lab.pools()).isEmpty();
            assertThat(lab.exists(CLUSTER)).isFalse();
            return;
        }
        assertThat(machines).as("after a kill before: %s", kill.where()).hasSize(way.to());
        assertThat(lab.recorded()).isEqualTo(machines);
        assertThat(lab.nodes()).isEqualTo(machines);
        for (String node : machines) {
            assertThat(lab.bearing(CLUSTER, node)).as("everything of %s", node).hasSize(8);
            assertThat(lab.node(node).getSpec().getUnschedulable()).isNull();
        }
        assertThat(lab.provider.most.get()).isLessThanOrEqualTo(Math.max(way.from(), way.to()) + 1);
        if (way.replaces() && !way.aborted()) {
            String model = lab.pool("np").getSpec().certificateSet();
            assertThat(Management.machines(lab.pool("np"))).allMatch(record -> model.equals(record.certificateSet()));
            assertThat(lab.provider.made)
                    .as("made once each, after a kill before: %s", kill.where())
                    .hasSize(way.to());
            AgentPool.ModelUpdate progress = lab.pool("np").getStatus().modelUpdate();
            assertThat(List.of(progress.machines(), progress.drained(), progress.deleted()))
                    .as("%s after a kill before: %s", progress, kill.where())
                    .containsOnly(way.from());
        } else {
            assertThat(lab.provider.made)
                    .as("made once each, after a kill before: %s", kill.where())
                    .doesNotHaveDuplicates()
                    .hasSize(Math.max(0, way.to() - way.from()));
        }
        if (way.operation() != null) {
            assertThat(lab.cluster().getStatus().operations())
                    .extracting(ManagedCluster.EndedOperation::id)
                    .doesNotHaveDuplicates()
                    .hasSize(way.aborted() ? 3 : 2);
        }
        IntStream.range(0, way.from() + way.to() + 2)
                .mapToObj(index -> ObjectNames.machine(CLUSTER, "np", index))
                .filter(node -> !machines.contains(node))
                .forEach(gone -> await(
                        "nothing of " + gone + " after a kill before: " + kill.where(),
                        () -> lab.bearing(CLUSTER, gone).isEmpty()));
    }

    private static List<String> list(String name) {
        return List.of(
                Base64.getEncoder().encodeToString(TestKeys.authority(name).getBytes(StandardCharsets.UTF_8)));
    }

    private static final String BUDGET = """
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"keep","namespace":"default"},
             "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"kept"}}}}
            """;
}
