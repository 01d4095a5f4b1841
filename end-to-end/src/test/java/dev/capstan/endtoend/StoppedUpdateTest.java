package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model updates of real machines that do not come to their end, and the next write that takes them up. */
@Order(1)
final class StoppedUpdateTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Registry one;
    private static Registry two;

    @BeforeAll
    static void up() {
        Requirements.machines();
        one = Registry.start(folder, "one");
        two = Registry.start(folder, "two");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
    }

    /** A minute is the shortest drain timeout that AKS knows. */
    @Test
    void aDrainThatIsNeverAllowedFailsInItsTimeAndTheNextUpdateGoesOn() throws Exception {
        Fleet fleet = Fleet.create(home, "drain", 1, list("drain-one", one));
        Cluster cluster = fleet.cluster();
        fleet.nodepool("update", "--drain-timeout", "1").orFail();
        String old = cluster.nodes().getFirst();
        fleet.pods(List.of(old), "kept");
        cluster.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: never, namespace: default}
                spec: {minAvailable: 1, selector: {matchLabels: {app: kept}}}
                """);

        Program.Output stopped = fleet.aks(
                "update",
                "--custom-ca-trust-certificates",
                list("drain-two", two).toString());
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.text())
                .contains("(DrainTimedOut)", "not drained within 1 minute", old, "on-" + old, "never");
        assertThat(stopped.took()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(cluster.nodes()).contains(old).hasSize(2);
        assertThat(cluster.kubectl("get", "node", old, "-o", "jsonpath={.spec.unschedulable}")
                        .text())
                .isEqualTo("true");
        assertThat(cluster.kubectl("get", "pod", "on-" + old, "-o", "jsonpath={.status.phase}")
                        .text())
                .isEqualTo("Running");

        cluster.kubectl("delete", "pdb", "never").orFail();
        fleet.aks("update", "--yes").orFail();
        assertThat(cluster.nodes()).hasSize(1).doesNotContain(old);
        fleet.aks("delete", "--yes").orFail();
    }

    @Test
    void anEndpointThatRefutesTheNewNodeStopsTheUpdateBeforeAnOldOneIsDrained() throws Exception {
        Fleet fleet = Fleet.create(home, "refuted", 1, list("refuted-one", one));
        Cluster cluster = fleet.cluster();
        cluster.resolve(one);
        String old = cluster.nodes().getFirst();
        // The address is every node's own loopback, so that a new one needs no name to be told first.
        String endpoint = "127.0.0.1:" + two.address().substring(two.address().lastIndexOf(':') + 1);
        fleet.aks("update", "--tags", "capstan-probe=" + endpoint).orFail();

        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), "spare", "spare.lab.test")
                .orFail();
        Path other = Fleet.list(
                folder.resolve("refuted-two.pem"), one.certificateAuthority(), folder.resolve("spare-ca.crt"));
        Program.Output stopped = fleet.aks("update", "--custom-ca-trust-certificates", other.toString());
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.text()).contains("(Refuted)", endpoint, "the old nodes serve on");
        assertThat(cluster.nodes()).contains(old).hasSize(2);
        assertThat(cluster.kubectl("get", "node", old, "-o", "jsonpath={.spec.unschedulable}")
                        .text())
                .isEmpty();
        assertThat(cluster.pull(old, one.image()).text()).startsWith("PULL OK");

        fleet.aks("update", "--tags", "").orFail();
        assertThat(cluster.nodes()).hasSize(1).doesNotContain(old);
        cluster.resolve(one);
        eachNodePulls(cluster, one);
        fleet.aks("delete", "--yes").orFail();
    }

    private static Path list(String name, Registry registry) throws Exception {
        return Fleet.list(folder.resolve(name + ".pem"), registry.certificateAuthority());
    }
}
