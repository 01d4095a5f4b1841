package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's own CLI, unmodified, drives a cluster from its registration as a cloud to its last command. */
final class AzureCliTest {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Registry one;
    private static Registry two;
    private static AzureCli az;

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        Requirements.azureCli();
        one = Registry.start(folder, "one");
        two = Registry.start(folder, "two");
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        az = AzureCli.loggedIn(folder.resolve("lab"), home);
        Fleet.list(az.file("one.pem"), one.certificateAuthority());
        Fleet.list(az.file("two.pem"), two.certificateAuthority());
        Files.writeString(az.file("bad.pem"), "no certificate\n");
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
    }

    @Test
    void azDrivesAClusterToItsDelete() throws Exception {
        assertThat(az.json("account", "show").path("id").asText())
                .isEqualTo(home.status().path("subscriptionId").asText());

        az("group", "create", "--name", "rg", "--location", "westeurope");
        assertThat(az("group", "exists", "--name", "rg").text().strip()).isEqualTo("true");
        az("feature", "register", "--namespace", "Microsoft.ContainerService", "--name", "CustomCATrustPreview");
        assertThat(az(
                                "feature",
                                "list",
                                "--query",
                                "[?contains(name, 'Microsoft.ContainerService/CustomCATrustPreview')].{Name:name,State:properties.state}",
                                "-o",
                                "table")
                        .text())
                .containsPattern("Microsoft.ContainerService/CustomCATrustPreview +Registered");
        az("provider", "register", "--namespace", "Microsoft.ContainerService");

        JsonNode created = AzureCli.json(az(
                "aks",
                "create",
                "--resource-group",
                "rg",
                "--name",
                "c1",
                "--node-count",
                "1",
                "--custom-ca-trust-certificates",
                "one.pem",
                "--generate-ssh-keys"));
        assertThat(created.path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(listOf(created)).containsExactly(text(one));

        az("aks", "get-credentials", "--resource-group", "rg", "--name", "c1", "--file", "kubeconfig");
        Cluster cluster = new Cluster(
                Cluster.kubectlOf("bookworm"),
                az.file("kubeconfig"),
                home.folder().resolve("machines"));
        cluster.resolve(one, two);
        List<String> old = cluster.nodes();
        SecretBecomesTrust.eachNodePulls(cluster, one);
        SecretBecomesTrust.eachNodeRefuses(cluster, two);

        Program.Output refused =
                az.run("aks", "update", "-g", "rg", "-n", "c1", "--custom-ca-trust-certificates", "bad.pem");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text())
                .contains("failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64"
                        + " decoding");

        az(
                "aks",
                "update",
                "-g",
                "rg",
                "-n",
                "c1",
                "--tags",
                "capstan-probe=" + one.address(),
                "capstan-removal-guard=true");
        RemovalGuardTest.proven(cluster);
        List<String> update = new ArrayList<>(
                List.of("aks", "update", "-g", "rg", "-n", "c1", "--custom-ca-trust-certificates", "two.pem"));
        Program.Output guarded = az.run(update.toArray(String[]::new));
        assertThat(guarded.exit()).isEqualTo(1);
        assertThat(guarded.text()).contains("(RemovalWouldBreakEndpoints)", one.address(), old.getFirst());

        // The answer to this one has a Warning header, which az has to live with.
        update.add("--tags");
        update.addAll(RemovalGuardTest.tagsIn(guarded));
        JsonNode updated = AzureCli.json(az(update.toArray(String[]::new)));
        assertThat(listOf(updated)).containsExactly(text(two));
        assertThat(cluster.nodes()).hasSize(1).doesNotContainAnyElementsOf(old);
        cluster.resolve(one, two);
        SecretBecomesTrust.eachNodePulls(cluster, two);
        SecretBecomesTrust.eachNodeRefuses(cluster, one);

        String shown = az("aks", "show", "-g", "rg", "-n", "c1").text();
        assertThat(shown.substring(shown.lastIndexOf("\"securityProfile\": {"))
                        .lines()
                        .limit(4)
                        .map(String::strip))
                .startsWith(
                        "\"securityProfile\": {", "\"azureKeyVaultKms\": null,", "\"customCaTrustCertificates\": [");
        assertThat(az("aks", "list", "-o", "table").text()).contains("c1").contains("Succeeded");
        assertThat(AzureCli.json(az("aks", "nodepool", "list", "-g", "rg", "--cluster-name", "c1"))
                        .path(0)
                        .path("count")
                        .asInt())
                .isEqualTo(1);

        az("aks", "delete", "-g", "rg", "-n", "c1", "--yes");
        assertThat(az.run("aks", "show", "-g", "rg", "-n", "c1").exit()).isEqualTo(3);
        az("group", "delete", "-n", "rg", "--yes");
        assertThat(home.machines()).isEmpty();
    }

    private static String text(Registry registry) throws IOException {
        return Files.readString(registry.certificateAuthority()).strip() + "\n";
    }

    private static List<String> listOf(JsonNode cluster) {
        List<String> list = new ArrayList<>();
        cluster.at("/securityProfile/customCaTrustCertificates").forEach(entry -> list.add(entry.asText()));
        return list;
    }

    private static Program.Output az(String... arguments) {
        return az.run(arguments).orFail();
    }
}
