package dev.capstan.embeddedkubernetes;

import static dev.capstan.embeddedkubernetes.ObjectsTest.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.TestServer.Events;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CustomResourcesTest {
    static final String DEFINITION = """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
             "metadata":{"name":"trusts.example.org"},
             "spec":{"group":"example.org","scope":"Namespaced",
               "names":{"plural":"trusts","singular":"trust","kind":"Trust","shortNames":["tr"]},
               "versions":[{"name":"v1","served":true,"storage":true,
                 "subresources":{"status":{}},
                 "additionalPrinterColumns":[{"name":"Max","type":"integer","jsonPath":".spec.max"}],
                 "schema":{"openAPIV3Schema":{"type":"object","properties":{
                   "spec":{"type":"object","required":["max"],"properties":{
                     "max":{"type":"integer","minimum":1},
                     "mode":{"type":"string","default":"soft"}}},
                   "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
            """;
    static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String TRUSTS = "/apis/example.org/v1/namespaces/default/trusts";
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static String trust(String name, String spec) {
        return "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Trust\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":" + spec + "}";
    }

    @Test
    void definitionIsServedAsSoonAsItIsMade() throws Exception {
        server.get(TRUSTS).expect(404);
        JsonNode made = server.post(DEFINITIONS, DEFINITION).expect(201).json();
        assertThat(made.path("status").path("conditions"))
                .extracting(each ->
                        each.path("type").asText() + "=" + each.path("status").asText())
                .contains("NamesAccepted=True", "Established=True");
        assertThat(server.get("/apis/example.org/v1").expect(200).json().path("resources"))
                .extracting(each -> each.path("name").asText())
                .contains("trusts", "trusts/status");
        JsonNode trust =
                server.post(TRUSTS, trust("t1", "{\"max\":3}")).expect(201).json();
        assertThat(trust.path("spec").path("mode").asText()).isEqualTo("soft");
        assertThat(trust.path("metadata").path("generation").asInt()).isEqualTo(1);
        assertThat(server.get(TRUSTS).json().path("kind").asText()).isEqualTo("TrustList");
        JsonNode table = server.call("GET", TRUSTS)
                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .send()
                .expect(200)
                .json();
        assertThat(table.path("columnDefinitions"))
                .extracting(each -> each.path("name").asText())
                .contains("Name", "Max");
    }

    @Test
    void aCharacterBeyondTheBasicPlaneIsKeptAndHalfOfOneIsReplacedSoThatEverybodyCanReadTheList() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        server.post(TRUSTS, trust("t1", "{\"max\":3}")).expect(201);
        String pairs = "\"\\ud83d\\ude00\":\"\\ud83d\\ude00\",\"\ud83d\ude01\":\"\ud83d\ude01\"";
        String halves =
                "\"\\ud83d\":[\"\\ud83dx\"],\"\\ude00y\":{\"z\\udbff\":\"\\ude00\\ud83d\"},\"\\\\ud83d\":\"\\\\ud83d\"";
        server.merge(TRUSTS + "/t1/status", "{\"status\":{" + pairs + "," + halves + "}}")
                .expect(200);
        // Read as bytes by Jackson, as the controller's client does: that refuses what its reader of text takes.
        var json = new ObjectMapper();
        JsonNode list = json.readTree(server.call("GET", TRUSTS).sendForBytes().body());
        assertThat(list.at("/items/0/status"))
                .isEqualTo(json.readTree("{\"\ud83d\ude00\":\"\ud83d\ude00\",\"\ud83d\ude01\":\"\ud83d\ude01\","
                        + "\"\ufffd\":[\"\ufffdx\"],\"\ufffdy\":{\"z\ufffd\":\"\ufffd\ufffd\"},"
                        + "\"\\\\ud83d\":\"\\\\ud83d\"}"));
        String version = server.get(TRUSTS + "/t1")
                .json()
                .at("/metadata/resourceVersion")
                .asText();
        server.call("PUT", TRUSTS + "/t1/status")
                .body(
                        "application/yaml",
                        "{apiVersion: example.org/v1, kind: Trust, metadata: {name: t1, resourceVersion: '" + version
                                + "'}, spec: {max: 3}, " + "status: {\"\\ud83d\": 1}}")
                .send()
                .expect(200);
        assertThat(server.get(TRUSTS)
                        .expect(200)
                        .json()
                        .at("/items/0/status/\ufffd")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void mistakesAreToldInWords() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        JsonNode status =
                server.post(TRUSTS, trust("t1", "{\"max\":0}")).expect(422).json();
        assertThat(status.path("message").asText())
                .startsWith("Trust.example.org \"t1\" is invalid: spec.max: Invalid value: 0: ");
        assertThat(status.path("details").path("causes").path(0).path("field").asText())
                .isEqualTo("spec.max");
        assertThat(server.call("PATCH", TRUSTS + "/t1")
                        .body("application/strategic-merge-patch+json", "{}")
                        .send()
                        .expect(415)
                        .message())
                .isEqualTo("the body of the request was in an unknown format - accepted media types include:"
                        + " application/json-patch+json, application/merge-patch+json");
        server.put(TRUSTS + "/t1", trust("t1", "{\"max\":1}")).expect(404);
        server.post(TRUSTS, trust("t1", "{\"max\":1}")).expect(201);
        assertThat(server.put(TRUSTS + "/t1", trust("t1", "{\"max\":1}"))
                        .expect(422)
                        .message())
                .contains("metadata.resourceVersion: Invalid value: 0: must be specified for an update");
        server.post(DEFINITIONS, DEFINITION.replace("trusts.example.org", "other.example.org"))
                .expect(422);
    }

    @Test
    void generationCountsChangesOfTheSpecOnly() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        server.post(TRUSTS, trust("t1", "{\"max\":1}")).expect(201);
        assertThat(generation(server.merge(TRUSTS + "/t1", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                        .json()))
                .isEqualTo(1);
        assertThat(generation(
                        server.merge(TRUSTS + "/t1", "{\"status\":{\"x\":1}}").json()))
                .isEqualTo(1);
        JsonNode status = server.merge(TRUSTS + "/t1/status", "{\"status\":{\"x\":1},\"spec\":{\"max\":9}}")
                .expect(200)
                .json();
        assertThat(generation(status)).isEqualTo(1);
        assertThat(status.path("spec").path("max").asInt()).isEqualTo(1);
        assertThat(status.path("status").path("x").asInt()).isEqualTo(1);
        JsonNode changed = server.merge(TRUSTS + "/t1", "{\"spec\":{\"max\":2}}")
                .expect(200)
                .json();
        assertThat(generation(changed)).isEqualTo(2);
        assertThat(changed.path("status").path("x").asInt()).isEqualTo(1);
    }

    private static int generation(JsonNode object) {
        return object.path("metadata").path("generation").asInt();
    }

    @Test
    void deletedDefinitionTakesItsObjectsAlong() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        server.post(TRUSTS, trust("t1", "{\"max\":1}")).expect(201);
        try (Events events = server.watch(TRUSTS + "?watch=true")) {
            assertThat(events.nextName()).isEqualTo("ADDED t1");
            server.delete(DEFINITIONS + "/trusts.example.org").expect(200);
            assertThat(events.nextName()).isEqualTo("DELETED t1");
        }
        eventually(() -> server.get(DEFINITIONS + "/trusts.example.org").code() == 404);
        server.get(TRUSTS).expect(404);
        server.post(DEFINITIONS, DEFINITION).expect(201);
        assertThat(server.get(TRUSTS).expect(200).json().path("items")).isEmpty();
    }

    @Test
    void definitionAndObjectsSurviveARestart() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        JsonNode made = server.post(TRUSTS, trust("t1", "{\"max\":1}")).json();
        server.restart();
        assertThat(server.get(TRUSTS + "/t1").expect(200).json()).isEqualTo(made);
    }

    @Test
    void takenNameIsNotServed() throws Exception {
        server.post(DEFINITIONS, DEFINITION).expect(201);
        JsonNode second = server.post(DEFINITIONS, DEFINITION.replace("trusts", "beliefs"))
                .expect(201)
                .json();
        assertThat(second.path("status").path("conditions"))
                .extracting(each ->
                        each.path("type").asText() + "=" + each.path("status").asText())
                .contains("NamesAccepted=False", "Established=False");
        server.get("/apis/example.org/v1/namespaces/default/beliefs").expect(404);
    }

    @Test
    void embeddingProgramEnsuresObjects() {
        VirtualCluster cluster = server.cluster();
        ObjectNode definition = TestServer.tree(DEFINITION);
        cluster.ensure(definition);
        ObjectNode again = cluster.ensure(definition);
        assertThat(cluster.ensure(definition)).isEqualTo(again);
        ObjectNode trust = TestServer.tree(trust("t1", "{\"max\":1}"));
        ((ObjectNode) trust.path("metadata")).put("namespace", "default");
        cluster.ensure(trust);
        assertThat(cluster.list("trusts.example.org", null)).hasSize(1);
        cluster.delete(trust);
        assertThat(cluster.get("trusts.example.org", "default", "t1")).isEmpty();
    }
}
