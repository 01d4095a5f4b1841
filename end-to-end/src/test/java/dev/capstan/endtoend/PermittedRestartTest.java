package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.containerds;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runtimes that trust what has left their nodes' set are restarted by their agents, one node at a time, and once. Verdicts are
 * CRI pulls, /proc and kubectl.
 */
final class PermittedRestartTest {

    @Test
    void staleRuntimesAreRestartedOneNodeAtATimeAndRefuseWhatIsDistrusted(@TempDir Path folder) throws Exception {
        Requirements.machines();
        try (Registry ours = Registry.start(folder, "ours");
                Registry theirs = Registry.start(folder, "theirs");
                CapstanHome home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION)) {
            Cluster cluster = Cluster.create(home, "restarts", 2);
            cluster.resolve(ours, theirs);
            cluster.applySecret(Map.of("ours.crt", Files.readAllBytes(ours.certificateAuthority())));
            List<String> nodes = cluster.nodes();
            nodes.forEach(node -> ForeignWritersTest.ship(cluster, node, theirs.certificateAuthority()));
            eachNodePulls(cluster, ours);
            eachNodePulls(cluster, theirs);
            Map<String, String> before = containerds(cluster);

            String identity = ForeignWritersTest.identity(theirs.certificateAuthority());
            nodes.forEach(node -> ForeignWritersTest.distrust(cluster, node, "[\"" + identity + "\"]"));

            AtomicInteger most = new AtomicInteger();
            Await.until("both runtimes were restarted, and no permission is left", () -> {
                most.accumulateAndGet(permitted(cluster), Math::max);
                return restarted(cluster) == 2 && permitted(cluster) == 0;
            });
            assertThat(most).hasValueLessThanOrEqualTo(1);
            assertThat(containerds(cluster))
                    .allSatisfy((node, now) -> assertThat(now).isNotEqualTo(before.get(node)));
            eachNodeRefuses(cluster, theirs);
            eachNodePulls(cluster, ours);
            Await.held(
                    "each node's restart is told",
                    () -> assertThat(cluster.kubectl(
                                            "get",
                                            "events",
                                            "-o",
                                            "jsonpath={range .items[*]}{.reason} {.involvedObject.name}{\"\\n\"}{end}")
                                    .text()
                                    .lines()
                                    .filter(line -> line.startsWith("RuntimeRestartDone "))
                                    .map(line -> line.substring("RuntimeRestartDone ".length())))
                            .containsExactlyInAnyOrderElementsOf(nodes));
            home.run("aks", "delete", "-g", Cluster.GROUP, "-n", "restarts", "--yes")
                    .orFail();
        }
    }

    private static int permitted(Cluster cluster) {
        return count(cluster, "{.spec.runtimeRestart}", "true");
    }

    private static int restarted(Cluster cluster) {
        return count(cluster, "{.status.runtime.restarts}", "1");
    }

    private static int count(Cluster cluster, String path, String value) {
        return (int) cluster.kubectl("get", "nodetrusts", "-o", "jsonpath={range .items[*]}" + path + "{\"\\n\"}{end}")
                .text()
                .lines()
                .filter(value::equals)
                .count();
    }
}
