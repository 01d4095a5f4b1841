package dev.capstan.embeddedkubernetes;

import static dev.capstan.embeddedkubernetes.TestServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectsTest {
    private static final String SECRETS = "/api/v1/namespaces/default/secrets";
    private TestServer server;

    @BeforeAll
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void createdObjectGetsWhatTheServerOwns() throws Exception {
        JsonNode made = server.post(SECRETS, secret("made", "{\"a\":\"b25l\"}"))
                .expect(201)
                .json();
        JsonNode metadata = made.path("metadata");
        assertThat(metadata.path("uid").asText()).hasSize(36);
        assertThat(metadata.path("creationTimestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(metadata.path("resourceVersion").asLong()).isPositive();
        assertThat(metadata.path("namespace").asText()).isEqualTo("default");
        assertThat(metadata.has("managedFields")).isFalse();
        assertThat(made.path("type").asText()).isEqualTo("Opaque");
        assertThat(server.get(SECRETS + "/made").expect(200).json()).isEqualTo(made);
    }

    @Test
    void secondCreationIsAConflictInWords() throws Exception {
        server.post(SECRETS, secret("twice", "{}")).expect(201);
        Reply reply = server.post(SECRETS, secret("twice", "{}")).expect(409);
        assertThat(reply.message()).isEqualTo("secrets \"twice\" already exists");
        assertThat(reply.json().path("reason").asText()).isEqualTo("AlreadyExists");
        assertThat(reply.json().path("details").toString()).isEqualTo("{\"name\":\"twice\",\"kind\":\"secrets\"}");
    }

    @Test
    void missingObjectIsNotFoundInWords() throws Exception {
        Reply reply = server.get(SECRETS + "/nope").expect(404);
        assertThat(reply.message()).isEqualTo("secrets \"nope\" not found");
        assertThat(reply.json().path("reason").asText()).isEqualTo("NotFound");
    }

    @Test
    void staleUpdateIsAConflictInWords() throws Exception {
        JsonNode old = server.post(SECRETS, secret("stale", "{\"a\":\"b25l\"}")).json();
        server.merge(SECRETS + "/stale", "{\"data\":{\"a\":\"dHdv\"}}").expect(200);
        Reply reply = server.put(SECRETS + "/stale", old.toString()).expect(409);
        assertThat(reply.message())
                .isEqualTo("Operation cannot be fulfilled on secrets \"stale\": the object has been modified; please"
                        + " apply your changes to the latest version and try again");
        ((ObjectNode) old.path("metadata")).remove("resourceVersion");
        server.put(SECRETS + "/stale", old.toString()).expect(200);
    }

    @Test
    void writeThatChangesNothingKeepsTheVersion() throws Exception {
        JsonNode old = server.post(SECRETS, secret("same", "{\"a\":\"b25l\"}")).json();
        assertThat(server.put(SECRETS + "/same", old.toString()).expect(200).json())
                .isEqualTo(old);
        assertThat(server.merge(SECRETS + "/same", "{\"data\":{\"a\":\"b25l\"}}")
                        .expect(200)
                        .json())
                .isEqualTo(old);
    }

    @ParameterizedTest
    @CsvSource({
        "folded, 'b25l\\n', b25l",
        "cr, 'b2\\r\\n5l', b25l",
        "trailing, 'b25l\\r\\n\\r\\n', b25l",
        "empty, '', ''"
    })
    void lineBreaksInBase64AreIgnoredAndNotKept(String name, String sent, String stored) throws Exception {
        JsonNode made = server.post(SECRETS, secret("b64-" + name, "{\"a\":\"" + sent + "\"}"))
                .expect(201)
                .json();
        assertThat(made.path("data").path("a").asText()).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource({"space, 'b2 5l'", "unpadded, b25", "url, 'b-_l'", "text, '!!!!'", "over, 'b25l='"})
    void whatIsNotBase64IsRefused(String name, String sent) throws Exception {
        Reply reply = server.post(SECRETS, secret("bad-" + name, "{\"a\":\"" + sent + "\"}"))
                .expect(400);
        assertThat(reply.message())
                .startsWith("Secret in version \"v1\" cannot be handled as a Secret: ")
                .contains("illegal base64 data at input byte");
        server.get(SECRETS + "/bad-" + name).expect(404);
    }

    @Test
    void stringDataIsFoldedIntoData() throws Exception {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"strings\"},"
                + "\"data\":{\"a\":\"b25l\",\"b\":\"dHdv\"},\"stringData\":{\"b\":\"drei\"}}";
        JsonNode made = server.post(SECRETS, body).expect(201).json();
        assertThat(made.has("stringData")).isFalse();
        assertThat(made.path("data").toString()).isEqualTo("{\"a\":\"b25l\",\"b\":\"ZHJlaQ==\"}");
        JsonNode patched = server.merge(SECRETS + "/strings", "{\"stringData\":{\"a\":\"one\"}}")
                .expect(200)
                .json();
        assertThat(patched).isEqualTo(made);
    }

    @Test
    void immutableSecretCanOnlyBeDeleted() throws Exception {
        String body = secret("frozen", "{\"a\":\"b25l\"}").replace("\"data\"", "\"immutable\":true,\"data\"");
        server.post(SECRETS, body).expect(201);
        assertThat(server.merge(SECRETS + "/frozen", "{\"data\":{\"a\":\"dHdv\"}}")
                        .expect(422)
                        .message())
                .contains("data: Forbidden: field is immutable when `immutable` is set");
        server.merge(SECRETS + "/frozen", "{\"immutable\":null}").expect(422);
        server.merge(SECRETS + "/frozen", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .expect(200);
        server.delete(SECRETS + "/frozen").expect(200);
    }

    @Test
    void unknownFieldIsRefusedWarnedOfOrIgnoredAsAsked() throws Exception {
        String body = secret("typo", "{}").replace("\"data\"", "\"stringDat\"");
        assertThat(server.post(SECRETS + "?fieldValidation=Strict", body)
                        .expect(400)
                        .message())
                .isEqualTo("Secret in version \"v1\" cannot be handled as a Secret: strict decoding error: unknown"
                        + " field \"stringDat\"");
        Reply warned =
                server.post(SECRETS + "?fieldValidation=Warn&dryRun=All", body).expect(201);
        assertThat(warned.response().headers().allValues("Warning"))
                .containsExactly("299 - \"unknown field \\\"stringDat\\\"\"");
        Reply ignored = server.post(SECRETS + "?fieldValidation=Ignore", body).expect(201);
        assertThat(ignored.response().headers().allValues("Warning")).isEmpty();
        String twice = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}";
        assertThat(server.post(SECRETS + "?fieldValidation=Strict", twice)
                        .expect(400)
                        .message())
                .contains("duplicate field \"kind\"");
    }

    @Test
    void dryRunChangesNothing() throws Exception {
        server.post(SECRETS + "?dryRun=All", secret("dry", "{}")).expect(201);
        server.get(SECRETS + "/dry").expect(404);
        server.post(SECRETS, secret("dry2", "{}")).expect(201);
        server.call("DELETE", SECRETS + "/dry2?dryRun=All").send().expect(200);
        server.get(SECRETS + "/dry2").expect(200);
        server.post(SECRETS + "?dryRun=Some", secret("dry3", "{}")).expect(422);
    }

    @Test
    void generatedNamesDiffer() throws Exception {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"generateName\":\"gen-\"}}";
        String one = server.post(SECRETS, body)
                .expect(201)
                .json()
                .path("metadata")
                .path("name")
                .asText();
        String two = server.post(SECRETS, body)
                .expect(201)
                .json()
                .path("metadata")
                .path("name")
                .asText();
        assertThat(one).matches("gen-[a-z0-9]{5}").isNotEqualTo(two);
    }

    @Test
    void yamlAndBodyWithoutContentTypeAreRead() throws Exception {
        server.call("POST", SECRETS)
                .body("application/yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: yaml\n")
                .send()
                .expect(201);
        server.call("POST", SECRETS).body("text/csv", "a,b").send().expect(415);
        server.post(SECRETS, "{\"apiVersion\":").expect(400);
        server.post(SECRETS, "[]").expect(400);
    }

    @Test
    void bodyBeyondTheLimitIsRefused() throws Exception {
        String big = "\"" + "a".repeat(4 * 1024 * 1024) + "\"";
        assertThat(server.post(SECRETS, secret("big", "{\"a\":" + big + "}"))
                        .expect(413)
                        .message())
                .isEqualTo("Request entity too large: limit is 3145728");
        String oneMiB = "\"" + "YWFh".repeat(400_000) + "\"";
        server.post(SECRETS, secret("big", "{\"a\":" + oneMiB + "}")).expect(422);
    }

    @Test
    void patchesOfAllKinds() throws Exception {
        server.post(
                        "/api/v1/nodes",
                        "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"patched\"},"
                                + "\"spec\":{\"taints\":[{\"key\":\"a\",\"effect\":\"NoSchedule\"}]}}")
                .expect(201);
        JsonNode strategic = server.call("PATCH", "/api/v1/nodes/patched")
                .body(
                        "application/strategic-merge-patch+json",
                        "{\"spec\":{\"taints\":[{\"key\":\"b\",\"effect\":\"NoSchedule\"}],\"unschedulable\":true}}")
                .send()
                .expect(200)
                .json();
        assertThat(strategic.path("spec").path("unschedulable").asBoolean()).isTrue();
        server.call("PATCH", "/api/v1/nodes/patched")
                .body("application/json-patch+json", "[{\"op\":\"remove\",\"path\":\"/spec/unschedulable\"}]")
                .send()
                .expect(200);
        server.call("PATCH", "/api/v1/nodes/patched")
                .body("application/json-patch+json", "[{\"op\":\"test\",\"path\":\"/spec/podCIDR\",\"value\":\"x\"}]")
                .send()
                .expect(422);
        Reply apply = server.call("PATCH", "/api/v1/nodes/patched?fieldManager=x")
                .body("application/apply-patch+yaml", "{}")
                .send()
                .expect(415);
        assertThat(apply.message()).startsWith("server-side apply is not served here");
        server.merge("/api/v1/nodes/patched", "{\"metadata\":{\"name\":\"other\"}}")
                .expect(422);
    }

    @Test
    void mainWritesIgnoreStatusAndStatusWritesIgnoreTheRest() throws Exception {
        server.post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"split\"}}")
                .expect(201);
        JsonNode main = server.merge(
                        "/api/v1/nodes/split", "{\"spec\":{\"unschedulable\":true},\"status\":{\"phase\":\"Running\"}}")
                .expect(200)
                .json();
        assertThat(main.path("status").has("phase")).isFalse();
        JsonNode status = server.merge(
                        "/api/v1/nodes/split/status",
                        "{\"spec\":{\"unschedulable\":null},\"status\":{\"phase\":\"Running\"}}")
                .expect(200)
                .json();
        assertThat(status.path("status").path("phase").asText()).isEqualTo("Running");
        assertThat(status.path("spec").path("unschedulable").asBoolean()).isTrue();
        assertThat(server.get("/api/v1/nodes/split/status").expect(200).json()).isEqualTo(status);
    }

    @Test
    void pagesOfAListShowOneMoment() throws Exception {
        namespace(server, "pages");
        String path = "/api/v1/namespaces/pages/configmaps";
        for (int i = 0; i < 5; i++) {
            server.post(path, configMap("c" + i)).expect(201);
        }
        List<String> names = new ArrayList<>();
        JsonNode page = server.get(path + "?limit=2").expect(200).json();
        assertThat(page.path("metadata").path("remainingItemCount").asInt()).isEqualTo(3);
        String version = page.path("metadata").path("resourceVersion").asText();
        server.delete(path + "/c3").expect(200);
        server.post(path, configMap("c9")).expect(201);
        while (true) {
            page.path("items")
                    .forEach(
                            item -> names.add(item.path("metadata").path("name").asText()));
            assertThat(page.path("metadata").path("resourceVersion").asText()).isEqualTo(version);
            String resume = page.path("metadata").path("continue").asText("");
            if (resume.isEmpty()) {
                break;
            }
            page = server.get(path + "?limit=2&continue=" + resume).expect(200).json();
        }
        assertThat(names).containsExactly("c0", "c1", "c2", "c3", "c4");
        server.get(path + "?limit=2&continue=garbage").expect(400);
        server.get(path + "?resourceVersion=99999999").expect(504);
        server.get(path + "?resourceVersion=1&resourceVersionMatch=Exact").expect(200);
    }

    @Test
    void selectorsChoose() throws Exception {
        namespace(server, "select");
        String path = "/api/v1/namespaces/select/configmaps";
        server.post(path, configMap("one").replace("\"name\"", "\"labels\":{\"a\":\"b\"},\"name\""))
                .expect(201);
        server.post(path, configMap("two")).expect(201);
        assertThat(server.get(path + "?labelSelector=a%3Db").json().path("items"))
                .hasSize(1);
        assertThat(server.get(path + "?labelSelector=a%21%3Db").json().path("items"))
                .hasSize(1);
        assertThat(server.get(path + "?fieldSelector=metadata.name%3Dtwo")
                        .json()
                        .path("items"))
                .hasSize(1);
        server.get(path + "?fieldSelector=data.x%3Dy").expect(400);
        server.call("DELETE", path + "?labelSelector=a%3Db").send().expect(200);
        assertThat(server.get(path).json().path("items")).hasSize(1);
    }

    @Test
    void everythingIsThereAfterARestart() throws Exception {
        try (TestServer own = new TestServer()) {
            String uid = own.cluster().uid();
            JsonNode made = own.post(SECRETS, secret("kept", "{\"a\":\"b25l\"}"))
                    .expect(201)
                    .json();
            own.restart();
            assertThat(own.get(SECRETS + "/kept").expect(200).json()).isEqualTo(made);
            assertThat(own.cluster().uid()).isEqualTo(uid);
            assertThat(own.get("/api/v1/namespaces").json().path("items"))
                    .extracting(item -> item.path("metadata").path("name").asText())
                    .containsExactly("default", "kube-node-lease", "kube-public", "kube-system");
        }
    }

    @Test
    void whatIsNotServedIsSaidInWords() throws Exception {
        assertThat(server.get("/api/v1/services").expect(404).message())
                .isEqualTo("the server could not find the requested resource");
        server.get("/nothing").expect(404);
        server.post("/api/v1/nodes/n1", "{}").expect(405);
        server.call("PUT", SECRETS).body("application/json", "{}").send().expect(405);
        server.call("GET", SECRETS).header("Accept", "application/xml").send().expect(406);
        server.get("/api/v1/namespaces/default/secrets/a/log").expect(404);
    }

    static void namespace(TestServer server, String name) throws Exception {
        server.post(
                        "/api/v1/namespaces",
                        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}")
                .expect(201);
    }

    static String configMap(String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"k\":\"v\"}}";
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + 300_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("within five minutes").isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
