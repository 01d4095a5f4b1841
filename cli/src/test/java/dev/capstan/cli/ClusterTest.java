package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {

    /** From the id /subscriptions/00000000-…/resourceGroups/dev/…/managedClusters/one: an independent sha256sum. */
    private static final String NAME = "one-c2dbad33bf";

    private static final String CLUSTERS = ManagedCluster.COLLECTION;
    private static final String ONE = CLUSTERS + "/" + NAME;
    private static final String OWN = "/clusters/" + NAME;

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
    void createWritesWhatArmWouldWrite() {
        api.on("POST " + CLUSTERS, 201, cluster(1, "False", "making"))
                .on("GET " + ONE, 200, cluster(1, "True", "all ready"));

        var run = run("create", "-g", "dev", "-n", "one", "--node-count", "2", "--enable-custom-ca-trust");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("Cluster dev/one is ready: 2 nodes");
        var sent = api.sent("POST", CLUSTERS);
        assertThat(sent.at("/metadata/name").asText()).isEqualTo(NAME);
        assertThat(sent.path("apiVersion").asText()).isEqualTo("capstan.dev/v1");
        assertThat(sent.path("kind").asText()).isEqualTo("ManagedCluster");
        assertThat(sent.at("/spec/id").asText())
                .isEqualTo("/subscriptions/" + FakeApi.SUBSCRIPTION
                        + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one");
        assertThat(sent.at("/spec/resourceGroup").asText()).isEqualTo("dev");
        assertThat(sent.at("/spec/name").asText()).isEqualTo("one");
        assertThat(sent.at("/spec/location").asText()).isEqualTo("local");
        assertThat(sent.at("/spec/operation/kind").asText()).isEqualTo("Create");
        assertThat(sent.at("/spec/agentPoolProfiles").toString())
                .isEqualTo("[{\"name\":\"nodepool1\",\"count\":2,\"enableCustomCATrust\":true}]");
    }

    @Test
    void createWaitsOnTheWatchUntilEveryNodeIsReady() {
        api.on("POST " + CLUSTERS, 201, cluster(1, "False", "making"))
                .on("GET " + ONE, 200, cluster(1, "False", "0 of 2 nodes"))
                .on("GET " + ONE, 200, cluster(1, "True", "all ready"))
                .on(
                        "WATCH " + CLUSTERS,
                        200,
                        event("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"8\"}}")
                                + event("MODIFIED", cluster(1, "False", "1 of 2 nodes"))
                                + event("MODIFIED", cluster(1, "True", "all ready")));

        var run = run("create", "-g", "dev", "-n", "one", "--node-count", "2");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).containsSubsequence("0 of 2 nodes", "1 of 2 nodes", "all ready");
        assertThat(api.asked().stream().map(FakeApi.Asked::path).filter(path -> path.contains("watch=true")))
                .singleElement()
                .asString()
                .contains("fieldSelector=metadata.name%3D" + NAME, "resourceVersion=7", "timeoutSeconds=");
    }

    @Test
    void aWatchThatEndsOrIsTooOldIsBegunAgain() {
        api.on("POST " + CLUSTERS, 201, cluster(1, "False", "making"))
                .on("GET " + ONE, 200, cluster(1, "False", "a"))
                .on("WATCH " + CLUSTERS, 200, "")
                .on("GET " + ONE, 200, cluster(1, "False", "b"))
                .on("WATCH " + CLUSTERS, 410, "{\"kind\":\"Status\",\"message\":\"too old\"}")
                .on("GET " + ONE, 200, cluster(1, "False", "c"))
                .on("WATCH " + CLUSTERS, 200, event("ERROR", "{\"kind\":\"Status\",\"code\":410}"))
                .on("GET " + ONE, 200, cluster(1, "True", "d"));

        var run = run("create", "-g", "dev", "-n", "one", "--node-count", "2");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).containsSubsequence("a", "b", "c");
    }

    @Test
    void readyForAnOlderSpecIsNotReady() {
        api.on("GET " + ONE, 200, cluster(0, "True", "all ready"));

        assertThat(run("show", "-g", "dev", "-n", "one").out()).contains("ready            no");
    }

    @Test
    void createThatDoesNotWaitDoesNotWatch() {
        api.on("POST " + CLUSTERS, 201, cluster(0, "False", "making"))
                .on("GET " + ONE, 200, cluster(0, "False", "making"));

        var run = run("create", "-g", "dev", "-n", "one", "--node-count", "1", "--no-wait");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("is being created");
        assertThat(api.asked()).noneMatch(asked -> asked.path().contains("watch"));
    }

    @Test
    void createThatTakesTooLongSaysWhereItStands() {
        api.on("POST " + CLUSTERS, 201, cluster(1, "False", "making"))
                .on("GET " + ONE, 200, cluster(1, "False", "containerd is missing"))
                .on("WATCH " + CLUSTERS, 200, "");

        var run = run("create", "-g", "dev", "-n", "one", "--node-count", "1", "--timeout", "1");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("After 1 s the creation of dev/one has not ended", "containerd is missing", "It goes on");
    }

    @Test
    void createOfOneThatIsThereSaysSo() {
        api.on("POST " + CLUSTERS, 409, "{\"kind\":\"Status\",\"message\":\"already exists\"}");

        var run = run("create", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("There is a cluster dev/one already", "capstan cluster delete -g dev -n one");
    }

    @Test
    void namesThatAksWouldRefuseAreRefusedAllAtOnceAndNothingIsSent() {
        var run = run("create", "-g", "dev.", "-n", "_one", "--node-count", "1");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'dev.'", "'_one'");
        assertThat(run("create", "-g", "dev", "-n", "a".repeat(64)).code()).isEqualTo(2);
        assertThat(run("create", "-g", "g".repeat(91), "-n", "a").code()).isEqualTo(2);
        assertThat(run("create", "-g", "dev", "-n", "one", "--node-count", "0").code())
                .isEqualTo(2);
        assertThat(run("create", "-g", "dev", "-n", "one", "--nodepool-name", "Pool")
                        .code())
                .isEqualTo(2);
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void namesKeepTheirCaseAndTheObjectIgnoresIt() {
        var one = ClusterId.of(FakeApi.SUBSCRIPTION, "DEV", "One");

        assertThat(one.objectName()).isEqualTo(NAME);
        assertThat(one.armId())
                .endsWith("/resourceGroups/DEV/providers/Microsoft.ContainerService/managedClusters/One");
        assertThat(ClusterId.of("s", "g", "a__b--C9").objectName()).startsWith("a-b-c9-");
        assertThat(ClusterId.of("s", "g", "x".repeat(63)).objectName()).hasSize(40 + 11);
    }

    @Test
    void deleteWaitsUntilItIsGone() {
        api.on("GET " + ONE, 200, cluster(1, "True", "all ready"))
                .on("DELETE " + ONE, 200, cluster(1, "True", "all ready"))
                .on("WATCH " + CLUSTERS, 200, event("DELETED", cluster(1, "True", "all ready")));

        var run = run("delete", "-g", "dev", "-n", "one", "--yes");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("Cluster dev/one is deleted");
    }

    @Test
    void anotherOneOfTheSameNameIsNotTheDeletedOne() {
        api.on("GET " + ONE, 200, cluster(1, "True", "all ready"))
                .on("GET " + ONE, 200, cluster(1, "False", "new").replace("uid-1", "uid-2"))
                .on("DELETE " + ONE, 200, cluster(1, "True", "all ready"));

        assertThat(run("delete", "-g", "dev", "-n", "one", "--yes").code()).isZero();
    }

    @Test
    void deleteAsksFirst() {
        api.on("GET " + ONE, 200, cluster(1, "True", "all ready"));

        var asked = Run.onTerminal(api.home(), "n\n", "cluster", "delete", "-g", "dev", "-n", "one");
        var noTerminal = run("delete", "-g", "dev", "-n", "one");

        assertThat(asked.code()).isEqualTo(1);
        assertThat(asked.err()).contains("Delete cluster dev/one with its nodes (2)?", "Nothing was deleted");
        assertThat(noTerminal.code()).isEqualTo(2);
        assertThat(noTerminal.err()).contains("--yes");
        assertThat(api.asked()).noneMatch(one -> one.method().equals("DELETE"));
    }

    @Test
    void deleteOnAYes() {
        api.on("GET " + ONE, 200, cluster(1, "True", "all ready")).on("DELETE " + ONE, 200, "{}");

        var run = Run.onTerminal(api.home(), "yes\n", "cluster", "delete", "-g", "dev", "-n", "one", "--no-wait");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("is being deleted");
    }

    @Test
    void whatIsNotThereIsToldWithItsOwnExitCode() {
        for (var command : new String[] {"show", "kubeconfig", "delete"}) {
            var run = run(command, "-g", "dev", "-n", "one");

            assertThat(run.code()).as(command).isEqualTo(3);
            assertThat(run.err()).contains("There is no cluster dev/one", "capstan cluster list");
        }
    }

    @Test
    void listShowsAllOrThoseOfAGroup() {
        api.on("GET " + CLUSTERS, 200, "{\"items\":[" + cluster(1, "True", "all ready") + "]}");

        assertThat(run("list").out()).contains("NAME", "one", "dev", "all ready");
        assertThat(run("list", "-g", "other").out()).isEmpty();
        var json = Json.parse(run("list", "-o", "json").out());
        assertThat(json.size()).isEqualTo(1);
        assertThat(json.at("/0/ready").asBoolean()).isTrue();
        assertThat(json.at("/0/agentPoolProfiles/0/count").asInt()).isEqualTo(2);
        assertThat(Json.parse(run("list", "-g", "other", "-o", "json").out()).isEmpty())
                .isTrue();
    }

    @Test
    void aKubeconfigHoldsATokenOfTheClusterItself() throws Exception {
        serveTokens();

        var run = run("kubeconfig", "-g", "dev", "-n", "one");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("token: \"of-the-cluster\"", "server: \"https://127.0.0.1:1" + OWN + "\"")
                .contains("certificate-authority-data: ", "current-context: \"dev/one\"")
                .doesNotContain(FakeApi.TOKEN);
        var request = api.sent("POST", OWN + "/api/v1/namespaces/kube-system/serviceaccounts/capstan-user/token");
        assertThat(request.at("/spec/expirationSeconds").asLong()).isEqualTo(30L * 24 * 3600);
        var binding = api.sent("POST", OWN + "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings");
        assertThat(binding.at("/roleRef/name").asText()).isEqualTo("cluster-admin");
        assertThat(binding.at("/subjects/0/name").asText()).isEqualTo("capstan-user");
    }

    @Test
    void aKubeconfigFileIsItsOwnersAloneAndReplacesOnlyItsOwnKind() throws Exception {
        serveTokens();
        var file = temporary.resolve("one.kubeconfig");

        assertThat(run("kubeconfig", "-g", "dev", "-n", "one", "--file", file.toString())
                        .code())
                .isZero();
        assertThat(run("kubeconfig", "-g", "dev", "-n", "one", "-f", file.toString())
                        .code())
                .isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("of-the-cluster");
        var foreign = Files.writeString(temporary.resolve("config"), "apiVersion: v1\n");
        var refused = run("kubeconfig", "-g", "dev", "-n", "one", "--file", foreign.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("was not written by this command");
        assertThat(Files.readString(foreign)).isEqualTo("apiVersion: v1\n");
        var nowhere = run("kubeconfig", "-g", "dev", "-n", "one", "--file", temporary + "/none/file");
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(temporary).isDirectoryNotContaining("glob:**.kubeconfig?*");
    }

    @Test
    void aKubeconfigBeforeThereIsAnApiIsRefused() {
        api.on("GET " + ONE, 200, cluster(1, "False", "making").replace("\"endpoint\":", "\"other\":"));

        var run = run("kubeconfig", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("has no API yet: making");
    }

    private void serveTokens() {
        api.on("GET " + ONE, 200, cluster(1, "True", "all ready"))
                // The account is there from last time, the binding is not.
                .on("POST " + OWN + "/api/v1/namespaces/kube-system/serviceaccounts", 409, "{\"message\":\"exists\"}")
                .on("POST " + OWN + "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", 201, "{}")
                .on(
                        "POST " + OWN + "/api/v1/namespaces/kube-system/serviceaccounts/capstan-user/token",
                        201,
                        "{\"status\":{\"token\":\"of-the-cluster\"}}");
    }

    private Run run(String... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = "cluster";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Run.of(api.home(), all);
    }

    private static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object.replace("\n", "") + "}\n";
    }

    private static String cluster(int observed, String ready, String message) {
        return """
                {"apiVersion":"capstan.dev/v1","kind":"ManagedCluster",
                 "metadata":{"name":"%s","generation":1,"resourceVersion":"7","uid":"uid-1"},
                 "spec":{"id":"/x","resourceGroup":"dev","name":"one","location":"local",
                  "agentPoolProfiles":[{"name":"nodepool1","count":2,"enableCustomCATrust":true}]},
                 "status":{"observedGeneration":%d,"endpoint":"https://127.0.0.1:1/clusters/%s",
                  "conditions":[{"type":"Ready","status":"%s","reason":"R","message":"%s"}]}}
                """.formatted(NAME, observed, NAME, ready, message);
    }
}
