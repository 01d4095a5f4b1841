package dev.capstan.endtoend.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import dev.capstan.endtoend.Registry;
import dev.capstan.endtoend.Repository;
import dev.capstan.endtoend.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The systemd form of the agent on nodes of one's own, from {@code capstan agent credential} to {@code uninstall}: real systemd
 * with real containerd on each, Kubernetes' own API server, pulls judged by containerd through CRI. Each test begins and ends
 * with nodes on which nothing is installed.
 */
@Order(1)
@TestMethodOrder(MethodOrderer.Random.class)
final class SystemdFormTest {

    private static final int KILLS = Integer.getInteger("capstan.kills", 2);
    private static final String PREPARED = "one";
    private static final String UNPREPARED = "two";

    @TempDir
    private static Path folder;

    private static RealCluster cluster;
    private static Registry registry;
    private static final List<SystemdNode> NODES = new ArrayList<>();

    private List<List<String>> found;

    @BeforeAll
    static void up() throws Exception {
        Requirements.machines();
        Requirements.realKubernetes();
        assumeTrue(
                Files.isExecutable(Path.of("/lib/systemd/systemd"))
                        && Files.isRegularFile(Path.of("/lib/systemd/system/containerd.service")),
                "needs systemd and the unit of Debian's containerd");
        registry = Registry.start(folder, "corp");
        cluster = RealCluster.up(folder);
        for (String role : List.of(PREPARED, UNPREPARED)) {
            // Unique over all runs at once: cgroups bear the name.
            String name = "node-" + role + "-" + ProcessHandle.current().pid();
            NODES.add(SystemdNode.boot(folder, name, Repository.DISTRIBUTION, registry.host()));
            cluster.addNode(name);
            // Whatever stands in this machine's folder of anchors, the distribution's tool has seen it.
            NODES.getLast().says("update-ca-certificates");
        }
    }

    @AfterAll
    static void down() {
        NODES.forEach(SystemdNode::close);
        if (cluster != null) {
            cluster.close();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @BeforeEach
    void look() {
        found = NODES.stream().map(SystemdNode::files).toList();
    }

    @AfterEach
    void everythingIsAsItWasFound() {
        List<String> differences = new ArrayList<>();
        for (int each = 0; each < NODES.size(); each++) {
            SystemdNode node = NODES.get(each);
            differences.add(
                    node.run("/mnt/bin/capstan agent uninstall --yes").held() ? "" : node.name() + ": not uninstalled");
            differences.addAll(differences(found.get(each), node.files()));
            differences.add(
                    node.run("systemctl list-unit-files 'capstan*' --no-legend").text());
        }
        cluster.kubectl("delete", "secret", "-n", "kube-system", "custom-ca-trust-secret", "--ignore-not-found")
                .orFail();
        assertThat(differences).allMatch(String::isBlank);
    }

    /** The lines that only one of them has. */
    private static List<String> differences(List<String> before, List<String> after) {
        Set<String> lost = new TreeSet<>(before);
        after.forEach(lost::remove);
        Set<String> come = new TreeSet<>(after);
        before.forEach(come::remove);
        return Stream.concat(
                        lost.stream().map(line -> "- " + line), come.stream().map(line -> "+ " + line))
                .toList();
    }

    /** The last credential that was made for a node. */
    private static Path given(SystemdNode node) {
        return folder.resolve(node.name() + ".credential");
    }

    private static Path credential(SystemdNode node) {
        Path file = given(node);
        Program.clean()
                .run(
                        Repository.DISTRIBUTION.resolve("bin/capstan").toString(),
                        "agent",
                        "credential",
                        node.name(),
                        "--kubeconfig",
                        cluster.kubeconfig().toString(),
                        "-o",
                        file.toString())
                .orFail();
        return file;
    }

    /** As an administrator brings it: over a channel of hers. */
    private static String brought(SystemdNode node) {
        try {
            return "umask 077; cat >/run/credential <<'END'\n" + Files.readString(credential(node)) + "END\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void install(SystemdNode node) {
        node.says(brought(node) + "/mnt/bin/capstan agent install --credential /run/credential && rm /run/credential");
    }

    private static void everyNode(String what, Predicate<SystemdNode> holds) {
        for (SystemdNode node : NODES) {
            try {
                Await.until(node.name() + " " + what, () -> holds.test(node));
            } catch (AssertionError late) {
                throw new AssertionError(
                        late.getMessage() + "\n"
                                + node.run("capstan agent status; journalctl -n 40 --no-pager -u capstan-agent")
                                        .text() + cluster.controllerLog(),
                        late);
            }
        }
    }

    @Test
    void secretIsTrustedAndNoMoreOnAPreparedAndOnAnUnpreparedNode() {
        NODES.forEach(SystemdFormTest::install);
        NODES.getFirst().says("capstan node prepare --yes");
        NODES.forEach(SystemdNode::runContainer);
        everyNode("does not trust the registry", node -> node.isUntrusted(registry.image()));
        List<String> runtimes = NODES.stream().map(SystemdNode::containerd).toList();
        List<String> containers = NODES.stream().map(SystemdNode::container).toList();

        cluster.secret(registry.certificateAuthority());
        everyNode("pulls after the Secret was applied", node -> node.pulls(registry.image()));
        everyNode("is well", node -> node.run("capstan agent status").held());
        assertThat(NODES.getFirst().containerd())
                .as("lane Isolated restarts nothing")
                .isEqualTo(runtimes.getFirst());
        assertThat(NODES.getLast().containerd()).as("lane Restart").isNotEqualTo(runtimes.getLast());
        assertThat(NODES.getLast().says("systemctl show -P NRestarts containerd.service"))
                .as("restarted through systemctl, not found dead")
                .isEqualTo("0");
        assertThat(NODES.getFirst().says("capstan agent status")).contains("Loaded, lane Isolated");
        assertThat(NODES.getLast().says("capstan agent status")).contains("Loaded, lane Restart");

        cluster.secret();
        everyNode("does not pull after the key was deleted", node -> node.isUntrusted(registry.image()));
        assertThat(NODES.getFirst().containerd()).isEqualTo(runtimes.getFirst());
        assertThat(NODES.stream().map(SystemdNode::container).toList())
                .as("containers run on")
                .isEqualTo(containers);
        NODES.forEach(SystemdNode::endContainer);
    }

    @Test
    void trustIsThereBeforeContainerdStartsAlsoWhereTheApiIsAway() {
        NODES.forEach(SystemdFormTest::install);
        NODES.getFirst().says("capstan node prepare --yes");
        cluster.secret(registry.certificateAuthority());
        everyNode("pulls", node -> node.pulls(registry.image()));

        cluster.takeApiAway();
        try {
            NODES.getFirst().reboot();
            NODES.getLast().cutPower();
            for (SystemdNode node : NODES) {
                assertThat(node.pull(registry.image()).text()).as(node.name()).startsWith("PULL OK");
                assertThat(node.time("capstan-trust.service", "ExecMainExitTimestampMonotonic"))
                        .as("%s: the last good set was applied before containerd was started", node.name())
                        .isPositive()
                        .isLessThan(node.time("containerd.service", "ExecMainStartTimestampMonotonic"));
                assertThat(node.says("systemctl show -P Result capstan-trust.service"))
                        .isEqualTo("success");
                Program.Output status = node.run("capstan agent status");
                assertThat(status.exit()).as(status.text()).isEqualTo(4);
                assertThat(status.text()).contains("none now:", "keeps its last good set", "on disk    v1:");
            }
        } finally {
            cluster.bringApiBack();
        }
        cluster.secret();
        everyNode("catches up", node -> node.isUntrusted(registry.image()));
    }

    @Test
    void anExpiredOrRevokedCredentialKeepsTheLastGoodSetAndANewOneGoesOn() throws Exception {
        SystemdNode node = NODES.getLast();
        install(node);
        cluster.secret(registry.certificateAuthority());
        Await.until("it pulls", () -> node.pulls(registry.image()));
        String runtime = node.containerd();

        cluster.kubectl("delete", "serviceaccount", "-n", "capstan-system", "capstan-agent-" + node.name())
                .orFail();
        // The server knows a token for ten seconds more, and a watch that stands for minutes.
        node.says("systemctl stop capstan-agent");
        Await.until(
                "the credential is refused",
                () -> cluster.kubectlWith(given(node), "get", "node", node.name())
                        .text()
                        .contains("Unauthorized"));
        node.says("systemctl start capstan-agent");
        Await.until(
                "the agent says that it is refused",
                () -> node.run("capstan agent status").text().contains("answered 401"));
        Program.Output status = node.run("capstan agent status");
        assertThat(status.exit()).as(status.text()).isEqualTo(4);
        assertThat(status.text()).contains("answered 401", "keeps its last good set");
        assertThat(node.says("journalctl -u capstan-agent --no-pager")).contains("refused with 401");
        assertThat(node.pulls(registry.image())).isTrue();

        install(node);
        cluster.secret();
        Await.until("it catches up with the new credential", () -> node.isUntrusted(registry.image()));
        assertThat(runtime).isNotEqualTo(node.containerd());
    }

    @Test
    void tokenThatHasExpiredIsRefusedAndTheNextOneInItsFileIsTaken() throws Exception {
        SystemdNode node = NODES.getFirst();
        install(node);
        node.says("capstan node prepare --yes");
        cluster.secret(registry.certificateAuthority());
        Await.until("it pulls", () -> node.pulls(registry.image()));
        new Expiry(cluster, node, registry, credential(node)).isMet();
    }

    @Test
    void nextVersionRollsNoRuntimeChangesNoStoreAndIsNeverWithoutAnAgent() throws Exception {
        Path next = NextVersion.of(Upgrade.VERSION, folder.resolve("next"));
        NODES.forEach(SystemdFormTest::install);
        NODES.getFirst().says("capstan node prepare --yes");
        cluster.secret(registry.certificateAuthority());
        everyNode("pulls", node -> node.pulls(registry.image()));
        // A containerd that has verified nothing yet reads the store at its first pull; its restart comes all the same.
        everyNode("is well", node -> node.run("capstan agent status").held());
        // The prepared one last: there the Secret is changed, for which the other would restart its runtime.
        NODES.reversed().forEach(node -> new Upgrade(cluster, node, registry, next).goes());
    }

    @Test
    void tokenIsRenewedForAsLongAgainByTheIdentityItself() throws Exception {
        SystemdNode node = NODES.getFirst();
        Renewal renewal = Renewal.with(folder.resolve("renewal"), credential(node), node.name());

        // In the second of the first one the API server would sign the very same words.
        Await.until("the first token's second is over", () -> System.currentTimeMillis() / 1000 > renewal.issued());
        renewal.renew();

        assertThat(renewal.token()).isNotEqualTo(renewal.given());
        assertThat(renewal.lifetimeSeconds()).isEqualTo(30 * 24 * 3600);
        assertThat(cluster.kubectlWith(renewal.asKubeconfig(), "get", "node", node.name(), "-o", "name")
                        .orFail()
                        .text()
                        .strip())
                .isEqualTo("node/" + node.name());
        assertThat(cluster.kubectlWith(renewal.asKubeconfig(), "get", "nodes").text())
                .contains("Forbidden");
    }

    @Test
    void installAndUninstallAreCompletedByTheNextRunWhereverTheyWereKilled() {
        SystemdNode node = NODES.getLast();
        String install = "/mnt/bin/capstan agent install --credential /run/credential";
        node.says(brought(node));
        Random random = new Random(8);
        for (int kill = 0; kill < KILLS; kill++) {
            long begin = System.nanoTime();
            killed(node, install, kill == 0 ? 2.5 : random.nextDouble() * 6);
            node.says(install);
            double took = (System.nanoTime() - begin) / 1e9;
            assertThat(node.says(install)).as("after %s s", took).startsWith("Nothing to do");
            assertThat(node.says("systemctl is-active capstan-agent capstan-trust"))
                    .isEqualTo("active\nactive");
            assertThat(node.says("ls -A /usr/lib/capstan /etc/capstan /var/lib/capstan/agent/credential"))
                    .doesNotContain("new");
            killed(node, "/mnt/bin/capstan agent uninstall --yes", kill == 0 ? 1.5 : random.nextDouble() * 6);
            node.says("/mnt/bin/capstan agent uninstall --yes");
            assertThat(differences(found.getLast(), node.files())).isEmpty();
        }
        node.says("rm /run/credential");
    }

    /** Runs a command and kills it after so many seconds, if it still runs. */
    private static void killed(SystemdNode node, String command, double seconds) {
        node.run(command + " >/dev/null 2>&1 & p=$!; sleep " + seconds
                + "; kill -9 $p 2>/dev/null; wait $p 2>/dev/null; true");
    }

    @Test
    void aFailureIsSaidAndEverythingIsPutBack() {
        SystemdNode node = NODES.getLast();
        List<String> before = node.files();
        String install = "/mnt/bin/capstan agent install --credential /run/credential";
        node.says(brought(node) + "mkdir /usr/lib/capstan && mount -t tmpfs -o size=8m tmpfs /usr/lib/capstan");

        Program.Output full = node.run(install);

        node.says("umount /usr/lib/capstan; rmdir /usr/lib/capstan");
        assertThat(full.exit()).as(full.text()).isEqualTo(1);
        assertThat(full.text()).contains("No space left on device", "Everything is as it was");
        assertThat(differences(before, node.files())).isEmpty();

        String dropIn = "/run/systemd/system/capstan-agent.service.d";
        node.says("mkdir -p " + dropIn + "; printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >" + dropIn
                + "/broken.conf; systemctl daemon-reload");

        Program.Output down = node.run(install);

        node.says("rm -r " + dropIn + " /run/credential; systemctl daemon-reload");
        assertThat(down.exit()).as(down.text()).isEqualTo(1);
        assertThat(down.text()).contains("does not stay up", "Everything is as it was");
        assertThat(differences(before, node.files())).isEmpty();
    }
}
