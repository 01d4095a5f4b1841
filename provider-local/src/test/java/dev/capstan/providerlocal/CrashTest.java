package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.machines.Machine;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The control plane is killed at random moments while it makes, stops, boots and deletes; the next one ends it right. */
class CrashTest {

    private static final int ROUNDS = 20;

    @Test
    void killedAtAnyMomentNothingIsLostDoubledOrLeft() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (Lab lab = Lab.open()) {
            for (int round = 0; round < ROUNDS; round++) {
                String when = "seed " + seed + ", round " + round;
                Process child = Child.start(
                        lab, "ensure", "node-a", "stop", "node-a", "ensure", "node-a", "delete", "node-a", "ensure",
                        "node-a");
                try (var out = child.inputReader()) {
                    assertThat(out.readLine()).as(when).isEqualTo("open");
                    assertThat(child.waitFor(random.nextInt(2600), TimeUnit.MILLISECONDS))
                            .as(when)
                            .isFalse();
                    child.destroyForcibly().waitFor();
                }

                Lab next = Lab.adopt(lab.base);
                boolean doomed =
                        next.provider.list().stream().anyMatch(machine -> machine.state() == Machine.State.DELETING);
                if (doomed || round % 2 == 0) {
                    next.provider.delete("node-a");
                    assertThat(lab.traces()).as(when).isEmpty();
                } else {
                    assertThat(next.ensure("node-a").state()).as(when).isEqualTo(Machine.State.RUNNING);
                    assertThat(next.in("node-a", "ctr version >/dev/null && pgrep -c containerd$")
                                    .output())
                            .as(when)
                            .isEqualTo("1");
                    // The machine is ready as soon as the agent's process is there; its own name it takes a little
                    // later.
                    Lab.await(
                            "one agent, " + when,
                            () -> next.in("node-a", "pgrep -fc fake-agent")
                                    .output()
                                    .equals("1"));
                }
            }
            lab.provider.delete("node-a");
            assertThat(lab.traces()).isEmpty();
        }
    }
}
