package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Process 1 of a machine: commands typed inside, and healing. */
class SupervisorTest {

    @Test
    void restartTypedInsideAnswersWhenContainerdDoesAndContainersLive() throws Exception {
        assumeTrue(Programs.find("busybox").isPresent(), "left out: install busybox-static");
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            try (InputStream script = SupervisorTest.class.getResourceAsStream("/container.sh")) {
                String text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
                Lab.Ran ran = Lab.run(List.of(
                        lab.folder("node-a").resolve("enter").toString(), "bash", "-c", text, "container", "c1"));
                assertThat(ran.code()).as(ran.output()).isZero();
            }
            String container = "cut -d' ' -f1,22 /proc/$(pidof busybox)/stat";
            String before = lab.in("node-a", container).output();
            String runtime = lab.in("node-a", "pidof containerd").output();
            assertThat(before).matches("\\d+ \\d+");

            Lab.Ran restarted =
                    lab.in("node-a", "systemctl restart containerd; echo $?; ctr version >/dev/null; echo $?");

            assertThat(restarted.output()).isEqualTo("0\n0");
            assertThat(lab.in("node-a", "pidof containerd").output()).isNotEqualTo(runtime);
            assertThat(lab.in("node-a", container).output()).isEqualTo(before);
            assertThat(lab.in("node-a", "ctr -n k8s.io task exec --exec-id e c1 /bin/busybox echo alive")
                            .output())
                    .isEqualTo("alive");

            lab.provider.delete("node-a");
            assertThat(lab.traces()).isEmpty();
        }
    }

    @Test
    void systemctlAnswersAsSystemdDoes() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");

            expect(lab, "systemctl is-active containerd", 0, "active");
            expect(lab, "systemctl stop containerd", 0, "");
            expect(lab, "systemctl is-active containerd.service", 3, "inactive");
            expect(lab, "pidof containerd", 1, "");
            expect(lab, "systemctl --quiet is-active containerd", 3, "");
            assertThat(lab.in("node-a", "systemctl status containerd").output()).contains("Active: inactive");
            assertThat(lab.in("node-a", "systemctl status containerd").code()).isEqualTo(3);
            expect(lab, "systemctl start containerd", 0, "");
            expect(lab, "ctr version >/dev/null", 0, "");
            expect(
                    lab,
                    "systemctl restart docker",
                    5,
                    "Failed to restart docker.service: Unit docker.service not found.");
            expect(lab, "systemctl is-active docker", 4, "inactive");
            assertThat(lab.in("node-a", "systemctl enable containerd").code()).isEqualTo(1);
            assertThat(lab.in("node-a", "systemctl enable containerd").output())
                    .contains("Unknown command verb enable");
            assertThat(lab.in("node-a", "systemctl restart 'x;reboot'").code()).isEqualTo(1);
            assertThat(lab.in("node-a", "systemctl restart").code()).isEqualTo(1);
        }
    }

    @Test
    void restartOfABrokenContainerdFailsAndSaysSo() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            lab.in("node-a", "cp /etc/containerd/config.toml /tmp/; echo '[[[' >/etc/containerd/config.toml");

            Lab.Ran broken = lab.in("node-a", "systemctl restart containerd");

            assertThat(broken.code()).isEqualTo(1);
            assertThat(broken.output()).contains("containerd.service failed", "/var/log/capstan/containerd.log");
            lab.in("node-a", "cp /tmp/config.toml /etc/containerd/config.toml");
            expect(lab, "systemctl restart containerd", 0, "");
        }
    }

    @Test
    void containerdAndAgentAreHealedWhenTheyDie() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            for (String process : new String[] {"pidof containerd", "pgrep -f fake-agent"}) {
                lab.awaitLog("node-a", "agent", "agent runtime=up");
                String first = lab.in("node-a", process).output();

                lab.in("node-a", "kill -9 $(" + process + ")");

                Lab.await(process + " is another", () -> {
                    Lab.Ran now = lab.in("node-a", process);
                    return now.code() == 0 && !now.output().equals(first);
                });
            }
            Lab.await(
                    "containerd answers", () -> lab.in("node-a", "ctr version").code() == 0);
            assertThat(Files.readString(lab.folder("node-a").resolve("log/supervisor.log")))
                    .contains("containerd died", "capstan-agent died");
        }
    }

    @Test
    void orphansAreReapedAndTheAgentGetsACleanEnvironment() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            lab.in("node-a", "for i in 1 2 3; do (sleep 0.0$i &) ; done");
            lab.awaitLog("node-a", "agent", "agent runtime=up");

            Lab.await(
                    "no zombie is left",
                    () -> lab.in("node-a", "ps -eo stat= | grep -c Z").output().equals("0"));
            assertThat(lab.in("node-a", "cut -d= -f1 /run/agent-environment | sort")
                            .output()
                            .lines())
                    .isSubsetOf("HOME", "LANG", "PATH", "PWD", "SHLVL", "_");
            assertThat(lab.in("node-a", "ls -l /proc/$(pidof containerd)/fd | grep -c capstan/supervisor")
                            .output())
                    .isEqualTo("0");
        }
    }

    @Test
    void logsAreBoundedAndLinksPlantedAmongThemLeadNowhere() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            Path precious = Files.writeString(lab.base.resolve("precious"), "kept");
            lab.in(
                    "node-a",
                    "cd /var/log/capstan; head -c 9000000 /dev/zero >>agent.log; ln -sf %1$s boot.log; ln -s %1$s agent.log.1"
                            .formatted(precious));
            lab.provider.stop("node-a");

            lab.ensure("node-a");

            Path logs = lab.folder("node-a").resolve("log");
            assertThat(Files.size(logs.resolve("agent.log"))).isLessThan(8 << 20);
            assertThat(precious).hasContent("kept");
        }
    }

    private static void expect(Lab lab, String command, int code, String output) throws Exception {
        Lab.Ran ran = lab.in("node-a", command);
        assertThat(ran).as(command).isEqualTo(new Lab.Ran(code, output));
    }
}
