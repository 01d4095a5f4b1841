package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.cli.kubernetes.ManagedCluster;
import dev.capstan.cli.session.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code capstan aks plan} says an update would change. */
class AksPlanTest {

    private static final String ONE = "/subscriptions/" + FakeApi.SUBSCRIPTION
            + "/resourceGroups/dev/providers/Microsoft.ContainerService/managedClusters/one";
    private static final String OBJECT = "one-c2dbad33bf";
    private static final String NO_TAGS = "{}";

    @TempDir
    private Path temporary;

    private FakeApi api;
    private String a = "";
    private String b = "";

    @BeforeEach
    void start() throws Exception {
        api = FakeApi.start(temporary.resolve("home"));
        a = Certificates.ca(temporary, "a");
        b = Certificates.ca(temporary, "b");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void anotherListNamesWhatComesGoesAndStaysAndEveryNodeInTheOrderOfThePools() throws Exception {
        var c = Certificates.ca(temporary, "c");
        cluster(NO_TAGS, a, b);
        nodes(node("n1", "second", set(a, b)), node("n2", "first", set(a, b)), node("own", "", ""));

        var run = plan(b + "\n" + c);

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        var json = Json.parse(run.out());
        assertThat(json.path("changes").asBoolean()).isTrue();
        assertThat(texts(json.path("added"), "sha256")).containsExactly(identity(c));
        assertThat(texts(json.path("added"), "subject")).containsExactly("CN=c");
        assertThat(texts(json.path("removed"), "subject")).containsExactly("CN=a");
        assertThat(texts(json.path("kept"), "subject")).containsExactly("CN=b");
        assertThat(json.at("/added/0/notAfter").asText())
                .isEqualTo(certificate(c).notAfter().toString());
        assertThat(texts(json.path("replacedNodes"), "name")).containsExactly("n2", "n1");
        assertThat(texts(json.path("replacedNodes"), "pool")).containsExactly("first", "second");
        assertThat(json.path("fingerprint").asText()).isEqualTo(set(b, c));
        assertThat(run.err())
                .isEqualTo(
                        "The list would change: 1 added, 1 removed, 1 left. 2 nodes would be replaced, pool by pool.\n");
        assertThat(api.asked()).extracting(FakeApi.Asked::method).containsOnly("GET");
    }

    @Test
    void theSameSetInAnotherOrderAndFormReplacesNoNode() throws Exception {
        cluster(NO_TAGS, a, b);
        nodes(node("n1", "first", set(a, b)));

        var run = plan(b.replace("\n", "\r\n") + "\r\n" + a);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Json.parse(run.out()).path("changes").asBoolean(true)).isFalse();
        assertThat(Json.parse(run.out()).path("replacedNodes")).isEmpty();
        assertThat(run.err())
                .endsWith(
                        "The list has the same certificates, in another order or form: nothing would change; no node is"
                                + " replaced.\n");
    }

    @Test
    void theSameListSaysSo() throws Exception {
        cluster(NO_TAGS, a);
        nodes(node("n1", "first", set(a)));

        var run = plan(a);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEqualTo("The list is the same: nothing would change; no node is replaced.\n");
    }

    @Test
    void theSameListGoesOnWithNodesThatAnUpdateBeforeDidNotComeTo() throws Exception {
        cluster(NO_TAGS, a, b);
        nodes(node("n1", "first", set(a)), node("n2", "first", set(a, b)));

        var run = plan(a + "\n" + b);

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(texts(Json.parse(run.out()).path("replacedNodes"), "name")).containsExactly("n1");
        assertThat(run.err()).contains("1 node would be replaced, which an update before did not come to.");
    }

    @Test
    void nodesThatWereBornWithTheSetAnywayStay() throws Exception {
        cluster(NO_TAGS, a, b);
        nodes(node("n1", "first", set(a)), node("n2", "second", set(a, b)));

        var run = plan(a);

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(texts(Json.parse(run.out()).path("replacedNodes"), "name")).containsExactly("n2");
    }

    @Test
    void aClusterWithoutNodesHasNoneToReplace() throws Exception {
        cluster(NO_TAGS);
        nodes();

        var run = plan(a);

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(Json.parse(run.out()).path("replacedNodes")).isEmpty();
        assertThat(run.err()).contains("1 added, 0 removed, 0 left. No node would be replaced");
    }

    @Test
    void anEmptyFileWouldClearTheList() throws Exception {
        cluster(NO_TAGS, a);
        nodes(node("n1", "first", set(a)), node("n2", "first", ""));

        var run = plan("\n");

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(texts(Json.parse(run.out()).path("removed"), "subject")).containsExactly("CN=a");
        assertThat(texts(Json.parse(run.out()).path("replacedNodes"), "name")).containsExactly("n1");
        assertThat(run.err()).contains("is empty: the list of the cluster would be cleared.");
    }

    @Test
    void findingsOfTheFileAreInTheResultAndSaidAsTheUpdateSaysThem() throws Exception {
        cluster(NO_TAGS, a);
        nodes();

        var run = plan(a + "\n" + a);

        assertThat(run.code()).as(run.err()).isZero();
        var findings = Json.parse(run.out()).path("findings");
        assertThat(texts(findings, "code")).contains("duplicate");
        assertThat(findings.get(0).path("line").asInt()).isPositive();
        api.on("PUT " + ONE, 200, "{}");
        var update = run("update", "--no-wait");
        assertThat(run.err()).startsWith(update.err());
        assertThat(update.err()).startsWith("WARNING: ");
    }

    @Test
    void whatTheUpdateRefusesIsRefusedInItsWordsBeforeAnythingIsAsked() throws Exception {
        for (var text : List.of(
                Certificates.server(temporary, "no-ca"),
                "no certificate",
                a + Certificates.key(temporary, "a"),
                many(11))) {
            var plan = plan(text);
            assertThat(plan.code()).isEqualTo(1);
            assertThat(plan.out()).isEmpty();
            assertThat(plan.err()).isEqualTo(run("update").err()).startsWith("ERROR: ");
        }
        assertThat(plan(many(11)).err())
                .startsWith("ERROR: Only up to 10 new-line separated CAs can be passed, got 11");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void withoutAFileTheCommandLineIsWrong() {
        var run = Run.of(api.home(), "aks", "plan", "-g", "dev", "-n", "one");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("required: --custom-ca-trust-certificates");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void aClusterThatIsNotThereIsExitCodeThreeWithoutAResult() throws Exception {
        var run = plan(a);

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("ERROR: ");
    }

    @Test
    void whileAnOperationRunsItIsSaidThatAnUpdateIsRefused() throws Exception {
        clusterAs("Updating", NO_TAGS, a);
        nodes();

        assertThat(plan(a).err()).contains("The cluster is Updating: an update is refused while an operation runs.");
    }

    @Test
    void theTableHasARowForEachCertificateAndNode() throws Exception {
        cluster(NO_TAGS, a);
        nodes(node("n1", "first", set(a)));

        var run = plan(b, "-o", "table");

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.out().lines().skip(2).map(line -> line.split("  +", -1)[0]))
                .containsExactly("added", "removed", "replaced");
        assertThat(run.out())
                .startsWith("Change ")
                .containsPattern("added +CN=b +until \\d{4}-\\d\\d-\\d\\d +" + identity(b))
                .containsPattern("replaced +node n1 +pool first");
    }

    @Test
    void endpointsThatNeedWhatGoesAreNamedWithTheirNodes() throws Exception {
        cluster(NO_TAGS, a, b);
        nodes(
                proven("n1", "first", a, "list"),
                proven("n2", "first", a, "list"),
                proven("n3", "second", a, "list", "secret/x"),
                proven("n4", "second", b, "list"));

        var run = plan(b);

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        var endpoints = Json.parse(run.out()).path("endangeredEndpoints");
        assertThat(endpoints).hasSize(1);
        assertThat(endpoints.at("/0/endpoint").asText()).isEqualTo("registry.corp:443");
        assertThat(endpoints.at("/0/sha256").asText()).isEqualTo(identity(a));
        assertThat(endpoints.at("/0/nodes").toString()).isEqualTo("[\"n1\",\"n2\"]");
        assertThat(endpoints.at("/0/refused").asBoolean(true)).isFalse();
        assertThat(run.err())
                .contains(
                        "WARNING: this takes a CA away that an endpoint needs: registry.corp:443, whose chain ends in CN=a"
                                + " (SHA-256 " + identity(a) + "), on nodes n1, n2");
    }

    @Test
    void aRenewalTakesNothingAway() throws Exception {
        cluster(NO_TAGS, a);
        nodes(proven("n1", "first", a, "list"));

        var run = plan(Certificates.renewed(temporary, "a"));

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(Json.parse(run.out()).path("endangeredEndpoints")).isEmpty();
        assertThat(Json.parse(run.out()).path("removed")).hasSize(1);
    }

    @Test
    void whatTheRemovalGuardWouldRefuseIsExitCodeOne() throws Exception {
        cluster("{\"Capstan-Removal-Guard\":\"true\"}", a, b);
        nodes(proven("n1", "first", a, "list"));

        var run = plan(b);

        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(Json.parse(run.out()).at("/endangeredEndpoints/0/refused").asBoolean())
                .isTrue();
        assertThat(run.err()).contains("The removal guard would refuse the update");
    }

    @Test
    void anOverrideOfThatVeryListLetsItThrough() throws Exception {
        cluster("{\"capstan-removal-guard\":\"true\",\"capstan-removal-guard-override\":\"" + set(b) + "\"}", a, b);
        nodes(proven("n1", "first", a, "list"));

        assertThat(plan(b).code()).isEqualTo(3);
        assertThat(plan("").code()).as("not another one").isEqualTo(1);
    }

    private Run plan(String text, String... more) throws Exception {
        Files.writeString(temporary.resolve("cas"), text);
        return run("plan", more);
    }

    private Run run(String command, String... more) {
        var all = new ArrayList<>(List.of(
                "aks",
                command,
                "-g",
                "dev",
                "-n",
                "one",
                "--custom-ca-trust-certificates",
                temporary.resolve("cas").toString()));
        all.addAll(List.of(more));
        return Run.of(api.home(), all.toArray(String[]::new));
    }

    private void cluster(String tags, String... pems) {
        clusterAs("Succeeded", tags, pems);
    }

    /** A cluster with the pools first and second, and this list. */
    private void clusterAs(String state, String tags, String... pems) {
        var list = Json.array();
        Arrays.stream(pems)
                .map(pem -> Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)))
                .forEach(list::add);
        api.on("GET " + ONE, 200, """
                {"id":"%s","name":"one","location":"local","tags":%s,"properties":{"provisioningState":"%s",
                 "securityProfile":{"customCATrustCertificates":%s},
                 "agentPoolProfiles":[{"name":"first","count":1},{"name":"second","count":1}]}}
                """.formatted(ONE, tags, state, list))
                .on(
                        "GET " + ManagedCluster.COLLECTION + "/" + OBJECT,
                        200,
                        "{\"metadata\":{\"name\":\"" + OBJECT + "\"},\"status\":{\"endpoint\":\"https://h\"}}");
    }

    /** What the cluster's API has of one node. */
    private record Served(String node, String trust) {}

    private void nodes(Served... served) {
        var nodes = Arrays.stream(served).map(Served::node).toList();
        var trusts = Arrays.stream(served).map(Served::trust).toList();
        api.on("GET /clusters/" + OBJECT + "/api/v1/nodes", 200, "{\"items\":" + nodes + "}")
                .on("GET /clusters/" + OBJECT + "/apis/capstan.dev/v1/nodetrusts", 200, "{\"items\":" + trusts + "}");
    }

    private static Served node(String name, String pool, String bornWith) {
        return served(name, pool, bornWith, "{}");
    }

    /** A node whose endpoint's chain ended in that certificate, which it has from these sources. */
    private Served proven(String name, String pool, String anchor, String... sources) {
        return served(name, pool, set(a, b), """
                {"certificates":[{"subject":"%s","sha256":"%s","sources":["%s"]}],
                 "proof":{"endpoints":[{"endpoint":"registry.corp:443","outcome":"Proven","anchor":"%s"}]}}
                """.formatted(
                certificate(anchor).subject(), identity(anchor), String.join("\",\"", sources), identity(anchor)));
    }

    private static Served served(String name, String pool, String bornWith, String status) {
        var spec = bornWith.isEmpty() ? "{}" : "{\"certificateSet\":\"" + bornWith + "\"}";
        return new Served(
                "{\"metadata\":{\"name\":\"%s\",\"labels\":{\"kubernetes.azure.com/agentpool\":\"%s\"}}}"
                        .formatted(name, pool),
                "{\"metadata\":{\"name\":\"%s\"},\"spec\":%s,\"status\":%s}".formatted(name, spec, status));
    }

    private String many(int count) throws Exception {
        var text = new StringBuilder();
        for (var number = 0; number < count; number++) {
            text.append(Certificates.ca(temporary, "many" + number)).append('\n');
        }
        return text.toString();
    }

    private static List<String> texts(JsonNode items, String member) {
        var texts = new ArrayList<String>();
        items.forEach(item -> texts.add(item.path(member).asText()));
        return texts;
    }

    private static Certificate certificate(String pem) {
        return read(pem).certificates().getFirst();
    }

    private static String identity(String pem) {
        return certificate(pem).identity().hex();
    }

    private static String set(String... pems) {
        return read(String.join("\n", pems)).fingerprint().value();
    }

    private static CertificateSet read(String text) {
        return new CertificateReader(InstantSource.system())
                .readPem(text.getBytes(StandardCharsets.US_ASCII), Place.of("test"))
                .set();
    }
}
