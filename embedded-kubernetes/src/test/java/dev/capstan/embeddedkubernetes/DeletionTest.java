package dev.capstan.embeddedkubernetes;

import static dev.capstan.embeddedkubernetes.ObjectsTest.configMap;
import static dev.capstan.embeddedkubernetes.ObjectsTest.eventually;
import static dev.capstan.embeddedkubernetes.ObjectsTest.namespace;
import static dev.capstan.embeddedkubernetes.TestServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeletionTest {
    private static final String SECRETS = "/api/v1/namespaces/default/secrets";
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void deletionHonoursPreconditionsAndFinalizers() throws Exception {
        String body = secret("held", "{}").replace("\"name\":", "\"finalizers\":[\"example.org/wait\"],\"name\":");
        JsonNode made = server.post(SECRETS, body).expect(201).json();
        String uid = made.path("metadata").path("uid").asText();
        assertThat(server.call("DELETE", SECRETS + "/held")
                        .body("application/json", "{\"preconditions\":{\"uid\":\"other\"}}")
                        .send()
                        .expect(409)
                        .message())
                .contains("Precondition failed: UID in precondition: other, UID in object meta: " + uid);
        JsonNode marked = server.delete(SECRETS + "/held").expect(200).json();
        assertThat(marked.path("kind").asText()).isEqualTo("Secret");
        assertThat(marked.path("metadata").has("deletionTimestamp")).isTrue();
        assertThat(server.merge(SECRETS + "/held", "{\"metadata\":{\"finalizers\":[\"example.org/wait\",\"b.c/d\"]}}")
                        .expect(422)
                        .message())
                .contains("no new finalizers can be added if the object is being deleted");
        server.merge(SECRETS + "/held", "{\"metadata\":{\"finalizers\":null}}").expect(200);
        server.get(SECRETS + "/held").expect(404);
        server.post(SECRETS, secret("free", "{}")).expect(201);
        JsonNode status = server.delete(SECRETS + "/free").expect(200).json();
        assertThat(status.path("status").asText()).isEqualTo("Success");
        assertThat(status.path("details").path("name").asText()).isEqualTo("free");
    }

    @Test
    void namespaceGoesWithEverythingInIt() throws Exception {
        namespace(server, "short");
        server.post("/api/v1/namespaces/short/configmaps", configMap("one")).expect(201);
        server.post(
                        "/api/v1/namespaces/short/configmaps",
                        configMap("held").replace("\"name\"", "\"finalizers\":[\"a.b/c\"],\"name\""))
                .expect(201);
        assertThat(server.delete("/api/v1/namespaces/short")
                        .expect(200)
                        .json()
                        .path("status")
                        .path("phase")
                        .asText())
                .isEqualTo("Terminating");
        eventually(() -> server.get("/api/v1/namespaces/short/configmaps/one").code() == 404);
        Reply refused = server.post("/api/v1/namespaces/short/configmaps", configMap("late"))
                .expect(403);
        assertThat(refused.message())
                .contains("unable to create new content in namespace short because it is being terminated");
        server.merge("/api/v1/namespaces/short/configmaps/held", "{\"metadata\":{\"finalizers\":null}}")
                .expect(200);
        eventually(() -> server.get("/api/v1/namespaces/short").code() == 404);
        assertThat(server.post("/api/v1/namespaces/short/configmaps", configMap("later"))
                        .expect(404)
                        .message())
                .isEqualTo("namespaces \"short\" not found");
        server.delete("/api/v1/namespaces/kube-system").expect(403);
    }

    @Test
    void dependentsGoWithTheirOwner() throws Exception {
        String path = "/api/v1/namespaces/default/configmaps";
        String uid = server.post(path, configMap("owner"))
                .expect(201)
                .json()
                .path("metadata")
                .path("uid")
                .asText();
        String reference = "\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"owner\","
                + "\"uid\":\"" + uid + "\"}],\"name\"";
        server.post(path, configMap("dependent").replace("\"name\"", reference)).expect(201);
        server.delete(path + "/owner").expect(200);
        eventually(() -> server.get(path + "/dependent").code() == 404);

        String second = server.post(path, configMap("owner"))
                .expect(201)
                .json()
                .path("metadata")
                .path("uid")
                .asText();
        server.post(path, configMap("orphan").replace("\"name\"", reference.replace(uid, second)))
                .expect(201);
        server.call("DELETE", path + "/owner?propagationPolicy=Orphan").send().expect(200);
        eventually(() -> server.get(path + "/owner").code() == 404);
        assertThat(server.get(path + "/orphan")
                        .expect(200)
                        .json()
                        .path("metadata")
                        .has("ownerReferences"))
                .isFalse();

        String third = server.post(path, configMap("owner"))
                .expect(201)
                .json()
                .path("metadata")
                .path("uid")
                .asText();
        server.post(path, configMap("first").replace("\"name\"", reference.replace(uid, third)))
                .expect(201);
        server.call("DELETE", path + "/owner?propagationPolicy=Foreground")
                .send()
                .expect(200);
        eventually(() -> server.get(path + "/owner").code() == 404);
        server.get(path + "/first").expect(404);
    }
}
