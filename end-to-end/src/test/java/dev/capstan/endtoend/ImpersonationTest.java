package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.resourceprovider.Config;
import dev.capstan.resourceprovider.ResourceProvider;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.identity.HomePrincipal;
import dev.capstan.resourceprovider.identity.Limits;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.CustomResourceDefinitions;
import io.helidon.webserver.WebServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Impersonation on Kubernetes' own API server: its words are those of the embedded API (whose own ImpersonationTest asks it the
 * same), and the façade's callers get there what their roles say.
 */
final class ImpersonationTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
    private static final String SUB = "/subscriptions/" + SUBSCRIPTION;
    private static final String ADMINISTRATOR = "the-administrator-of-this-test-alone-0123456789";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String VERSION = "?api-version=2024-11-01";

    @TempDir
    private static Path folder;

    private static @Nullable RealKubernetes kubernetes;
    private static Properties access = new Properties();
    private static HttpClient client = HttpClient.newHttpClient();
    private static @Nullable AuditLog audit;
    private static @Nullable ResourceProvider provider;
    private static @Nullable WebServer server;

    private record Reply(int status, String text) {
        JsonNode body() {
            try {
                return JSON.readTree(text.isEmpty() ? "{}" : text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeAll
    static void up() throws Exception {
        Requirements.realKubernetes();
        kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        access = RealKubernetes.readAccess(kubernetes.access());
        String authority = Files.readString(Path.of(access.getProperty("AUTHORITY")));
        client = HttpClient.newBuilder().sslContext(trusting(authority)).build();
        List<String> definitions = new ArrayList<>();
        for (String manifest : CustomResourceDefinitions.manifests()) {
            definitions.add(post(DEFINITIONS, new YAMLMapper().readTree(manifest))
                    .at("/metadata/name")
                    .asText());
        }
        post("/api/v1/namespaces", JSON.readTree("{\"metadata\":{\"name\":\"capstan-system\"}}"));
        for (String definition : definitions) {
            Await.held(definition + " is served", () -> isServed(definition));
        }
        audit = AuditLog.open(folder.resolve("audit"), line -> {}, Clock.systemUTC());
        var config = new Config(
                new ClusterEndpoint(access.getProperty("SERVER"), authority, () -> access.getProperty("TOKEN")),
                null,
                "https://127.0.0.1",
                new Scope(SUBSCRIPTION, UUID.randomUUID().toString()),
                new HomePrincipal(UUID.randomUUID().toString(), SecretHash.of("the-homes-own-secret-of-this-test")),
                SecretHash.of(ADMINISTRATOR),
                cluster -> {
                    throw new IllegalStateException("no cluster is made here");
                },
                List.of("local"),
                audit,
                List.of(),
                Limits.NONE,
                Clock.systemUTC(),
                Map.of(),
                Locations.NONE);
        Await.held(
                "the façade opens on an API server that has just been started",
                () -> provider = ResourceProvider.open(config));
        server = WebServer.builder()
                .host("127.0.0.1")
                .routing(routing -> routing.any(provider.handler()))
                .build()
                .start();
    }

    @AfterAll
    static void down() {
        if (server != null) {
            server.stop();
        }
        if (provider != null) {
            provider.close();
        }
        if (audit != null) {
            audit.close();
        }
        if (kubernetes != null) {
            kubernetes.close();
        }
    }

    private static SSLContext trusting(String authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "api",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }

    /** Established, and its objects are listed: the one does not come with the other. */
    private static void isServed(String definition) throws Exception {
        Reply reply = kubernetes("GET", DEFINITIONS + "/" + definition, token(), null);
        assertThat(reply.body().at("/status/conditions")).as(reply.text()).anySatisfy(condition -> {
            assertThat(condition.path("type").asText()).isEqualTo("Established");
            assertThat(condition.path("status").asText()).isEqualTo("True");
        });
        String plural = reply.body().at("/spec/names/plural").asText();
        Reply list = kubernetes("GET", "/apis/capstan.dev/v1/" + plural, token(), null);
        assertThat(list.status()).as(list.text()).isEqualTo(200);
    }

    private static String token() {
        return access.getProperty("TOKEN");
    }

    private static Reply send(String method, String url, @Nullable JsonNode body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .headers(headers)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()));
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), response.body());
    }

    private static Reply kubernetes(
            String method, String path, String token, @Nullable JsonNode body, String... impersonation)
            throws Exception {
        String[] headers = new String[impersonation.length + 2];
        headers[0] = "Authorization";
        headers[1] = "Bearer " + token;
        System.arraycopy(impersonation, 0, headers, 2, impersonation.length);
        return send(method, access.getProperty("SERVER") + path, body, headers);
    }

    private static JsonNode post(String path, JsonNode body) throws Exception {
        Reply reply = kubernetes("POST", path, token(), body);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(201);
        return reply.body();
    }

    private static void grant(String name, String rule, String subject) throws Exception {
        post(
                RBAC + "/clusterroles",
                JSON.readTree("{\"metadata\":{\"name\":\"" + name + "\"},\"rules\":[" + rule + "]}"));
        post(
                RBAC + "/clusterrolebindings",
                JSON.readTree("{\"metadata\":{\"name\":\"" + name
                        + "\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\""
                        + name + "\"},\"subjects\":[" + subject + "]}"));
    }

    private static String message(Reply reply) {
        return reply.body().path("message").asText();
    }

    /** The same questions as the embedded API's own test, the same words. */
    @Test
    void aRealServerSaysWhatTheEmbeddedOneDoes() throws Exception {
        Reply alice = kubernetes("GET", "/api/v1/nodes", token(), null, "Impersonate-User", "alice");
        assertThat(alice.status()).isEqualTo(403);
        assertThat(message(alice))
                .isEqualTo("nodes is forbidden: User \"alice\" cannot list resource \"nodes\" in API group \"\" at the"
                        + " cluster scope");

        post("/api/v1/namespaces/default/serviceaccounts", JSON.readTree("{\"metadata\":{\"name\":\"facade\"}}"));
        String facade = post("/api/v1/namespaces/default/serviceaccounts/facade/token", JSON.readTree("{\"spec\":{}}"))
                .at("/status/token")
                .asText();
        Reply none = kubernetes("GET", "/version", facade, null, "Impersonate-User", "alice");
        assertThat(none.status()).isEqualTo(403);
        assertThat(message(none))
                .isEqualTo("users \"alice\" is forbidden: User \"system:serviceaccount:default:facade\" cannot"
                        + " impersonate resource \"users\" in API group \"\" at the cluster scope");

        grant(
                "alice-alone",
                "{\"apiGroups\":[\"\"],\"resources\":[\"users\"],\"verbs\":[\"impersonate\"],\"resourceNames\":[\"alice\"]}",
                "{\"kind\":\"ServiceAccount\",\"name\":\"facade\",\"namespace\":\"default\"}");
        Await.until(
                "the right counts",
                () -> reply("/version", facade, "Impersonate-User", "alice").status() == 200);
        assertThat(reply("/version", facade, "Impersonate-User", "bob").status())
                .isEqualTo(403);
        assertThat(message(
                        reply("/version", facade, "Impersonate-User", "alice", "Impersonate-Group", "system:masters")))
                .startsWith("groups \"system:masters\" is forbidden: ");
        assertThat(message(
                        reply("/version", facade, "Impersonate-User", "alice", "Impersonate-Extra-reason", "because")))
                .contains("impersonate resource \"userextras/reason\" in API group \"authentication.k8s.io\"");
        assertThat(message(reply("/version", facade, "Impersonate-User", "system:serviceaccount:kube-system:robot")))
                .startsWith("serviceaccounts \"robot\" is forbidden: ")
                .endsWith(
                        "impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"kube-system\"");
        Reply group = reply("/api/v1/nodes", token(), "Impersonate-Group", "staff");
        assertThat(group.status()).isEqualTo(500);
        assertThat(group.text())
                .startsWith("Internal Server Error: \"/api/v1/nodes\": ")
                .contains("without impersonating a user");
    }

    private static Reply reply(String path, String token, String... impersonation) {
        try {
            return kubernetes("GET", path, token, null, impersonation);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Reply arm(String method, String path, String token, @Nullable String body) throws Exception {
        return send(
                method,
                "http://127.0.0.1:" + server.port() + path + VERSION,
                body == null ? null : JSON.readTree(body),
                "Authorization",
                "Bearer " + token);
    }

    private static String login(String role) throws Exception {
        Reply made = arm(
                "PUT",
                SUB + "/providers/Capstan.Identity/principals/" + UUID.randomUUID(),
                ADMINISTRATOR,
                "{\"properties\":{\"displayName\":\"" + role + "\",\"assignments\":[{\"role\":\"" + role
                        + "\",\"scope\":\"" + SUB + "\"}]}}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        String form = "grant_type=client_credentials&client_id="
                + made.body().path("name").asText() + "&client_secret="
                + made.body().at("/properties/password").asText();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/adfs/oauth2/token"))
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(response.body()).path("access_token").asText();
    }

    @Test
    void theCallersOfTheFacadeAreJudgedByKubernetes() throws Exception {
        String contributor = login("Contributor");
        String reader = login("Reader");
        assertThat(arm("PUT", SUB + "/resourcegroups/lab", contributor, "{\"location\":\"local\"}")
                        .status())
                .isEqualTo(201);
        assertThat(arm("GET", SUB + "/resourcegroups/lab", reader, null).status())
                .isEqualTo(200);
        assertThat(arm("DELETE", SUB + "/resourcegroups/lab", reader, null).status())
                .isEqualTo(403);

        ObjectNode role = (ObjectNode) kubernetes("GET", RBAC + "/clusterroles/capstan:contributor", token(), null)
                .body();
        role.putArray("rules");
        assertThat(kubernetes("PUT", RBAC + "/clusterroles/capstan:contributor", token(), role)
                        .status())
                .isEqualTo(200);
        Await.until("Kubernetes takes the right away", () -> {
            try {
                return arm("PUT", SUB + "/resourcegroups/lab", contributor, "{\"location\":\"local\"}")
                                .status()
                        == 403;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Reply refused = arm("PUT", SUB + "/resourcegroups/lab", contributor, "{\"location\":\"local\"}");
        assertThat(refused.body().at("/error/code").asText()).isEqualTo("AuthorizationFailed");
        assertThat(refused.body().at("/error/message").asText()).contains("User \"capstan:");
        assertThat(arm("PUT", SUB + "/resourcegroups/lab", ADMINISTRATOR, "{\"location\":\"local\"}")
                        .status())
                .isEqualTo(200);
    }
}
