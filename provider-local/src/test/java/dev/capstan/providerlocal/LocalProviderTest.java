package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The life of a machine: made, found again, stopped, booted, deleted. */
class LocalProviderTest {

    @Test
    void listIsThereBeforeTheRuntimeAndNothingIsLeftAfterDelete() throws Exception {
        try (Lab lab = Lab.open()) {
            String trust = Lab.digest("/etc/ssl", "/etc/containerd", "/usr/local/share/ca-certificates");

            Machine machine = lab.ensure("node-a");

            assertThat(machine.state()).isEqualTo(Machine.State.RUNNING);
            assertThat(machine.cluster()).isEqualTo("cluster-1");
            assertThat(machine.facts().containerRuntimeVersion()).startsWith("containerd://");
            assertThat(machine.facts().address()).isEqualTo("127.0.0.1");
            assertThat(machine.facts().cpus()).isPositive();
            assertThat(machine.facts().memoryBytes()).isGreaterThan(1 << 20);
            assertThat(lab.provider.list()).containsExactly(machine);
            assertThat(lab.in(
                                    "node-a",
                                    "hostname; cat /etc/hostname /var/lib/capstan/list.pem"
                                            + " /proc/sys/kernel/random/boot_id")
                            .output())
                    .isEqualTo("node-a\nnode-a\nLAB LIST\n" + machine.facts().bootId());
            lab.awaitLog("node-a", "agent", "agent runtime=up");
            assertThat(Files.readAllLines(lab.folder("node-a").resolve("log/agent.log")))
                    .containsExactly("birth runtime=down", "agent runtime=up");
            assertThat(lab.in("node-a", "cat /etc/capstan/agent.properties")
                            .output()
                            .lines())
                    .containsExactly(
                            "server=https://127.0.0.1:7443/clusters/c",
                            "certificate-authority=/run/capstan/ca.crt",
                            "token=/run/capstan/token",
                            "node=node-a",
                            "program=/usr/lib/capstan/bin/capstan");
            assertThat(lab.in("node-a", "tr '\\0' '\\n' </proc/$(pidof containerd)/environ")
                            .output()
                            .lines())
                    .contains(
                            "SSL_CERT_FILE=/var/lib/capstan/runtime/distribution-roots.pem",
                            "SSL_CERT_DIR=/var/lib/capstan/runtime/no-certificates")
                    .hasSize(4);

            lab.provider.delete("node-a");

            assertThat(lab.provider.list()).isEmpty();
            assertThat(lab.traces()).isEmpty();
            assertThat(Lab.digest("/etc/ssl", "/etc/containerd", "/usr/local/share/ca-certificates"))
                    .isEqualTo(trust);
            lab.provider.delete("node-a");
        }
    }

    @Test
    void runningMachineIsLeftAloneAndAsksForNoCredential() throws Exception {
        try (Lab lab = Lab.open()) {
            var asked = new AtomicInteger();
            Credential credential = new Credential(Lab.TOKEN);
            MachineSpec spec = Lab.spec("node-a");
            Machine first = lab.provider.ensure(spec, () -> {
                asked.incrementAndGet();
                return credential;
            });
            Machine second = lab.provider.ensure(spec, () -> {
                asked.incrementAndGet();
                return credential;
            });

            assertThat(second).isEqualTo(first);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void stoppedMachineKeepsItsDiskAndBootsAsAnotherBoot() throws Exception {
        try (Lab lab = Lab.open()) {
            Machine first = lab.ensure("node-a");
            lab.in("node-a", "echo kept >/etc/kept; echo kept >/var/lib/containerd/kept; echo gone >/run/gone");

            lab.provider.stop("node-a");

            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.STOPPED);
            assertThat(lab.in("node-a", "true").code()).isEqualTo(125);
            assertThat(lab.in("node-a", "true").output()).contains("machine node-a does not run");
            assertThat(lab.traces()).containsExactly("folder " + lab.folder("node-a"));

            Machine second = lab.ensure("node-a");

            assertThat(second.facts().bootId()).isNotEqualTo(first.facts().bootId());
            assertThat(lab.in("node-a", "cat /etc/kept /var/lib/containerd/kept /var/lib/capstan/calls; ls /run/gone")
                            .output())
                    .startsWith("kept\nkept\nbirth\noffline\n")
                    .contains("No such file");
            assertThat(lab.in("node-a", "cat /etc/shadow; ls -A /root /home /tmp")
                            .output()
                            .lines()
                            .filter(line -> !line.contains(":*:")))
                    .containsExactly("/home:", "", "/root:", "", "/tmp:");
        }
    }

    @Test
    void deathIsNoticedByWhoeverWatches() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            Set<String> changed = ConcurrentHashMap.newKeySet();
            Lab adopted = Lab.adopt(lab.base);
            try (AutoCloseable _ = adopted.provider.watch(changed::add)) {
                ProcessHandle.of(lab.state("node-a").boot().process().pid())
                        .orElseThrow()
                        .destroyForcibly();
                Lab.await("the death is noticed", () -> changed.contains("node-a"));

                assertThat(adopted.provider.list())
                        .singleElement()
                        .extracting(Machine::state)
                        .isEqualTo(Machine.State.STOPPED);
            }
        }
    }

    @Test
    void machineOutlivesItsControlPlaneAndIsFoundAgain() throws Exception {
        try (Lab lab = Lab.open()) {
            Process child = Child.start(lab, "ensure", "node-a");
            try (var out = child.inputReader()) {
                assertThat(out.readLine()).isEqualTo("open");
                assertThat(out.readLine()).isEqualTo("done ensure node-a");
            }
            child.destroyForcibly().waitFor();

            long pid = lab.state("node-a").boot().process().pid();
            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.RUNNING);
            assertThat(lab.ensure("node-a").state()).isEqualTo(Machine.State.RUNNING);
            assertThat(lab.state("node-a").boot().process().pid()).isEqualTo(pid);
            assertThat(lab.in("node-a", "systemctl is-active containerd capstan-agent")
                            .output())
                    .isEqualTo("active\nactive");
        }
    }

    @Test
    void machineOfAnotherProcessWithTheSameIdIsNotTakenForRunning() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            lab.provider.stop("node-a");
            MachineState state = lab.state("node-a");
            HostProcess self = HostProcess.find(ProcessHandle.current().pid()).orElseThrow();
            var reused = new HostProcess(self.pid(), self.started() - 1, self.kernel());
            state.with(new MachineState.Boot(reused, "boot", true)).write(lab.folder("node-a"));

            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.STOPPED);
            assertThat(lab.in("node-a", "true").code()).isEqualTo(125);
            lab.provider.delete("node-a");
            assertThat(lab.traces()).isEmpty();
        }
    }

    @Test
    void credentialIsReplacedAndNeverLeavesTheMachine() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            assertThat(lab.in("node-a", "cat /run/capstan/token; stat -c %a:%u /run/capstan/token")
                            .output())
                    .isEqualTo(Lab.TOKEN + "\n600:0");

            lab.provider.deliverCredential("node-a", new Credential("fresh-token"));

            assertThat(lab.in("node-a", "cat /run/capstan/token; stat -c %a:%u /run/capstan/token")
                            .output())
                    .isEqualTo("fresh-token\n600:0");
            Path target = Files.createFile(lab.base.resolve("host-file"));
            lab.in("node-a", "mv /run/capstan /run/c; ln -s " + lab.base + " /run/capstan");
            assertThatThrownBy(() -> lab.provider.deliverCredential("node-a", new Credential("other")))
                    .isInstanceOf(MachineException.class);
            try (var entries = Files.list(lab.base)) {
                assertThat(entries.map(entry -> entry.getFileName().toString()))
                        .containsExactlyInAnyOrder(
                                "home",
                                "distribution",
                                "jdk",
                                target.getFileName().toString());
            }
            assertThatThrownBy(() -> lab.provider.deliverCredential("node-b", new Credential("other")))
                    .hasMessageContaining("node-b does not run");
        }
    }

    @Test
    void badListMakesNoMachineAndSaysWhy() throws Exception {
        try (Lab lab = Lab.open()) {
            var spec = new MachineSpec("node-a", "c", "p", "https://127.0.0.1:1/", "CA", "REFUSE\n");

            assertThatThrownBy(() -> lab.provider.ensure(spec, () -> new Credential(Lab.TOKEN)))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("the list is bad");

            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.MAKING);
            assertThat(lab.ensure("node-a").state()).isEqualTo(Machine.State.RUNNING);
        }
    }

    @Test
    void namesThatAreNoDnsLabelAreRefused() throws Exception {
        try (Lab lab = Lab.open()) {
            for (String name : List.of("", "..", "a/b", "A", "-a", "a.b", "a".repeat(64))) {
                assertThatThrownBy(() -> lab.ensure(name)).hasMessageContaining("DNS label");
                assertThatThrownBy(() -> lab.provider.delete(name)).hasMessageContaining("DNS label");
            }
            assertThat(lab.provider.list()).isEmpty();
        }
    }

    @Test
    void deleteRemovesWhatRootInsideLeftAndNothingElse() throws Exception {
        try (Lab lab = Lab.open()) {
            lab.ensure("node-a");
            Path precious = Files.writeString(lab.base.resolve("precious"), "kept");
            Path folder = Files.createDirectory(lab.base.resolve("folder"));
            Files.writeString(folder.resolve("kept"), "kept");
            lab.in("node-a", """
                    mkdir -p /etc/odd "/etc/odd/new
                    line" /var/lib/containerd/deep
                    touch $'/etc/odd/\\xff\\xfe' /etc/odd/-rf /etc/odd/immutable /var/lib/containerd/immutable
                    ln -s %s /etc/odd/link; ln -s %s /var/lib/containerd/link; ln -s / /root/all
                    chattr +i /etc/odd/immutable /var/lib/containerd/immutable; chattr +a /var/lib/containerd/deep
                    """.formatted(precious, folder));
            Path mounted = Files.createDirectory(lab.folder("node-a").resolve("by-hand"));
            Programs.run("mount", "--bind", folder.toString(), mounted.toString());

            lab.provider.delete("node-a");

            assertThat(lab.traces()).isEmpty();
            assertThat(precious).hasContent("kept");
            assertThat(folder.resolve("kept")).hasContent("kept");
        }
    }

    @Test
    void twoHomesLiveSideBySideWithTheSameNames() throws Exception {
        try (Lab one = Lab.open();
                Lab two = Lab.open()) {
            one.ensure("node-a");
            two.ensure("node-a");
            one.in("node-a", "echo one >/etc/whose");
            two.in("node-a", "echo two >/etc/whose");

            one.provider.delete("node-a");

            assertThat(one.traces()).isEmpty();
            assertThat(two.in("node-a", "cat /etc/whose; systemctl is-active containerd")
                            .output())
                    .isEqualTo("two\nactive");
        }
    }

    @Test
    void homeInASystemFolderIsRefused() throws Exception {
        try (Lab lab = Lab.open()) {
            assertThatThrownBy(() -> LocalProvider.open(Path.of("/opt"), lab.distribution, null))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("/opt");
            assertThat(Path.of("/opt/machines")).doesNotExist();
            Files.setPosixFilePermissions(
                    lab.distribution.java().resolve("bin/java"), PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(() -> LocalProvider.open(lab.home, lab.distribution, null))
                    .hasMessageContaining("no Java runtime");
        }
    }
}
