package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code capstan aks} sends, waits for and prints, as the Azure CLI was recorded to do. */
class AksTest {

    private static final String VERSION = "?api-version=2025-08-02-preview";
    private static final String SUBSCRIPTION = "/subscriptions/" + FakeApi.SUBSCRIPTION;
    private static final String ONE =
            SUBSCRIPTION + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one";
    private static final String OPERATION =
            SUBSCRIPTION + "/providers/Microsoft.ContainerService/locations/local/operations/7";
    private static final Map<String, String> BEGUN =
            Map.of("Azure-AsyncOperation", "https://elsewhere.example" + OPERATION + "?api-version=x");
    private static final String[] CLUSTER = {"-g", "dev", "-n", "one"};

    @TempDir
    private Path temporary;

    private FakeApi api;

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void createAsksForTheGroupsLocationWritesWaitsAndPrintsTheCluster() throws Exception {
        var file = Files.writeString(temporary.resolve("cas"), Certificates.ca(temporary, "a"));
        api.on("GET " + ONE, 404, "{}")
                .on("GET " + ONE, 200, cluster("Succeeded"))
                .on("GET " + SUBSCRIPTION + "/resourcegroups/dev", 200, "{\"location\":\"local\"}")
                .on("PUT " + ONE, 201, cluster("Creating"), BEGUN)
                .on("GET " + OPERATION, 200, operation("InProgress"), Map.of("x-ms-retry-after-ms", "50"))
                .on("GET " + OPERATION, 200, operation("Succeeded"));

        var run = run(
                "create",
                "--resource-group",
                "dev",
                "--name",
                "one",
                "--node-count",
                "2",
                "--custom-ca-trust-certificates",
                file.toString(),
                "--generate-ssh-keys");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(api.asked().stream().map(asked -> asked.method() + " " + asked.path()))
                .containsExactly(
                        "GET " + ONE + VERSION,
                        "GET " + SUBSCRIPTION + "/resourcegroups/dev?api-version=2024-11-01",
                        "PUT " + ONE + VERSION,
                        "GET " + OPERATION + "?api-version=x",
                        "GET " + OPERATION + "?api-version=x",
                        "GET " + ONE + VERSION);
        var sent = api.sent("PUT", ONE + VERSION);
        assertThat(sent.path("location").asText()).isEqualTo("local");
        assertThat(sent.at("/properties/dnsPrefix").asText()).isEqualTo("one-dev-000000");
        assertThat(sent.at("/properties/agentPoolProfiles/0/name").asText()).isEqualTo("nodepool1");
        assertThat(sent.at("/properties/agentPoolProfiles/0/count").asInt()).isEqualTo(2);
        assertThat(sent.at("/properties/agentPoolProfiles/0").has("enableCustomCATrust"))
                .isFalse();
        var entries = sent.at("/properties/securityProfile/customCATrustCertificates");
        assertThat(entries).hasSize(1);
        assertThat(decoded(entries.get(0).asText())).isEqualTo(Files.readString(file));
        assertThat(Json.parse(run.out()).path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(run.err()).contains("pool nodepool1: of 2 nodes: 1 made, 1 loaded, 0 drained, 0 deleted");
        assertThat(api.home().resolve(".ssh")).doesNotExist();
    }

    @Test
    void createOfOneThatIsThereSaysAzsSentenceAndWritesNothing() {
        api.on("GET " + ONE, 200, cluster("Succeeded"));

        var run = run("create", CLUSTER);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("ERROR: The cluster 'one' under resource group 'dev' already exists. Please use command");
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void aGroupThatIsNotThereIsExitCodeThree() {
        api.on(
                "GET " + SUBSCRIPTION + "/resourcegroups/dev",
                404,
                error("ResourceGroupNotFound", "Resource group 'dev' could not be found."));

        var run = run("create", CLUSTER);

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).startsWith("""
                        ERROR: (ResourceGroupNotFound) Resource group 'dev' could not be found.
                        Code: ResourceGroupNotFound
                        Message: Resource group 'dev' could not be found.
                        """).contains("capstan group create");
    }

    @Test
    void updateWritesTheWholeClusterBackWithTheListAlone() throws Exception {
        var file = Files.writeString(
                temporary.resolve("cas"), Certificates.ca(temporary, "a") + "\n" + Certificates.ca(temporary, "b"));
        updates();

        var run = run("update", "--ca-certs", file.toString(), "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        var sent = api.sent("PUT", ONE + VERSION);
        assertThat(sent.at("/properties/securityProfile/customCATrustCertificates"))
                .hasSize(2);
        assertThat(sent.at("/properties/unknownToUs/kept").asInt()).isEqualTo(1);
        assertThat(sent.at("/properties/agentPoolProfiles/0/enableCustomCATrust")
                        .asBoolean())
                .isTrue();
        assertThat(run.err()).doesNotContain("WARNING");
    }

    @Test
    void anEmptyFileClearsTheListAndSaysSo() throws Exception {
        var file = Files.writeString(temporary.resolve("none"), "\n\n");
        updates();

        var run = run("update", "--custom-ca-trust-certificates", file.toString(), "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(api.sent("PUT", ONE + VERSION)
                        .at("/properties/securityProfile/customCATrustCertificates")
                        .toString())
                .isEqualTo("[]");
        assertThat(run.err()).contains("is empty: the list of the cluster is cleared");
    }

    @Test
    void anEmptyPathIsRefusedAsByANewerAz() {
        assertThat(run("update", "--ca-certs", "", "-g", "dev", "-n", "one").err())
                .contains("custom_ca_trust_certificates cannot be an empty string. Please provide a valid file path.");
    }

    @Test
    void updateWithoutAChangeIsAQuestion() {
        var run = run("update", CLUSTER);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no argument specified to update", "Use --yes");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void aRefusalIsPrintedAsAzPrintsIt() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on(
                        "PUT " + ONE,
                        400,
                        "{\"code\":\"InvalidParameter\",\"message\":\"no.\",\"target\":\"tags\",\"details\":null}");

        var run = run("update", "--tags", "a=b", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("ERROR: (InvalidParameter) no.\nCode: InvalidParameter\nMessage: no.\nTarget: tags\n");
    }

    @Test
    void whatTheApiWarnsOfIsShownThoughAllGoesWellAndOfTheListWhatTheFileGaveAlready() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on(
                        "PUT " + ONE,
                        200,
                        cluster("Updating"),
                        Map.of(
                                "Warning",
                                "299 capstan \"CN=\\\"a\\\", on node n\", 299 certificates \"of the file\", 299 capstan \"two\""));

        var run = run("update", "--tags", "a=b", "--no-wait", "-g", "dev", "-n", "one");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEqualTo("WARNING: CN=\"a\", on node n\nWARNING: two\n");
    }

    @Test
    void anOperationThatFailsIsAFailureInItsOwnWords() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on("PUT " + ONE, 200, cluster("Updating"), BEGUN)
                .on(
                        "GET " + OPERATION,
                        200,
                        "{\"status\":\"Failed\",\"error\":{\"code\":\"DrainTimedOut\",\"message\":\"pdb\"}}");

        var run = run("update", "--tags", "a=b", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("ERROR: (DrainTimedOut) pdb\n", "kubectl get pdb");
    }

    @Test
    void aCanceledOperationIsAFailure() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on("PUT " + ONE, 200, cluster("Updating"), BEGUN)
                .on("GET " + OPERATION, 200, "{\"status\":\"Canceled\"}");

        var run = run("update", "--tags", "a=b", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("Operation returned an invalid status 'OK'", "Canceled");
    }

    @Test
    void onATerminalOneLineIsWrittenOverWithTheTimeLeft() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on("PUT " + ONE, 200, cluster("Updating"), BEGUN)
                .on("GET " + OPERATION, 200, operation("InProgress"), Map.of("x-ms-retry-after-ms", "50"))
                .on(
                        "GET " + OPERATION,
                        200,
                        operation("InProgress").replace("\"drained\":0", "\"drained\":1"),
                        Map.of("x-ms-retry-after-ms", "50"))
                .on("GET " + OPERATION, 200, operation("Succeeded"));

        var run = Run.onTerminal(api.home(), "", "aks", "update", "-g", "dev", "-n", "one", "--tags", "a=b");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err().lines().toList())
                .hasSize(3)
                .satisfies(
                        line -> assertThat(line)
                                .matches(" +[0-9]+ s  pool nodepool1: of 2 nodes: .* 0 drained, 0 deleted\u001b\\[K"),
                        Index.atIndex(0))
                .satisfies(
                        line -> assertThat(line)
                                .matches(
                                        "\u001b\\[A +[0-9]+ s  .* 1 drained, 0 deleted; about [0-9]+ s left\u001b\\[K"),
                        Index.atIndex(1))
                .endsWith("\u001b[A\u001b[K");
    }

    @Test
    void aControlPlaneThatIsAwayForAWhileIsLookedForAgain() throws Exception {
        // Its word and its port stay; meanwhile it answers nothing, as while it starts anew.
        api.on("GET " + ONE, 200, cluster("Succeeded")).on("PUT " + ONE, 200, cluster("Updating"), BEGUN);
        // The JDK's client itself asks again a few times.
        for (var cut = 0; cut < 8; cut++) {
            api.on("GET " + OPERATION, 0, "");
        }
        api.on("GET " + OPERATION, 200, operation("Succeeded"));

        var run = run("update", "-g", "dev", "-n", "one", "--tags", "a=b", "--verbose");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("cannot be reached", "Looking again");
    }

    @Test
    void noWaitAsksNothingMoreAndPrintsNothing() {
        updates();

        var run = run("update", "--tags", "a=b", "--no-wait", "--if-match", "tag", "-g", "dev", "-n", "one");

        assertThat(run.code()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(api.asked()).hasSize(2);
    }

    @Test
    void bothSwitchesAtOnceAreRefusedInAzsWords() {
        var run = run(
                "nodepool",
                "update",
                "-g",
                "dev",
                "--cluster-name",
                "one",
                "-n",
                "p",
                "--enable-custom-ca-trust",
                "--disable-custom-ca-trust");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        "Cannot specify \"--enable-custom-ca-trust\" and \"--disable-custom-ca-trust\" at the same time");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void thePagesSlipIsTakenWithANote() {
        var pool = ONE + "/agentPools/myNodepool";
        api.on("GET " + pool, 200, pool("myNodepool"))
                .on("PUT " + pool, 200, pool("myNodepool"), BEGUN)
                .on("GET " + OPERATION, 200, operation("Succeeded"));

        var run = run(
                "nodepool",
                "update",
                "-g",
                "dev",
                "--cluster-name",
                "one",
                "--name",
                "myNodepool",
                "--enable-custom-trust-ca");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("WARNING: --enable-custom-trust-ca is the AKS page's slip");
        assertThat(api.sent("PUT", pool + VERSION)
                        .at("/properties/enableCustomCATrust")
                        .asBoolean())
                .isTrue();
        assertThat(Json.parse(run.out()).path("name").asText()).isEqualTo("myNodepool");
    }

    @Test
    void addOfAPoolThatIsThereInAnotherCaseIsRefused() {
        api.on("GET " + ONE + "/agentPools", 200, "{\"value\":[" + pool("mynodepool") + "]}");

        var run = run("nodepool", "add", "-g", "dev", "--cluster-name", "one", "-n", "myNodepool");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("Node pool myNodepool already exists, please try a different name");
    }

    @Test
    void windowsDoesNotFollowTheSecret() {
        var run = run(
                "nodepool",
                "add",
                "-g",
                "dev",
                "--cluster-name",
                "one",
                "-n",
                "p",
                "--os-type",
                "Windows",
                "--enable-custom-ca-trust");

        assertThat(run.err()).contains("--enable_custom_ca_trust can only be set for Linux nodepools");
    }

    @Test
    void showPrintsTheListAsThePageDoes() {
        api.on(
                "GET " + ONE,
                200,
                cluster("Succeeded")
                        .replace(
                                "\"unknownToUs\"",
                                "\"securityProfile\":{\"customCATrustCertificates\":[\"" + encoded("-----BEGIN\nx\n")
                                        + "\"]},\"unknownToUs\""));

        var run = run("show", CLUSTER);

        assertThat(run.out()).contains("""
                          "securityProfile": {
                            "azureKeyVaultKms": null,
                            "customCaTrustCertificates": [
                              "-----BEGIN\\nx\\n"
                            ],
                        """);
        var json = Json.parse(run.out());
        assertThat(json.path("resourceGroup").asText()).isEqualTo("dev");
        assertThat(json.has("properties")).isFalse();
        assertThat(json.at("/agentPoolProfiles/0/enableCustomCaTrust").asBoolean())
                .isTrue();
        assertThat(json.at("/agentPoolProfiles/0/osSku").asText()).isEqualTo("Ubuntu");
        assertThat(json.at("/agentPoolProfiles/0/securityProfile").isNull()).isTrue();
        assertThat(json.has("tags")).isFalse();
    }

    @Test
    void tablesQueriesAndTsvAreAzs() {
        var path = SUBSCRIPTION + "/providers/Microsoft.ContainerService/managedClusters";
        api.on("GET " + path, 200, "{\"value\":[" + cluster("Succeeded") + "]}");

        assertThat(run("list", "-o", "table").out()).isEqualTo("""
                        Name    Location    ResourceGroup    KubernetesVersion    CurrentKubernetesVersion    ProvisioningState    Fqdn
                        ------  ----------  ---------------  -------------------  --------------------------  -------------------  ---------
                        one     local       dev              1.32                 1.32.4                      Succeeded            one.local
                        """);
        assertThat(run("list", "-o", "table", "--query", "[].{Name:name,State:provisioningState}")
                        .out())
                .isEqualTo("Name    State\n------  ---------\none     Succeeded\n");
        assertThat(run("list", "-o", "tsv", "--query", "[].[name,tags,agentPoolProfiles[0].enableCustomCaTrust]")
                        .out())
                .isEqualTo("one\tNone\tTrue\n");
        assertThat(run("list", "-o", "tsv", "--query", "[?name==`one` && location==`\"local\"`].join('`', [name, `2`])")
                        .err())
                .contains("does not fit the result");
        assertThat(run("list", "-o", "tsv", "--query", "[?name==`one`].[join('`', [name, `x`]), `2`]")
                        .out())
                .isEqualTo("one`x\t2\n");
        assertThat(run("list", "-o", "none").out()).isEmpty();
        assertThat(run("list", "-o", "yaml", "--query", "[].name").out()).isEqualTo("- one\n");
    }

    @Test
    void deleteWantsAYesAndWaits() {
        api.on("DELETE " + ONE, 202, "", BEGUN).on("GET " + OPERATION, 200, operation("Succeeded"));

        var asked = run("delete", CLUSTER);
        var done = run("delete", "-g", "dev", "-n", "one", "--yes");

        assertThat(asked.code()).isEqualTo(1);
        assertThat(asked.err()).contains("Unable to prompt for confirmation as no tty available. Use --yes.");
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).isEmpty();
        assertThat(api.asked().stream().map(FakeApi.Asked::method)).containsExactly("DELETE", "GET");
    }

    @Test
    void deleteOfWhatIsNotThereIsDone() {
        api.on("DELETE " + ONE, 204, "");

        assertThat(run("delete", "-g", "dev", "-n", "one", "-y").code()).isZero();
    }

    @Test
    void waitLooksUntilItIsSo() {
        api.on("GET " + ONE, 404, "{}")
                .on("GET " + ONE, 200, cluster("Creating"))
                .on("GET " + ONE, 200, cluster("Succeeded"));

        assertThat(run("wait", "-g", "dev", "-n", "one", "--created").code()).isZero();
        assertThat(api.asked()).hasSize(3);
        assertThat(run("wait", "-g", "dev", "-n", "one", "--custom", "agentPoolProfiles[0].count==`2`")
                        .code())
                .isZero();
        var late = run("wait", "-g", "dev", "-n", "one", "--deleted", "--timeout", "0");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("Wait operation timed-out after 0 seconds");
        assertThat(run("wait", CLUSTER).code()).isEqualTo(2);
    }

    @Test
    void waitForAnUpdateOfWhatIsNotThereIsExitCodeThree() {
        assertThat(run("wait", "-g", "dev", "-n", "one", "--updated").code()).isEqualTo(3);
        assertThat(run("wait", "-g", "dev", "-n", "one", "--deleted").code()).isZero();
    }

    @Test
    void anOptionOfAzThatIsUnknownHereIsRefusedWithWhatIsNear() {
        var run = run("create", "-g", "dev", "-n", "one", "--enable-custom-ca-trst");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("ERROR: unrecognized arguments: --enable-custom-ca-trst", "--enable-custom-ca-trust");
    }

    @Test
    void anotherSubscriptionIsRefused() {
        var run = run("show", "-g", "dev", "-n", "one", "--subscription", "x");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("The subscription of 'x' doesn't exist");
        assertThat(run("list", "--subscription", FakeApi.SUBSCRIPTION).code()).isEqualTo(3);
    }

    @Test
    void credentialsAreMergedIntoAFileOfItsOwnersAlone() throws Exception {
        credentials("token-1");
        var file = temporary.resolve("folder/config");

        var first = run("get-credentials", "-g", "dev", "-n", "one", "-f", file.toString());

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err()).contains("Merged \"one\" as current context in " + file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("name: one", "name: other")
                        .replace("token-1", "theirs")
                        .replace("kind: Config", "kind: Config\npreferences: {colors: true}"));
        assertThat(run("get-credentials", "-g", "dev", "-n", "one", "-f", file.toString(), "--context", "two")
                        .code())
                .as("the user is different")
                .isEqualTo(1);
        assertThat(Files.readString(file)).contains("theirs").doesNotContain("token-1");
        var second = run("get-credentials", "-g", "dev", "-n", "one", "-f", file.toString(), "--overwrite-existing");
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(Files.readString(file))
                .contains("token-1", "name: other", "name: one", "colors: true", "current-context: one")
                .doesNotContain("theirs");
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**.kubeconfig*");
    }

    @Test
    void credentialsGoWhereKubectlLooks() throws Exception {
        credentials("token-1");
        var file = temporary.resolve("a");
        var environment =
                Map.of("CAPSTAN_HOME", api.home().toString(), "HOME", temporary.toString(), "KUBECONFIG", file + ":/b");

        assertThat(Run.run(environment, false, "", "aks", "get-credentials", "-g", "dev", "-n", "one")
                        .code())
                .isZero();
        assertThat(file).exists();
        var printed = run("get-credentials", "-g", "dev", "-n", "one", "-f", "-");
        assertThat(printed.out()).contains("token-1");
        assertThat(temporary.resolve(".kube")).doesNotExist();
    }

    private void credentials(String token) {
        var config = """
                apiVersion: v1
                kind: Config
                clusters:
                - name: one
                  cluster: {server: "https://h/clusters/one"}
                users:
                - name: clusterUser_dev_one
                  user: {token: %s}
                contexts:
                - name: one
                  context: {cluster: one, user: clusterUser_dev_one}
                current-context: one
                """.formatted(token);
        api.on(
                "POST " + ONE + "/listClusterUserCredential",
                200,
                "{\"kubeconfigs\":[{\"name\":\"clusterUser\",\"value\":\"" + encoded(config) + "\"}]}");
    }

    private void updates() {
        api.on("GET " + ONE, 200, cluster("Succeeded"))
                .on("PUT " + ONE, 200, cluster("Updating"), BEGUN)
                .on("GET " + OPERATION, 200, operation("Succeeded"));
    }

    private Run run(String first, String... more) {
        var all = new ArrayList<>(List.of("aks", first));
        all.addAll(List.of(more));
        return Run.of(api.home(), all.toArray(String[]::new));
    }

    private static String cluster(String state) {
        return """
                {"id":"%s","name":"one","type":"Microsoft.ContainerService/ManagedClusters","location":"local",
                 "properties":{"provisioningState":"%s","kubernetesVersion":"1.32","currentKubernetesVersion":"1.32.4",
                 "fqdn":"one.local","servicePrincipalProfile":{"clientId":"msi"},"unknownToUs":{"kept":1},
                 "agentPoolProfiles":[{"name":"nodepool1","count":2,"enableCustomCATrust":true,"osSKU":"Ubuntu"}]}}
                """.formatted(ONE, state);
    }

    private static String pool(String name) {
        return "{\"id\":\"" + ONE + "/agentPools/" + name + "\",\"name\":\"" + name
                + "\",\"properties\":{\"count\":2,\"provisioningState\":\"Succeeded\"}}";
    }

    private static String operation(String status) {
        return """
                {"name":"7","status":"%s","properties":{"message":"updating","agentPools":[{"name":"nodepool1","message":"",
                 "modelUpdate":{"machines":2,"made":1,"loaded":1,"drained":0,"deleted":0},"nodes":2,"ready":2}]}}
                """.formatted(status);
    }

    private static String error(String code, String message) {
        return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
