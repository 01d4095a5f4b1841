package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.containerds;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CAs that proven endpoints need are taken away, on real machines with real registries: what is held back, by CRI pulls; what
 * is said, by kubectl; and that what is printed, typed as it stands, lets it through.
 */
final class RemovalGuardTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Registry one;
    private static Registry two;
    private static Registry three;

    @BeforeAll
    static void up() {
        Requirements.machines();
        one = Registry.start(folder, "one");
        two = Registry.start(folder, "two");
        three = Registry.start(folder, "three");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
        three.close();
    }

    @Test
    void theSecretsRemovalIsHeldBackUntilTheCommandThatIsPrintedLetsItThrough() throws Exception {
        home.run("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview")
                .orFail();
        Fleet fleet = guarded("guarded", 2, "--enable-custom-ca-trust");
        Cluster cluster = fleet.cluster();
        byte[] first = Files.readAllBytes(one.certificateAuthority());
        byte[] second = Files.readAllBytes(two.certificateAuthority());
        cluster.applySecret(Map.of("one.crt", first, "two.crt", second));
        eachNodePulls(cluster, one);
        eachNodePulls(cluster, two);
        proven(cluster);
        Map<String, String> before = containerds(cluster);

        cluster.applySecret(Map.of("two.crt", second, "three.crt", Files.readAllBytes(three.certificateAuthority())));
        Await.until(
                "it is said on the Secret",
                () -> !event(cluster, "RemovalHeldBack").isEmpty());
        String said = event(cluster, "RemovalHeldBack");
        assertThat(said)
                .contains(
                        one.address(),
                        String.join(", ", cluster.nodes()),
                        "what it adds, 1 certificate, waits with it");
        for (String node : cluster.nodes()) {
            Await.until(
                    "it is said on " + node,
                    () -> cluster.kubectl("describe", "node", node)
                            .text()
                            .lines()
                            .anyMatch(line -> line.contains("CustomCATrusted")
                                    && line.contains("True")
                                    && line.contains("holds the Secret's last change back")));
        }
        eachNodePulls(cluster, one);
        eachNodePulls(cluster, two);
        eachNodeRefuses(cluster, three);

        List<String> command =
                List.of(said.substring(said.indexOf("kubectl annotate")).strip().split(" "));
        cluster.kubectl(command.subList(1, command.size()).toArray(String[]::new))
                .orFail();
        eachNodeRefuses(cluster, one);
        eachNodePulls(cluster, two);
        eachNodePulls(cluster, three);
        assertThat(event(cluster, "RemovalOverridden")).contains(one.address());
        assertThat(containerds(cluster)).isEqualTo(before);
        fleet.aks("delete", "--yes").orFail();
    }

    @Test
    void theListsRemovalIsRefusedUntilTheTagsThatArePrintedAreGiven() throws Exception {
        Path both = Fleet.list(folder.resolve("both"), one.certificateAuthority(), two.certificateAuthority());
        Path other = Fleet.list(folder.resolve("other"), two.certificateAuthority());
        Fleet fleet = guarded("listed", 1, "--custom-ca-trust-certificates", both.toString());
        Cluster cluster = fleet.cluster();
        eachNodePulls(cluster, one);
        proven(cluster);
        List<String> nodes = cluster.nodes();

        Program.Output refused = fleet.aks("update", "--custom-ca-trust-certificates", other.toString());
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text())
                .contains("(RemovalWouldBreakEndpoints)", one.address(), nodes.getFirst(), "nothing was changed");
        assertThat(cluster.nodes()).isEqualTo(nodes);

        List<String> again = new ArrayList<>(List.of("--custom-ca-trust-certificates", other.toString(), "--tags"));
        again.addAll(tagsIn(refused));
        Program.Output through =
                fleet.aks("update", again.toArray(String[]::new)).orFail();
        assertThat(through.text()).contains("WARNING: this takes a CA away that an endpoint needs: " + one.address());
        cluster.resolve(one, two);
        eachNodeRefuses(cluster, one);
        eachNodePulls(cluster, two);
        fleet.aks("delete", "--yes").orFail();
    }

    /** A cluster that knows the registries, whose nodes are to prove the first and are guarded. */
    private static Fleet guarded(String name, int nodes, String... options) {
        Fleet fleet = new Fleet(home, name, Cluster.create(home, name, nodes, options));
        fleet.cluster().resolve(one, two, three);
        fleet.aks("update", "--tags", "capstan-probe=" + one.address(), "capstan-removal-guard=true")
                .orFail();
        return fleet;
    }

    /** The tags that a refusal says to give. */
    static List<String> tagsIn(Program.Output refused) {
        String line = refused.text()
                .lines()
                .filter(one -> one.contains("--tags "))
                .findFirst()
                .orElseThrow();
        return List.of(line.substring(line.indexOf("--tags ") + "--tags ".length())
                .strip()
                .split(" "));
    }

    static void proven(Cluster cluster) {
        Await.until("every node is proven", () -> {
            List<String> levels = cluster.kubectl(
                            "get", "nodetrusts", "-o", "jsonpath={range .items[*]}{.status.level}{\"\\n\"}{end}")
                    .text()
                    .lines()
                    .toList();
            return levels.size() == cluster.nodes().size() && levels.stream().allMatch("Proven"::equals);
        });
    }

    /** The message of the first Event with this reason on the Secret; empty where there is none. */
    private static String event(Cluster cluster, String reason) {
        return cluster.events()
                .filter(line -> line.startsWith(reason + " "))
                .findFirst()
                .orElse("");
    }
}
