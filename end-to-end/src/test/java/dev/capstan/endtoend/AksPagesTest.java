package dev.capstan.endtoend;

import static dev.capstan.endtoend.SecretBecomesTrust.eachNodePulls;
import static dev.capstan.endtoend.SecretBecomesTrust.eachNodeRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody with Azure's own CLI, unmodified, types both AKS pages from top to bottom as they are printed, with only their
 * blanks filled in. What a page takes for granted she has: a resource group, and a key for SSH. Whether it came of what the
 * pages say is told by CRI pulls.
 */
final class AksPagesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

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
        az = AzureCli.loggedIn(folder.resolve("az"), home);
        Path ssh = Files.createDirectories(az.file(".ssh"));
        Program.clean()
                .run(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "rsa",
                        "-N",
                        "",
                        "-f",
                        ssh.resolve("id_rsa").toString())
                .orFail();
    }

    @AfterAll
    static void down() {
        home.close();
        one.close();
        two.close();
    }

    @Test
    void thePageOnTheSecretWorksAsPrinted() throws Exception {
        az.run("group", "create", "--name", "myResourceGroup", "--location", "westeurope")
                .orFail();
        List<Program.Output> printed = new ArrayList<>();
        String manifest = "";
        for (String block : AksPages.secret()) {
            if (block.startsWith("apiVersion")) {
                manifest = block;
            } else {
                printed.add(az.type(block).orFail());
            }
        }
        assertThat(printed).hasSize(7);
        assertThat(printed.get(0).text()).contains("Latest version of 'aks-preview' is already installed");
        assertThat(printed.get(2).text())
                .containsPattern("Microsoft.ContainerService/CustomCATrustPreview +Registered");
        JsonNode created =
                AzureCli.json(printed.get(4)).path("agentPoolProfiles").path(0);
        assertThat(created.path("enableCustomCaTrust").asBoolean()).isTrue();
        assertThat(created.path("count").asInt()).isEqualTo(2);
        JsonNode updated = AzureCli.json(printed.get(6));
        assertThat(updated.path("name").asText()).isEqualTo("myNodepool");
        assertThat(updated.path("enableCustomCaTrust").asBoolean()).isTrue();
        assertThat(updated.path("provisioningState").asText()).isEqualTo("Succeeded");

        Cluster cluster = cluster("myResourceGroup", "myAKSCluster");
        assertThat(cluster.nodes()).hasSize(5);
        cluster.resolve(one, two);
        eachNodeRefuses(cluster, one);
        cluster.apply(manifest.replace("{base64EncodedCertStringHere}", base64(one))
                .replace("{anotherBase64EncodedCertStringHere}", base64(two)));
        eachNodePulls(cluster, one);
        eachNodePulls(cluster, two);

        az.type("az extension remove --name aks-preview && az aks delete -g myResourceGroup -n myAKSCluster --yes")
                .orFail();
    }

    @Test
    void thePageOnTheListWorksAsPrinted() throws Exception {
        az.run("group", "create", "--name", "rg", "--location", "westeurope").orFail();
        Fleet.list(az.file("FileWithCAs"), one.certificateAuthority(), two.certificateAuthority());
        Fleet.list(az.file("other.pem"), two.certificateAuthority());
        Map<String, String> first = values("first");
        Map<String, String> second = values("second");
        List<String> commands = AksPages.listCommands();

        // The page says to create a cluster here and prints no command.
        az.run("aks", "create", "-g", "rg", "-n", "first", "--node-count", "1", "--generate-ssh-keys")
                .orFail();
        az.type(AksPages.fill(commands.get(0), first)).orFail();
        edit(az.file("body.json"), one);
        az.type(AksPages.fill(commands.get(1), first)).orFail();
        az.run("aks", "wait", "-g", "rg", "-n", "first", "--updated", "--interval", "1")
                .orFail();
        Cluster saved = cluster("rg", "first");
        saved.resolve(one, two);
        eachNodePulls(saved, one);
        eachNodeRefuses(saved, two);

        az.type(AksPages.fill(commands.get(2), second)).orFail();
        Cluster cluster = cluster("rg", "second");
        List<String> old = cluster.nodes();
        cluster.resolve(one, two);
        eachNodePulls(cluster, one);
        eachNodePulls(cluster, two);

        az.type(AksPages.fill(commands.get(3), second)).orFail();
        assertThat(cluster.nodes()).hasSize(2).doesNotContainAnyElementsOf(old);
        cluster.resolve(one, two);
        eachNodePulls(cluster, two);
        eachNodeRefuses(cluster, one);

        String shown = az.type(AksPages.fill(commands.get(4), second)).orFail().text();
        assertThat(shown.substring(shown.lastIndexOf("\"securityProfile\": {"))
                        .lines()
                        .map(String::strip))
                .startsWith("\"securityProfile\": {", "\"azureKeyVaultKms\": null,", "\"customCaTrustCertificates\": [")
                .hasSize(5)
                .anyMatch(line -> line.startsWith("\"-----BEGIN CERTIFICATE-----\\n"));
    }

    /** What the page's reader does with an editor, and with the page's own spelling of the name. */
    private static void edit(Path saved, Registry registry) throws IOException {
        ObjectNode body = (ObjectNode) JSON.readTree(saved.toFile());
        body.withObject("/properties/securityProfile")
                .putArray("customCaTrustCertificates")
                .add(base64(registry));
        JSON.writerWithDefaultPrettyPrinter().writeValue(saved.toFile(), body);
    }

    private static Map<String, String> values(String cluster) {
        return Map.of(
                "<subscription-id>",
                home.status().path("subscriptionId").asText(),
                "<resource-group-name>",
                "rg",
                // So the page has it in one of its commands.
                "<resource-grou-name>",
                "rg",
                "<cluster-name>",
                cluster,
                "<path-to-ca-file>",
                "other.pem");
    }

    private static Cluster cluster(String group, String name) {
        az.run("aks", "get-credentials", "-g", group, "-n", name, "--file", name + ".kubeconfig")
                .orFail();
        return new Cluster(
                Cluster.kubectlOf("bookworm"),
                az.file(name + ".kubeconfig"),
                home.folder().resolve("machines"));
    }

    private static String base64(Registry registry) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(registry.certificateAuthority()));
    }
}
