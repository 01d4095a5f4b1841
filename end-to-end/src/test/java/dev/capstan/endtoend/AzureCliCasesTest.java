package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What people do around the AKS pages, with Azure's own CLI, unmodified: files made badly, commands in every order, requests of
 * their own. Machines are directories here; {@link AksPagesTest} has real ones.
 */
@Execution(ExecutionMode.CONCURRENT)
final class AzureCliCasesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UNDECODABLE =
            "failed to decode one of SecurityProfile.CustomCATrustCertificates to PEM after base64 decoding";

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static AzureCli first;
    private static CertificateFiles files;

    @BeforeAll
    static void up() throws IOException {
        Requirements.machines();
        Requirements.azureCli();
        home = CapstanHome.upWithDirectories(folder.resolve("home"), Repository.DISTRIBUTION);
        first = AzureCli.loggedIn(folder.resolve("az"), home);
        files = CertificateFiles.with(Files.createDirectories(folder.resolve("files")), 11);
        for (CertificateFiles.Bad bad : files.bad()) {
            Files.write(first.file(bad.name()), bad.content());
        }
        Files.write(first.file("two"), files.good("as the page wants it"));
        Files.writeString(first.file("one"), files.authority(0));
        Files.writeString(first.file("empty"), "");
        first.type("az feature register --namespace Microsoft.ContainerService --name CustomCATrustPreview"
                        + " && az extension add --name aks-preview"
                        + " && az group create --name rg --location westeurope")
                .orFail();
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Test
    void everyBadFileIsRefusedInWordsAndChangesNothing() throws Exception {
        cluster("bad", "--custom-ca-trust-certificates", first.file("one").toString());
        Map<String, List<String>> expected = new LinkedHashMap<>();
        files.bad().forEach(bad -> expected.put(bad.name(), bad.words()));
        expected.put("none.pem", List.of("ERROR: none.pem is not valid file, or not accessible."));
        expected.put("azure", List.of("ERROR: azure is not valid file, or not accessible."));
        expected.put("", List.of("NoTTYException"));
        String before = first.print("aks show -g rg -n bad --query [eTag,securityProfile]", "json");

        Map<String, Program.Output> refused = new LinkedHashMap<>();
        each(List.copyOf(expected.keySet()), 4, "bad", (az, file) -> {
            Program.Output output = az.run("aks", "update", "-g", "rg", "-n", "bad", "--ca-certs", file);
            synchronized (refused) {
                refused.put(file, output);
            }
        });

        String secret = files.key().lines().skip(1).findFirst().orElseThrow();
        expected.forEach((file, words) -> {
            Program.Output output = refused.get(file);
            assertThat(output.exit()).as(file + ": " + output.text()).isEqualTo(1);
            assertThat(output.text()).containsSubsequence(words).doesNotContain(secret);
        });
        assertThat(first.print("aks show -g rg -n bad --query [eTag,securityProfile]", "json"))
                .isEqualTo(before);
    }

    @Test
    void everyMannerThatCanBeReadIsTheSameListAndReplacesNoNode() throws Exception {
        List<String> clusters = List.of("good0", "good1");
        for (String name : clusters) {
            cluster(name, "--custom-ca-trust-certificates", first.file("two").toString());
        }
        List<String> nodes = clusters.stream().map(AzureCliCasesTest::nodes).toList();
        each(clusters, 2, "good", (az, name) -> {
            for (String manner : CertificateFiles.GOOD) {
                if (CertificateFiles.GOOD.indexOf(manner) % 2 == clusters.indexOf(name)) {
                    Files.write(az.file("list"), files.good(manner));
                    JsonNode updated = az.json("aks", "update", "-g", "rg", "-n", name, "--ca-certs", "list");
                    assertThat(updated.at("/securityProfile/customCaTrustCertificates")
                                    .toString()
                                    .split("BEGIN ", -1))
                            .as(manner)
                            .hasSize(3);
                }
            }
            // az 2.74 sends the old list again.
            JsonNode kept = az.json("aks", "update", "-g", "rg", "-n", name, "--ca-certs", "empty");
            assertThat(kept.at("/securityProfile/customCaTrustCertificates")).isNotEmpty();
        });
        assertThat(clusters.stream().map(AzureCliCasesTest::nodes)).containsExactlyElementsOf(nodes);
    }

    @Test
    void requestsOfOnesOwnTakeBothSpellingsAndMakeWhatIsNotThere() throws Exception {
        AzureCli az = first.another("rest");
        String clusters =
                "/subscriptions/" + home.status().path("subscriptionId").asText()
                        + "/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/";
        cluster("saved");
        Files.writeString(
                az.file("ten"),
                String.join(
                        "\n", IntStream.range(0, 10).mapToObj(files::authority).toList()));
        assertThat(az.json("aks", "update", "-g", "rg", "-n", "saved", "--ca-certs", "ten")
                        .at("/securityProfile/customCaTrustCertificates"))
                .hasSize(10);

        az.type("az rest --method get --url '" + clusters + "saved?api-version=2025-01-01' > body.json")
                .orFail();
        for (String spelling : List.of("customCaTrustCertificates", "customCATrustCertificates")) {
            ObjectNode body = (ObjectNode) JSON.readTree(az.file("body.json").toFile());
            body.withObject("/properties").remove("securityProfile");
            String url = clusters
                    + (spelling.equals("customCaTrustCertificates") ? "saved" : "made")
                    + "?api-version=2025-01-01";
            body.withObject("/properties/securityProfile")
                    .putArray(spelling)
                    .add(Base64.getEncoder().encodeToString(files.authority(1).getBytes(StandardCharsets.UTF_8)));
            JSON.writeValue(az.file("edited.json").toFile(), body);
            Program.Output put = az.run("rest", "--method", "put", "--url", url, "--body", "@edited.json");
            assertThat(put.exit()).as(put.text()).isZero();
        }
        for (String name : List.of("saved", "made")) {
            az.run("aks", "wait", "-g", "rg", "-n", name, "--updated", "--interval", "1")
                    .orFail();
            assertThat(az.json("aks", "show", "-g", "rg", "-n", name)
                            .at("/securityProfile/customCaTrustCertificates/0")
                            .asText()
                            .strip())
                    .isEqualTo(files.authority(1).strip());
        }

        Program.Output values = az.type(
                "az rest --method put --url '" + clusters + "saved?api-version=2025-01-01' --body '"
                        + "{\"location\":\"westeurope\",\"properties\":{\"securityProfile\":{\"customCaTrustCertificates\":[\"values\"]}}}'");
        assertThat(values.exit()).isEqualTo(1);
        assertThat(values.text()).contains("ERROR: Bad Request(", UNDECODABLE);
        az.type("az rest --method put --url '" + clusters + "saved?api-version=2025-01-01' --body '"
                        + "{\"location\":\"westeurope\",\"properties\":{\"securityProfile\":{\"customCATrustCertificates\":[]}}}'"
                        + " && az aks wait -g rg -n saved --updated --interval 1")
                .orFail();
        assertThat(az.print("aks show -g rg -n saved --query securityProfile.customCaTrustCertificates", "json"))
                .isBlank();
    }

    @Test
    void poolsComeChangeAndGoAndAnOperationIsAborted() throws Exception {
        AzureCli az = first.another("pools");
        cluster("pools");
        az.run("aks", "get-credentials", "-g", "rg", "-n", "pools", "--file", "kubeconfig")
                .orFail();
        Cluster cluster = new Cluster(
                Cluster.kubectlOf("bookworm"),
                az.file("kubeconfig"),
                home.folder().resolve("machines"));

        az.type(
                        "az aks nodepool add -g rg --cluster-name pools -n blue --node-count 1 --os-type Linux --enable-custom-ca-trust")
                .orFail();
        assertThat(az.print("aks nodepool list -g rg --cluster-name pools --query [].name", "tsv"))
                .isEqualTo("nodepool1\nblue\n");
        assertThat(az.run("aks", "nodepool", "add", "-g", "rg", "--cluster-name", "pools", "-n", "blue")
                        .text())
                .contains("ERROR: Node pool blue already exists");
        JsonNode off = az.json(
                "aks",
                "nodepool",
                "update",
                "-g",
                "rg",
                "--cluster-name",
                "pools",
                "-n",
                "blue",
                "--disable-custom-ca-trust");
        assertThat(off.path("enableCustomCaTrust").isBoolean()).isTrue();
        assertThat(off.path("enableCustomCaTrust").asBoolean()).isFalse();
        // What the core sends knows nothing of the switch, and leaves it.
        az.run(
                        "aks",
                        "nodepool",
                        "update",
                        "-g",
                        "rg",
                        "--cluster-name",
                        "pools",
                        "-n",
                        "blue",
                        "--enable-custom-ca-trust")
                .orFail();
        az.run("aks", "nodepool", "update", "-g", "rg", "--cluster-name", "pools", "-n", "blue", "--labels", "a=b")
                .orFail();
        JsonNode pool =
                JSON.readTree(home.run("aks", "nodepool", "show", "-g", "rg", "--cluster-name", "pools", "-n", "blue")
                        .text());
        assertThat(pool.path("enableCustomCaTrust").asBoolean()).isTrue();
        assertThat(pool.at("/nodeLabels/a").asText()).isEqualTo("b");

        for (String wrong : List.of(
                "nodepool add -g rg --cluster-name pools -n win --os-type Windows --enable-custom-ca-trust",
                "nodepool update -g rg --cluster-name pools -n blue --enable-custom-ca-trust --disable-custom-ca-trust")) {
            Program.Output refused = az.type("az aks " + wrong);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.text())
                    .contains(
                            wrong.contains("Windows")
                                    ? "ERROR: --enable_custom_ca_trust can only be set for Linux nodepools"
                                    : "ERROR: Cannot specify \"--enable-custom-ca-trust\" and"
                                            + " \"--disable-custom-ca-trust\" at the same time");
        }

        String held = cluster.nodes().stream()
                .filter(node -> node.contains("nodepool1"))
                .findFirst()
                .orElseThrow();
        new Fleet(home, "pools", cluster).pods(List.of(held), "kept");
        cluster.apply("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: never, namespace: default}
                spec: {minAvailable: 1, selector: {matchLabels: {app: kept}}}
                """);
        az.run("aks", "update", "-g", "rg", "-n", "pools", "--ca-certs", "one", "--no-wait")
                .orFail();
        Program.Output busy = az.run("aks", "update", "-g", "rg", "-n", "pools", "--tags", "a=b");
        assertThat(busy.exit()).isEqualTo(1);
        assertThat(busy.text()).contains("(OperationNotAllowed)", "operation ID: ");
        az.run("aks", "operation-abort", "-g", "rg", "-n", "pools").orFail();
        assertThat(az.print("aks show -g rg -n pools --query provisioningState", "tsv"))
                .isEqualTo("Canceled\n");

        cluster.kubectl("delete", "pdb", "never").orFail();
        az.type("az aks update -g rg -n pools --tags a=b && az aks nodepool delete -g rg --cluster-name pools -n blue")
                .orFail();
        assertThat(az.print("aks nodepool list -g rg --cluster-name pools", "json"))
                .doesNotContain("\"blue\"");
        az.run("aks", "delete", "-g", "rg", "-n", "pools", "--yes", "--no-wait").orFail();
        az.run("aks", "wait", "-g", "rg", "-n", "pools", "--deleted", "--interval", "1")
                .orFail();
        assertThat(az.run("aks", "show", "-g", "rg", "-n", "pools").exit()).isEqualTo(3);
    }

    /** A cluster with one node, made with capstan: it is the test's ground and not its subject. */
    private static void cluster(String name, String... options) {
        List<String> create = new ArrayList<>(
                List.of("aks", "create", "-g", "rg", "-n", name, "--node-count", "1", "--generate-ssh-keys"));
        create.addAll(List.of(options));
        home.run(create.toArray(String[]::new)).orFail();
    }

    /** The names of a cluster's nodes, as JSON. */
    private static String nodes(String cluster) {
        try {
            return JSON.readTree(home.run("node", "list", "-g", "rg", "-n", cluster, "-o", "json")
                            .orFail()
                            .text())
                    .findValuesAsText("name")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Deed {
        void on(AzureCli az, String item) throws Exception;
    }

    /** Does this for each item, so many at once, each as a user of her own. */
    private static void each(List<String> items, int atOnce, String name, Deed deed) throws Exception {
        try (ExecutorService users = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> deeds = new ArrayList<>();
            for (int user = 0; user < atOnce; user++) {
                AzureCli az = first.another(name + "-" + user);
                for (int item = user; item < items.size(); item += atOnce) {
                    String one = items.get(item);
                    deeds.add(users.submit(() -> {
                        synchronized (az) {
                            deed.on(az, one);
                        }
                        return null;
                    }));
                }
            }
            for (Future<?> each : deeds) {
                each.get();
            }
        }
    }
}
