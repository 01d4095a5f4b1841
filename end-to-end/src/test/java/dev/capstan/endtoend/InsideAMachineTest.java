package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 10 from inside a machine: nothing of the control plane, of another machine or of a home folder is there. */
@Order(1)
final class InsideAMachineTest implements EachIdentityHasItsRights {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;
    private static String node;
    private static String other;

    @BeforeAll
    static void up() {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "inside", 2);
        node = cluster.nodes().getFirst();
        other = cluster.nodes().getLast();
        assertThat(node).isNotEqualTo(other);
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Test
    void searchOfTheWholeTreeFindsNoSecretAndNoOtherMachine() throws Exception {
        List<String> secrets = new ArrayList<>(SecretSearch.secrets(home));
        secrets.add(other);
        assertThat(secrets)
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(10));

        Program.Output found = SecretSearch.from(Path.of("/"), home, node, secrets);

        assertThat(found.text().lines().filter(line -> !line.startsWith("searched ")))
                .isEmpty();
        assertThat(found.text()
                        .lines()
                        .filter(line -> line.startsWith("searched "))
                        .toList())
                .singleElement()
                .satisfies(line -> assertThat(Long.parseLong(
                                line.substring("searched ".length()).strip()))
                        .isGreaterThan(1_000));
    }

    @Test
    void searchWouldFindWhatIsThere() throws Exception {
        cluster.on(node, "sh", "-c", "echo a-planted-secret-of-the-test > /var/lib/planted")
                .orFail();

        Program.Output found = SecretSearch.from(Path.of("/var"), home, node, List.of("a-planted-secret-of-the-test"));

        assertThat(found.text()).contains("/var/lib/planted");
        cluster.on(node, "rm", "/var/lib/planted").orFail();
    }

    @Override
    public Identities identities() {
        return new Identities(cluster, node, other);
    }

    @Test
    void credentialIsUnknownToTheManagementClustersApi() throws Exception {
        assertThat(identities().agentOfOneNode().api().elsewhere("/clusters/management", "/api/v1/namespaces"))
                .isEqualTo(401);
    }
}
