package dev.capstan.embeddedkubernetes;

import static dev.capstan.embeddedkubernetes.TestServer.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.TestServer.Events;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
    private static final String SECRETS = "/api/v1/namespaces/default/secrets";
    private static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String account(String name) throws Exception {
        server.post(
                        ACCOUNTS,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"" + name + "\"}}")
                .expect(201);
        return token(name, "{}");
    }

    private String token(String name, String spec) throws Exception {
        return server.post(
                        ACCOUNTS + "/" + name + "/token",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":" + spec + "}")
                .expect(201)
                .json()
                .path("status")
                .path("token")
                .asText();
    }

    private void grant(String account, String name, String rules) throws Exception {
        server.post(
                        RBAC + "/namespaces/default/roles",
                        "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\""
                                + name + "\"},\"rules\":" + rules + "}")
                .expect(201);
        server.post(RBAC + "/namespaces/default/rolebindings", binding(name, account))
                .expect(201);
    }

    private static String binding(String role, String account) {
        return "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"RoleBinding\",\"metadata\":{\"name\":\""
                + role + "-" + account
                + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\""
                + role + "\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"" + account
                + "\",\"namespace\":\"default\"}]}";
    }

    private TestServer.Reply as(String token, String method, String path) throws Exception {
        return server.call(method, path).token(token).send();
    }

    @Test
    void strangersSeeHealthOnly() throws Exception {
        for (String path : new String[] {"/healthz", "/livez", "/readyz"}) {
            as("", "GET", path).expect(200);
        }
        for (String path : new String[] {"/api", "/apis", "/openapi/v2", "/version", SECRETS, "/", "/nothing"}) {
            TestServer.Reply reply = as("", "GET", path).expect(401);
            assertThat(reply.message()).isEqualTo("Unauthorized");
            as("wrong", "GET", path).expect(401);
        }
    }

    @Test
    void serviceAccountMayWhatItsRolesSay() throws Exception {
        String alice = account("alice");
        TestServer.Reply refused = as(alice, "GET", SECRETS).expect(403);
        assertThat(refused.message())
                .isEqualTo("secrets is forbidden: User \"system:serviceaccount:default:alice\" cannot list resource"
                        + " \"secrets\" in API group \"\" in the namespace \"default\"");
        assertThat(refused.json().path("details").toString()).isEqualTo("{\"kind\":\"secrets\"}");
        assertThat(as(alice, "GET", "/api/v1/nodes/n1").expect(403).message())
                .isEqualTo("nodes \"n1\" is forbidden: User \"system:serviceaccount:default:alice\" cannot get resource"
                        + " \"nodes\" in API group \"\" at the cluster scope");
        as(alice, "GET", "/api/v1/pods").expect(403);
        as(alice, "GET", "/api").expect(200);
        as(alice, "GET", "/openapi/v2").expect(200);
        grant("alice", "reader", "[{\"apiGroups\":[\"\"],\"resources\":[\"secrets\"],\"verbs\":[\"list\"]}]");
        as(alice, "GET", SECRETS).expect(200);
        as(alice, "GET", "/api/v1/secrets").expect(403);
        server.delete(RBAC + "/namespaces/default/rolebindings/reader-alice").expect(200);
        as(alice, "GET", SECRETS).expect(403);
    }

    @Test
    void oneNameCanBeListedAndWatchedByItsFieldSelector() throws Exception {
        String alice = account("alice");
        grant(
                "alice",
                "one",
                "[{\"apiGroups\":[\"\"],\"resources\":[\"secrets\"],\"resourceNames\":[\"one\"],"
                        + "\"verbs\":[\"get\",\"list\",\"watch\"]}]");
        server.post(SECRETS, secret("one", "{}")).expect(201);
        as(alice, "GET", SECRETS + "/one").expect(200);
        as(alice, "GET", SECRETS + "/two").expect(403);
        as(alice, "GET", SECRETS + "?fieldSelector=metadata.name%3Done").expect(200);
        as(alice, "GET", SECRETS + "?fieldSelector=metadata.name%3Dtwo").expect(403);
        as(alice, "GET", SECRETS + "?fieldSelector=metadata.name%21%3Done").expect(403);
        as(alice, "GET", SECRETS).expect(403);
        try (Events events = server.call("GET", SECRETS + "?watch=true&fieldSelector=metadata.name%3Done")
                .token(alice)
                .watch()) {
            assertThat(events.nextName()).isEqualTo("ADDED one");
        }
        as(alice, "GET", SECRETS + "?watch=true").expect(403);
        as(alice, "DELETE", SECRETS + "?fieldSelector=metadata.name%3Done").expect(403);
    }

    @Test
    void tokenMeansNothingToAnotherClusterOrAfterItsAccount() throws Exception {
        String alice = account("alice");
        as(alice, "GET", "/api").expect(200);
        String other = "https://127.0.0.1:" + server.kubernetes.port() + "/clusters/b";
        server.kubernetes
                .create("b")
                .create(
                        TestServer.tree(
                                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"alice\",\"namespace\":\"default\"}}"));
        assertThat(server.kubernetes.find("b").orElseThrow().uid())
                .isNotEqualTo(server.cluster().uid());
        server.absolute("GET", other + "/api").token(alice).send().expect(401);
        server.absolute("GET", other + "/api").send().expect(200);
        server.delete(ACCOUNTS + "/alice").expect(200);
        as(alice, "GET", "/api").expect(401);
        account("alice");
        as(alice, "GET", "/api").expect(401);
    }

    @Test
    void tokenLivesAsLongAsAskedWithinLimits() throws Exception {
        account("alice");
        String path = ACCOUNTS + "/alice/token";
        JsonNode hour = server.post(path, request("{\"expirationSeconds\":3600}"))
                .expect(201)
                .json();
        assertThat(Instant.parse(hour.path("status").path("expirationTimestamp").asText()))
                .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
        assertThat(server.post(path, request("{\"expirationSeconds\":599}"))
                        .expect(422)
                        .message())
                .contains("may not specify a duration less than 10 minutes");
        server.post(ACCOUNTS + "/bob/token", request("{}")).expect(404);
        server.post(path, request("{\"boundObjectRef\":{\"kind\":\"Pod\",\"name\":\"x\"}}"))
                .expect(400);
        String elsewhere = token("alice", "{\"audiences\":[\"https://vault.example.org\"]}");
        as(elsewhere, "GET", "/api").expect(401);
    }

    private static String request(String spec) {
        return "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":" + spec + "}";
    }

    @Test
    void forgedTokensAreRefused() throws Exception {
        String alice = account("alice");
        as(alice, "GET", "/api").expect(200);
        String[] parts = alice.split("\\.", -1);
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String other = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.replace("alice", "admin").getBytes(StandardCharsets.UTF_8));
        for (String forged : new String[] {
            none + "." + parts[1] + ".",
            parts[0] + "." + other + "." + parts[2],
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[1] + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]),
            "a.b.c",
            "..",
        }) {
            as(forged, "GET", "/api").expect(401);
        }
    }

    @Test
    void expiredTokenIsRefused(@TempDir Path directory) throws Exception {
        Instant[] now = {Instant.now()};
        InstantSource source = () -> now[0];
        Clock clock = source.withZone(ZoneOffset.UTC);
        KeyPair key = ServerKey.signingKey();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("admin".getBytes(StandardCharsets.UTF_8));
        try (EmbeddedKubernetes kubernetes = EmbeddedKubernetes.open(directory.resolve("k"), hash, key, clock)) {
            VirtualCluster cluster = kubernetes.create("a");
            cluster.create(
                    TestServer.tree(
                            "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"alice\",\"namespace\":\"default\"}}"));
            String token = cluster.issueToken("default", "alice", Duration.ofMinutes(10))
                    .text();
            assertThat(cluster.isTokenValid(token)).isTrue();
            now[0] = now[0].plus(Duration.ofMinutes(10)).minusSeconds(1);
            assertThat(cluster.isTokenValid(token)).isTrue();
            now[0] = now[0].plusSeconds(1);
            assertThat(cluster.isTokenValid(token)).isFalse();
        }
    }

    @Test
    void nobodyGrantsMoreThanSheHas() throws Exception {
        String alice = account("alice");
        grant(
                "alice",
                "author",
                "[{\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"roles\",\"rolebindings\"],\"verbs\":[\"create\",\"update\"]},"
                        + "{\"apiGroups\":[\"\"],\"resources\":[\"configmaps\"],\"verbs\":[\"get\"]}]");
        String role =
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"NAME\"},"
                        + "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"RESOURCE\"],\"verbs\":[\"get\"]}]}";
        String roles = RBAC + "/namespaces/default/roles";
        server.call("POST", roles)
                .token(alice)
                .body("application/json", role.replace("NAME", "own").replace("RESOURCE", "configmaps"))
                .send()
                .expect(201);
        TestServer.Reply refused = server.call("POST", roles)
                .token(alice)
                .body("application/json", role.replace("NAME", "more").replace("RESOURCE", "secrets"))
                .send()
                .expect(403);
        assertThat(refused.message())
                .contains("is attempting to grant RBAC permissions not currently held")
                .contains("secrets");
        server.post(roles, role.replace("NAME", "more").replace("RESOURCE", "secrets"))
                .expect(201);
        server.call("POST", RBAC + "/namespaces/default/rolebindings")
                .token(alice)
                .body("application/json", binding("more", "alice"))
                .send()
                .expect(403);
        server.call("POST", RBAC + "/namespaces/default/rolebindings")
                .token(alice)
                .body("application/json", binding("own", "alice"))
                .send()
                .expect(201);
        grant(
                "alice",
                "binder",
                "[{\"apiGroups\":[\"rbac.authorization.k8s.io\"],\"resources\":[\"roles\"],\"resourceNames\":[\"more\"],\"verbs\":[\"bind\"]}]");
        server.call("POST", RBAC + "/namespaces/default/rolebindings")
                .token(alice)
                .body("application/json", binding("more", "alice"))
                .send()
                .expect(201);
        assertThat(server.merge(
                                RBAC + "/namespaces/default/rolebindings/more-alice",
                                "{\"roleRef\":{\"name\":\"own\"}}")
                        .expect(422)
                        .message())
                .contains("cannot change roleRef");
    }

    @Test
    void reviewsTellWhoOneIsAndWhatOneMay() throws Exception {
        String alice = account("alice");
        JsonNode self = server.call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")
                .token(alice)
                .body(
                        "application/json",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}")
                .send()
                .expect(201)
                .json();
        assertThat(self.path("status").path("userInfo").path("groups").toString())
                .isEqualTo("[\"system:authenticated\",\"system:serviceaccounts\",\"system:serviceaccounts:default\"]");
        JsonNode review = server.post(
                        "/apis/authentication.k8s.io/v1/tokenreviews",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\""
                                + alice + "\"}}")
                .expect(201)
                .json();
        assertThat(review.path("status").path("authenticated").asBoolean()).isTrue();
        JsonNode access = server.post(
                        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                        "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",\"spec\":{\"user\":"
                                + "\"system:serviceaccount:default:alice\",\"resourceAttributes\":{\"verb\":\"get\","
                                + "\"resource\":\"secrets\",\"namespace\":\"default\"}}}")
                .expect(201)
                .json();
        assertThat(access.path("status").path("allowed").asBoolean()).isFalse();
    }
}
