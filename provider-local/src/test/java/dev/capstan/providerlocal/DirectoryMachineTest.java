package dev.capstan.providerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Machines that are only a directory: their life, with an agent that is played. They need no rights. */
class DirectoryMachineTest {

    @Test
    void isARootWithTheHostsCertificatesAndAnAgentAndLeavesNothing() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            String trust = Lab.digest("/etc/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates");

            Machine machine = lab.ensure("node-a");

            assertThat(machine.kind()).isEqualTo(Machine.Kind.DIRECTORY);
            assertThat(machine.kind().level()).isEqualTo("Written");
            assertThat(machine.state()).isEqualTo(Machine.State.RUNNING);
            assertThat(machine.facts().containerRuntimeVersion()).isEqualTo("none");
            assertThat(machine.facts().osImage()).startsWith("directory on ");
            assertThat(lab.provider.list()).containsExactly(machine);
            assertThat(lab.provider.limits()).containsExactly("it was asked for");
            Path root = lab.folder("node-a").resolve("root");
            assertThat(root.resolve("var/lib/capstan/list.pem")).hasContent("LAB LIST");
            assertThat(names(root.resolve("usr/share/ca-certificates")))
                    .isEqualTo(names(Path.of("/usr/share/ca-certificates")));
            assertThat(root.resolve("usr/local/share/ca-certificates")).isEmptyDirectory();
            lab.awaitLog("node-a", "agent", "agent runtime=");
            assertThat(Files.readAllLines(lab.folder("node-a").resolve("boot/agent.properties")))
                    .containsExactly(
                            "server=https://127.0.0.1:7443/clusters/c",
                            "certificate-authority=" + lab.folder("node-a") + "/boot/ca.crt",
                            "token=" + lab.folder("node-a") + "/run/token",
                            "node=node-a",
                            "root=" + root,
                            "runtime=none");
            assertThat(Files.readString(root.resolve("tmp/agent-environment")).lines())
                    .allMatch(line -> line.matches("(PATH|HOME|LANG|PWD|SHLVL|_|LC_CTYPE)=.*"));
            assertThat(lab.in("node-a", "true").code()).isEqualTo(125);
            assertThat(lab.in("node-a", "true").output()).contains("only a directory", root.toString());

            lab.provider.delete("node-a");

            assertThat(lab.provider.list()).isEmpty();
            assertThat(lab.traces()).isEmpty();
            assertThat(Lab.digest("/etc/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"))
                    .isEqualTo(trust);
            lab.provider.delete("node-a");
        }
    }

    @Test
    void keepsItsDiskWhenStoppedAndStartsAgainFromItsLastGoodSet() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            Machine first = lab.ensure("node-a");
            Path folder = lab.folder("node-a");
            Files.writeString(folder.resolve("root/etc/kept"), "kept");

            lab.provider.stop("node-a");

            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.STOPPED);
            assertThat(folder.resolve("run/token")).doesNotExist();
            assertThat(lab.traces()).containsExactly("folder " + folder);

            Machine second = lab.ensure("node-a");

            assertThat(second.facts().bootId()).isNotEqualTo(first.facts().bootId());
            assertThat(folder.resolve("root/etc/kept")).hasContent("kept");
            assertThat(folder.resolve("root/var/lib/capstan/calls")).hasContent("birth\noffline");
        }
    }

    @Test
    void anAgentThatDiesIsStartedAgainAndOneWithoutItsKeeperDies() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            lab.ensure("node-a");
            lab.awaitLog("node-a", "agent", "agent runtime=");
            ProcessHandle keeper =
                    ProcessHandle.of(lab.state("node-a").boot().process().pid()).orElseThrow();
            Lab.await("the agent runs", () -> agent(keeper).isPresent());
            ProcessHandle first = agent(keeper).orElseThrow();
            first.destroyForcibly();
            Lab.await(
                    "another one",
                    () -> agent(keeper)
                            .filter(agent -> agent.pid() != first.pid())
                            .isPresent());

            ProcessHandle second = agent(keeper).orElseThrow();
            var changed = ConcurrentHashMap.<String>newKeySet();
            try (var _ = lab.provider.watch(changed::add)) {
                keeper.destroyForcibly();
                Lab.await("the agent goes with it", () -> !second.isAlive());
                Lab.await("and it is told", () -> changed.contains("node-a"));
            }
            assertThat(lab.provider.list())
                    .singleElement()
                    .extracting(Machine::state)
                    .isEqualTo(Machine.State.STOPPED);
        }
    }

    @Test
    void freshCredentialReplacesTheOldOneAndOnlyItsOwnerReadsIt() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            lab.ensure("node-a");
            Path token = lab.folder("node-a").resolve("run/token");
            assertThat(token).hasContent(Lab.TOKEN);

            lab.provider.deliverCredential("node-a", new Credential("another"));

            assertThat(token).hasContent("another");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aNextProviderFindsItRunningWhateverKindItMakesItself() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            Machine machine = lab.ensure("node-a");

            LocalProvider next = LocalProvider.open(lab.home, lab.distribution, null);

            assertThat(next.list()).containsExactly(machine);
            next.stop("node-a");
            assertThat(next.ensure(Lab.spec("node-a"), () -> new Credential(Lab.TOKEN))
                            .kind())
                    .isEqualTo(Machine.Kind.DIRECTORY);
        }
    }

    @Test
    void aListThatCannotBePutIntoTheStoreIsSaidAndNothingRuns() throws Exception {
        try (Lab lab = Lab.ofDirectories()) {
            var spec = new MachineSpec(
                    "node-a", "cluster-1", "pool1", "https://127.0.0.1:7443/clusters/c", "CA", "REFUSE");
            assertThatThrownBy(() -> lab.provider.ensure(spec, () -> new Credential(Lab.TOKEN)))
                    .hasMessageContaining("node-a")
                    .hasMessageContaining("the list could not be put into the trust store: the list is bad");
            Lab.await("nothing runs", () -> lab.traces().stream().noneMatch(trace -> trace.startsWith("process")));
        }
    }

    private static Optional<ProcessHandle> agent(ProcessHandle keeper) {
        return keeper.children()
                .filter(child -> {
                    try {
                        return Files.readString(Path.of("/proc", Long.toString(child.pid()), "cmdline"))
                                .startsWith("fake-agent");
                    } catch (IOException ended) {
                        return false;
                    }
                })
                .findFirst();
    }

    private static List<String> names(Path folder) throws Exception {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
