package dev.capstan.resourceprovider;

import static dev.capstan.resourceprovider.Lab.CLUSTER;
import static dev.capstan.resourceprovider.Lab.GA;
import static dev.capstan.resourceprovider.Lab.JSON;
import static dev.capstan.resourceprovider.Lab.PREVIEW;
import static dev.capstan.resourceprovider.Lab.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateReader;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Place;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a write at ARM's door says that takes CAs from under endpoints, and what it is refused with. */
class RemovalsTest {

    private static final String CORP = TestKeys.authority("corp");
    private static final String OTHER = TestKeys.authority("other");
    private static final String ENDPOINT = "registry.corp:443";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Lab lab = new Lab(new Interceptor() {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (request.uri().getPath().contains("nodetrusts")) {
                asked.add(request.method());
            }
        }
    });

    @BeforeEach
    void cluster() {
        lab.withCluster();
        lab.ofCluster();
        put(List.of(CORP, OTHER), "{}");
        lab.end("True", "Succeeded", "");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aRemovalThatBreaksAnEndpointGoesThroughAndSaysSo() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        Answer answer = put(List.of(OTHER), "{}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("warning"))
                .isEqualTo("299 capstan \"this takes a CA away that an endpoint needs: " + ENDPOINT
                        + ", whose chain ends in CN=corp (SHA-256 " + identity(CORP) + "), on node node-0\"");
        assertThat(lab.stored().at("/spec/operation/removal"))
                .hasToString("{\"endpoints\":[{\"endpoint\":\"" + ENDPOINT + "\",\"subject\":\"CN=corp\",\"sha256\":\""
                        + identity(CORP) + "\",\"nodes\":[\"node-0\"]}]}");
        assertThat(lab.follow(answer.header("azure-asyncoperation"))
                        .at("/properties/warnings/0")
                        .asText())
                .startsWith(ENDPOINT);
    }

    @Test
    void whatNodesTrustIsReadWhoeverAsks() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        Answer answer = lab.as(lab.token(Lab.CLIENT, Lab.SECRET), "PUT", CLUSTER, body(List.of(OTHER), "{}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("warning")).contains(ENDPOINT);
    }

    @Test
    void whatBreaksNothingSaysNothing() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        Answer answer = put(List.of(CORP), "{}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("warning");
        assertThat(lab.stored().at("/spec/operation/removal").isMissingNode()).isTrue();
    }

    @Test
    void nodesAreAskedOnlyWhereSomethingGoes() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        asked.clear();
        put(List.of(CORP, OTHER, TestKeys.authority("third")), "{}");
        assertThat(asked).isEmpty();
        lab.end("True", "Succeeded", "");
        put(List.of(CORP), "{}");
        assertThat(asked).containsExactly("GET");
    }

    @Test
    void aCaThatTheSecretHasTooStays() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list", "secret/corp.crt");
        assertThat(put(List.of(OTHER), "{}").headers()).doesNotContainKey("warning");
    }

    @Test
    void aRenewedCertificateOfTheSameCaIsNoRemoval() {
        List<String> renewed = TestKeys.renewed("again");
        lab.pass(Duration.between(Lab.START, Instant.now()).plusDays(1));
        put(List.of(renewed.getFirst()), "{}");
        lab.end("True", "Succeeded", "");
        node("node-0", "nodepool1", ENDPOINT, renewed.getFirst(), "list");
        assertThat(put(List.of(renewed.getLast()), "{}").headers()).doesNotContainKey("warning");
        lab.end("True", "Succeeded", "");
        node("node-0", "nodepool1", ENDPOINT, renewed.getLast(), "list");
        assertThat(put(List.of(TestKeys.authority("again")), "{}").headers()).containsKey("warning");
    }

    @Test
    void theGuardRefusesItWithEndpointCaNodesAndTheWayRound() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        node("node-1", "nodepool1", ENDPOINT, CORP, "list");
        put(List.of(CORP, OTHER), "{'capstan-removal-guard':'true','team':'my team'}");
        lab.end("True", "Succeeded", "");
        JsonNode before = lab.stored();
        Answer refused = put(List.of(OTHER), null);
        assertThat(refused.status()).isEqualTo(409);
        String message = refused.at("/error/message").asText();
        assertThat(refused.at("/error/code").asText()).isEqualTo("RemovalWouldBreakEndpoints");
        assertThat(message)
                .contains(ENDPOINT, "CN=corp", identity(CORP), "on nodes node-0, node-1", "nothing was changed")
                .endsWith("--tags capstan-removal-guard=true 'team=my team' capstan-removal-guard-override="
                        + fingerprint(OTHER));
        assertThat(refused.at("/error/details/0/target").asText()).isEqualTo(ENDPOINT);
        assertThat(lab.stored()).isEqualTo(before);
    }

    @Test
    void theOverrideLetsThatListThroughAndNoOtherAndIsRecorded() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        put(List.of(CORP, OTHER), "{'capstan-removal-guard':'true'}");
        lab.end("True", "Succeeded", "");
        String guard = "{'capstan-removal-guard':'true','capstan-removal-guard-override':'";
        assertThat(put(List.of(OTHER), guard + fingerprint(CORP) + "'}").status())
                .isEqualTo(409);
        Answer answer = put(List.of(OTHER), guard + fingerprint(OTHER) + "'}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsKey("warning");
        assertThat(lab.stored().at("/spec/operation/removal/overriddenBy").asText())
                .isEqualTo("administrator");
    }

    @Test
    void theGuardIsNotTakenOffInTheWriteThatItHoldsBack() {
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        put(List.of(CORP, OTHER), "{'capstan-removal-guard':'true'}");
        lab.end("True", "Succeeded", "");
        assertThat(put(List.of(OTHER), "{}").status()).isEqualTo(409);
        assertThat(put(List.of(CORP, OTHER), "{}").status()).isEqualTo(200);
        lab.end("True", "Succeeded", "");
        assertThat(put(List.of(OTHER), "{}").status()).isEqualTo(200);
    }

    @Test
    void aGuardedPoolGuardsItsOwnNodesAlone() {
        lab.put(
                CLUSTER + "/agentPools/guarded",
                json("{'properties':{'tags':{'capstan-removal-guard':'true'},'count':1}}"));
        lab.end("True", "Succeeded", "");
        node("node-0", "nodepool1", ENDPOINT, CORP, "list");
        assertThat(put(List.of(OTHER), "{}").status()).isEqualTo(200);
        lab.end("True", "Succeeded", "");
        put(List.of(CORP, OTHER), "{}");
        lab.end("True", "Succeeded", "");
        node("node-1", "guarded", ENDPOINT, CORP, "list");
        assertThat(put(List.of(OTHER), "{}").status()).isEqualTo(409);
    }

    @Test
    void aPoolThatFollowsTheSecretNoMoreLosesWhatItHasFromThere() {
        lab.withFeature();
        follow(true);
        node("node-0", "nodepool1", ENDPOINT, CORP, "secret/corp.crt");
        assertThat(put(List.of(OTHER), "{}").headers()).doesNotContainKey("warning");
        lab.end("True", "Succeeded", "");
        assertThat(follow(false).header("warning")).contains(ENDPOINT);
    }

    @Test
    void anApiThatDoesNotAnswerHoldsNothingBackButWhatIsGuarded() {
        ObjectNode object = lab.only("managedclusters");
        String name = object.at("/metadata/name").asText();
        lab.forget(name);
        assertThat(put(List.of(OTHER), "{}").status()).isEqualTo(200);
        lab.end("True", "Succeeded", "");
        put(List.of(CORP, OTHER), "{'capstan-removal-guard':'true'}");
        lab.end("True", "Succeeded", "");
        assertThat(put(List.of(OTHER), null).status()).isEqualTo(503);
    }

    @Test
    void tagsThatCannotBeReadAreRefusedInWords() {
        Answer refused = put(
                List.of(CORP, OTHER), "{'capstan-probe':'registry.corp https://ok.corp','capstan-removal-guard':'on'}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/error/code").asText()).isEqualTo("InvalidParameter");
        assertThat(refused.at("/error/message").asText())
                .contains("tag capstan-probe: 'registry.corp' has no port; write registry.corp:443")
                .contains("tag capstan-removal-guard: it is true or false")
                .doesNotContain("ok.corp");
        Answer pool = lab.put(
                CLUSTER + "/agentPools/nodepool1", json("{'properties':{'tags':{'capstan-probe':'http://x'}}}"));
        assertThat(pool.status()).isEqualTo(400);
        assertThat(pool.at("/error/target").asText()).isEqualTo("agentPoolProfile.tags");
        assertThat(pool.at("/error/message").asText()).contains("'http://x' is not an https URL", "'nodepool1'");
        assertThat(lab.send("PATCH", CLUSTER, GA, json("{'tags':{'capstan-runtime-restart':'sometimes'}}"), Map.of())
                        .status())
                .isEqualTo(400);
    }

    private Answer follow(boolean on) {
        Answer answer = lab.put(
                CLUSTER + "/agentPools/nodepool1", PREVIEW, json("{'properties':{'enableCustomCATrust':" + on + "}}"));
        lab.end("True", "Succeeded", "");
        return answer;
    }

    private Answer put(List<String> list, String tags) {
        return lab.put(CLUSTER, body(list, tags));
    }

    private static String body(List<String> list, String tags) {
        ObjectNode body = JSON.createObjectNode();
        if (tags != null) {
            try {
                body.set("tags", JSON.readTree(json(tags)));
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        }
        var entries = body.putObject("properties").putObject("securityProfile").putArray("customCATrustCertificates");
        list.forEach(pem -> entries.add(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8))));
        return body.toString();
    }

    /** A node of a pool that has proven an endpoint with a CA. */
    private void node(String name, String pool, String endpoint, String authority, String... sources) {
        String cluster = lab.only("managedclusters").at("/metadata/name").asText();
        ObjectNode derived = JSON.createObjectNode();
        derived.put("apiVersion", "capstan.dev/v1").put("kind", "AgentPool");
        derived.putObject("metadata").put("name", pool);
        derived.putObject("spec")
                .put("cluster", cluster)
                .put("name", pool)
                .put("location", "local")
                .put("count", 1);
        ObjectNode stored = lab.management()
                .get("agentpools.capstan.dev", "", pool)
                .orElseGet(() -> lab.management().create(derived))
                .deepCopy();
        stored.withObject("/status").put("observedGeneration", 1);
        stored.withObject("/status")
                .withArray("machines")
                .addObject()
                .put("name", name)
                .put("phase", "Running");
        lab.management().update(stored, true);
        var status = new NodeTrust.Status(
                1,
                "v1:x",
                "v1:x",
                "v1:x",
                "v1:x",
                null,
                List.of(new NodeTrust.TrustedCertificate(
                        certificate(authority).subject(),
                        identity(authority),
                        "2030-01-01T00:00:00Z",
                        List.of(sources))),
                List.of(),
                null,
                null,
                "1",
                null,
                new TrustProof(
                        TrustProof.PROVEN,
                        "v1:x",
                        "2026-01-01T00:00:00Z",
                        List.of(new TrustProof.Endpoint(
                                endpoint,
                                TrustProof.PROVEN,
                                "Verified",
                                "",
                                "v1:x",
                                identity(authority),
                                List.of(),
                                "2026-01-01T00:00:00Z",
                                null))),
                null);
        ObjectNode trust = JSON.createObjectNode();
        trust.put("apiVersion", "capstan.dev/v1").put("kind", "NodeTrust");
        trust.putObject("metadata").put("name", name);
        trust.putObject("spec");
        ObjectNode there = lab.ofCluster()
                .get("nodetrusts.capstan.dev", "", name)
                .orElseGet(() -> lab.ofCluster().create(trust))
                .deepCopy();
        there.set(
                "status",
                JSON.copy()
                        .setDefaultPropertyInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
                        .valueToTree(status));
        lab.ofCluster().update(there, true);
    }

    private static String fingerprint(String... authorities) {
        List<Certificate> all = new ArrayList<>();
        IntStream.range(0, authorities.length).forEach(i -> all.add(certificate(authorities[i])));
        return CertificateSet.of(all).fingerprint().value();
    }

    private static String identity(String pem) {
        return certificate(pem).identity().hex();
    }

    private static Certificate certificate(String pem) {
        return new CertificateReader(InstantSource.system())
                .readPem(pem.getBytes(StandardCharsets.UTF_8), Place.of("test"))
                .set()
                .certificates()
                .getFirst();
    }
}
