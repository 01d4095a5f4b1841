package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.machines.Machine;
import dev.capstan.resources.ObjectNames;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A controller killed before its first, second, third … write, until it gets through unharmed: the next one always ends
 * right, with no machine lost and none made twice.
 */
class ControllerKillTest {

    private static final int MORE_THAN_ENOUGH = 400;

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

    /** From a cluster of so many nodes (0: none) to one of so many (-1: none), killed at every write on the way. */
    private static void everywhere(int from, int to) {
        try (Lab lab = new Lab()) {
            lab.ownRights = false;
            lab.installDefinitions();
            int at = 1;
            while (once(lab, from, to, new Kill(at))) {
                at++;
                assertThat(at).as("writes").isLessThan(MORE_THAN_ENOUGH);
            }
            assertThat(at).as("writes at which it was killed").isGreaterThan(10);
        }
    }

    /** One way from start to end; says whether the controller died on it. */
    private static boolean once(Lab lab, int from, int to, Kill kill) {
        lab.provider.made.clear();
        lab.provider.kill(Kill.never());
        if (from > 0) {
            try (Controller first = lab.start()) {
                lab.want(from, true);
                await(from + " nodes", lab::isReady);
                await("idle", first::isIdle);
            }
        }
        if (to < 0) {
            lab.client(MANAGEMENT).resource(lab.cluster()).delete();
        } else {
            lab.want(to, true);
        }
        try (Controller dying = lab.start(kill)) {
            await("dead or done", () -> kill.isDead() || (isEnd(lab, to) && dying.isIdle()));
        }
        boolean died = kill.isDead();
        lab.provider.kill(Kill.never());
        try (Controller next = lab.start()) {
            await("the end after a kill before: " + kill.where(), () -> isEnd(lab, to));
            await("idle", next::isIdle);
            check(lab, Math.max(from, 0), to, kill);
            if (to >= 0) {
                lab.client(MANAGEMENT).resource(lab.cluster()).delete();
                await("gone", () -> lab.cluster() == null);
            }
        }
        return died;
    }

    private static boolean isEnd(Lab lab, int to) {
        return to < 0
                ? lab.cluster() == null
                : lab.isReady() && lab.nodes().size() == to && lab.recorded().size() == to;
    }

    private static void check(Lab lab, int from, int to, Kill kill) {
        Set<String> machines =
                lab.provider.list().stream().map(Machine::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(lab.provider.made)
                .as("made once each, after a kill before: %s", kill.where())
                .doesNotHaveDuplicates()
                .hasSize(Math.max(from, to));
        if (to < 0) {
            assertThat(machines).isEmpty();
            assertThat(lab.pools()).isEmpty();
            assertThat(lab.exists(CLUSTER)).isFalse();
            return;
        }
        Set<String> wanted = IntStream.range(0, to)
                .mapToObj(index -> ObjectNames.machine(CLUSTER, "np", index))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(machines).isEqualTo(wanted);
        assertThat(lab.recorded()).isEqualTo(wanted);
        assertThat(lab.nodes()).isEqualTo(wanted);
        for (String node : wanted) {
            assertThat(lab.bearing(CLUSTER, node)).as("everything of %s", node).hasSize(8);
        }
        for (int index = to; index < from; index++) {
            String gone = ObjectNames.machine(CLUSTER, "np", index);
            await(
                    "nothing of " + gone + " after a kill before: " + kill.where(),
                    () -> lab.bearing(CLUSTER, gone).isEmpty());
        }
    }
}
