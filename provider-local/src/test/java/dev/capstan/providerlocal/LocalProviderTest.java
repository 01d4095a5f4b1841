package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.machines.Machine;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The life of a machine: made, found, stopped, booted, deleted. */
class LocalProviderTest {

    @Test
    void machineIsMadeWithItsListBeforeItsRuntimeAndDeletedWithoutATrace() throws Exception {
        try (Lab lab = Lab.open()) {
            Machine machine = lab.ensure("node-a");

            assertThat(machine.state()).isEqualTo(Machine.State.RUNNING);
            assertThat(machine.cluster()).isEqualTo("cluster-1");
            assertThat(machine.facts().containerRuntimeVersion()).startsWith("containerd://");
            assertThat(machine.facts().address()).isEqualTo("127.0.0.1");
            assertThat(lab.provider.list()).containsExactly(machine);
            assertThat(lab.in("node-a", "hostname; cat /var/lib/capstan/list.pem /proc/sys/kernel/random/boot_id")
                            .output())
                    .isEqualTo("node-a\nLAB LIST\n" + machine.facts().bootId());
            Lab.await(
                    "the agent has written its log",
                    () -> Files.readString(lab.folder("node-a").resolve("log/agent.log"))
                            .contains("agent "));
            assertThat(Files.readAllLines(lab.folder("node-a").resolve("log/agent.log")))
                    .containsExactly("birth runtime=down", "agent runtime=up");
            assertThat(lab.in("node-a", "cat /etc/capstan/agent.properties")
                            .output()
                            .lines())
                    .containsExactly(
                            "server=https://127.0.0.1:7443/clusters/c",
                            "certificate-authority=/run/capstan/ca.crt",
                            "token=/run/capstan/token",
                            "node=node-a");

            lab.provider.delete("node-a");

            assertThat(lab.provider.list()).isEmpty();
            assertThat(lab.traces()).isEmpty();
            lab.provider.delete("node-a");
        }
    }
}
