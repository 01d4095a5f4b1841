package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.capstan.embeddedkubernetes.EmbeddedKubernetes;
import dev.capstan.embeddedkubernetes.ServerTls;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.identity.HomePrincipal;
import dev.capstan.resourceprovider.identity.Limits;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.resourceprovider.identity.TrustedIssuer;
import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resourceprovider.store.Reads;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.CustomResourceDefinitions;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.helidon.webserver.http.Handler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A resource provider on the embedded API, over HTTPS on a free port, and a client of it. There is no controller: a test
 * says itself how operations end, past HTTP, in the objects' status.
 */
final class Lab implements AutoCloseable {

    static final String SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
    static final String TENANT = "99999999-8888-7777-6666-555555555555";
    static final String CLIENT = "abcdefab-cdef-abcd-efab-cdefabcdefab";
    static final String SECRET = "the-secret-of-the-principal-of-this-test-alone";
    static final String ADMINISTRATOR = "the-administrator-of-this-test-alone-0123456789";
    static final String GA = "2025-03-01";
    static final String PREVIEW = "2025-08-02-preview";
    static final String SUB = "/subscriptions/" + SUBSCRIPTION;
    static final String PRINCIPALS = SUB + "/providers/Capstan.Identity/principals";
    static final String GROUP = SUB + "/resourcegroups/rg";
    static final String CLUSTERS = "/providers/Microsoft.ContainerService/managedClusters";
    static final String CLUSTER = SUB + "/resourceGroups/rg" + CLUSTERS + "/c1";
    static final String POOL = CLUSTER + "/agentPools/np2";
    static final ObjectMapper JSON = new ObjectMapper();

    /** The time when a lab begins. */
    static final Instant START = Instant.parse("2026-11-22T03:00:00Z");

    private static final KeyStore SERVER_KEY = TestKeys.server();

    private final Path directory;
    private final EmbeddedKubernetes kubernetes;
    private final VirtualCluster management;
    private final AtomicReference<Handler> handler = new AtomicReference<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final HttpClient client;
    private final AuditLog audit;
    private final Limits limits;
    private final boolean readsInMemory;
    private List<TrustedIssuer> issuers = List.of();
    private ResourceProvider provider;

    /** Another server on the same objects, asked here without HTTP's help: the lab's port is moved to it for each call. */
    final class Replica implements AutoCloseable {
        private final ResourceProvider other = open(new Interceptor() {});

        String token() {
            handler.set(other.handler());
            try {
                return Lab.this.token(CLIENT, SECRET);
            } finally {
                handler.set(provider.handler());
            }
        }

        @Override
        public void close() {
            other.close();
        }
    }

    Replica replica() {
        return new Replica();
    }

    Lab() {
        this(new Interceptor() {});
    }

    Lab(Interceptor tap) {
        this(tap, Limits.NONE);
    }

    Lab(Interceptor tap, Limits limits) {
        this(tap, limits, false);
    }

    /** A lab that reads the management cluster as a server does that it is embedded in. */
    static Lab readingMemory() {
        return new Lab(new Interceptor() {}, Limits.NONE, true);
    }

    private Lab(Interceptor tap, Limits limits, boolean readsInMemory) {
        this.limits = limits;
        this.readsInMemory = readsInMemory;
        try {
            directory = Files.createTempDirectory("provider-lab");
            audit = AuditLog.open(directory.resolve("audit"), line -> {}, now::get);
            var keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(256);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(ADMINISTRATOR.getBytes(StandardCharsets.UTF_8));
            kubernetes = EmbeddedKubernetes.open(directory, hash, keys.generateKeyPair());
            management = kubernetes.create("management");
            for (String manifest : CustomResourceDefinitions.manifests()) {
                management.ensure((ObjectNode) new YAMLMapper().readTree(manifest));
            }
            management.ensure(JSON.valueToTree(
                    Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", "capstan-system"))));
            kubernetes.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    ServerTls.of(SERVER_KEY, TestKeys.PASSWORD),
                    (request, response) -> handler.get().handle(request, response));
            client = HttpClient.newBuilder().sslContext(trust()).build();
            restart(tap);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trust() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", SERVER_KEY.getCertificate("server"));
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** Another resource provider on the same objects, as after a crash. */
    void restart(Interceptor tap) {
        if (provider != null) {
            provider.close();
        }
        provider = open(tap);
        handler.set(provider.handler());
    }

    private ResourceProvider open(Interceptor tap) {
        return ResourceProvider.open(
                new Config(
                        endpoint("management"),
                        readsInMemory ? memory() : null,
                        url(),
                        new Scope(SUBSCRIPTION, TENANT),
                        new HomePrincipal(CLIENT, SecretHash.of(SECRET)),
                        SecretHash.of(ADMINISTRATOR),
                        this::endpoint,
                        List.of("local", "annex"),
                        audit,
                        issuers,
                        limits,
                        now::get,
                        Map.of("annex", List.of("Linux", "Windows")),
                        Locations.NONE),
                tap);
    }

    private Reads memory() {
        return new Reads() {
            @Override
            public Optional<ObjectNode> get(String plural, String name) {
                return management.get(plural + ".capstan.dev", "", name);
            }

            @Override
            public List<ObjectNode> list(String plural) {
                return management.list(plural + ".capstan.dev", null);
            }
        };
    }

    String url() {
        return "https://127.0.0.1:" + kubernetes.port();
    }

    /** Makes the API of a managed cluster, with nothing in it. */
    void serve(String cluster) {
        kubernetes.delete(cluster);
        kubernetes.create(cluster);
    }

    VirtualCluster management() {
        return management;
    }

    /** Takes the API of a managed cluster away. */
    void forget(String cluster) {
        kubernetes.delete(cluster);
    }

    /** The API of the one cluster, with the definitions that a controller would have made; its status says where it is. */
    VirtualCluster ofCluster() {
        String name = only("managedclusters").at("/metadata/name").asText();
        VirtualCluster cluster = kubernetes.find(name).orElse(null);
        if (cluster == null) {
            cluster = kubernetes.create(name);
            try {
                for (String manifest : CustomResourceDefinitions.manifests()) {
                    cluster.ensure((ObjectNode) new YAMLMapper().readTree(manifest));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            ObjectNode object = only("managedclusters");
            object.withObject("/status").put("endpoint", url() + "/clusters/" + name);
            management.update(object, true);
        }
        return cluster;
    }

    void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private ClusterEndpoint endpoint(String cluster) {
        return new ClusterEndpoint(url() + "/clusters/" + cluster, TestKeys.pem(SERVER_KEY), () -> ADMINISTRATOR);
    }

    // The client.

    Answer get(String path) {
        return send("GET", path, GA, null, Map.of());
    }

    Answer get(String path, String version) {
        return send("GET", path, version, null, Map.of());
    }

    Answer put(String path, String body) {
        return send("PUT", path, GA, body, Map.of());
    }

    Answer put(String path, String version, String body) {
        return send("PUT", path, version, body, Map.of());
    }

    Answer delete(String path) {
        return send("DELETE", path, GA, null, Map.of());
    }

    Answer post(String path) {
        return send("POST", path, GA, null, Map.of());
    }

    Answer send(String method, String path, String version, String body, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.put("Authorization", "Bearer " + ADMINISTRATOR);
        all.put("Content-Type", "application/json");
        all.putAll(headers);
        return raw(method, path + (path.contains("?") ? "&" : "?") + "api-version=" + version, body, all);
    }

    /** A fresh principal with one role. */
    Answer principal(String role, String scope) {
        return put(
                PRINCIPALS + "/" + UUID.randomUUID(),
                json("{'properties':{'displayName':'p','assignments':[{'role':'" + role + "','scope':'" + scope
                        + "'}]}}"));
    }

    /** Logs in. */
    Answer login(String client, String secret) {
        return raw(
                "POST",
                "/adfs/oauth2/token",
                "grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret,
                Map.of("Content-Type", "application/x-www-form-urlencoded"));
    }

    /** Logs in a principal as she was made. */
    Answer login(Answer made) {
        return login(made.at("/name").asText(), made.at("/properties/password").asText());
    }

    String token(String client, String secret) {
        return login(client, secret).at("/access_token").asText();
    }

    String tokenOf(Answer made) {
        return login(made).at("/access_token").asText();
    }

    /** A request with a token of its own. */
    Answer as(String token, String method, String path, String body) {
        return send(method, path, GA, body, Map.of("Authorization", "Bearer " + token));
    }

    /** Trusts an issuer from now on. */
    void trust(TrustedIssuer issuer) {
        issuers = List.of(issuer);
        restart(new Interceptor() {});
    }

    /** The records of the audit log. */
    List<JsonNode> audited() {
        try {
            List<JsonNode> records = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve("audit/audit-000000000001.jsonl"))) {
                records.add(JSON.readTree(line));
            }
            return records;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    ResourceProvider provider() {
        return provider;
    }

    /** Exactly this, with no header of its own. */
    Answer raw(String method, String pathAndQuery, String body, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create(url() + pathAndQuery))
                .timeout(Duration.ofMinutes(5))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, String> received = new TreeMap<>();
            response.headers()
                    .map()
                    .forEach((name, values) -> received.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            String text = response.body();
            JsonNode answered =
                    text.isEmpty() || !isJson(received) ? JsonNodeFactory.instance.missingNode() : JSON.readTree(text);
            String path = pathAndQuery.split("[?]", 2)[0];
            assertThat(Contract.served()
                            .faults(
                                    method,
                                    path,
                                    response.statusCode(),
                                    received.getOrDefault("content-type", ""),
                                    answered))
                    .as("%s %s answered as openapi.json describes it: %s", method, path, text)
                    .isEmpty();
            return new Answer(response.statusCode(), received, text, answered);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isJson(Map<String, String> headers) {
        return headers.getOrDefault("content-type", "").startsWith("application/json");
    }

    /** What this path holds for anybody, in bytes. */
    byte[] download(String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url() + path)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A connection to the server, over TLS, with nothing sent on it. */
    Socket connect() throws IOException {
        return client.sslContext().getSocketFactory().createSocket("127.0.0.1", kubernetes.port());
    }

    /** Follows a URL of an answer's header. */
    Answer follow(String url) {
        return raw("GET", url.substring(url().length()), null, Map.of("Authorization", "Bearer " + ADMINISTRATOR));
    }

    /** A group, a cluster of one system pool, its creation ended. */
    void withCluster() {
        put(GROUP, "{'location':'westeurope'}".replace('\'', '"'));
        put(CLUSTER, json("{'properties':{'agentPoolProfiles':[{'name':'nodepool1','count':2}]}}"));
        end("True", "Succeeded", "done");
    }

    void withFeature() {
        post(SUB + "/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/CustomCATrustPreview"
                + "/register");
    }

    static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }

    // What the controller would do.

    JsonNode stored() {
        return only("managedclusters");
    }

    ObjectNode only(String plural) {
        List<ObjectNode> all = management.list(plural + ".capstan.dev", null);
        if (all.size() != 1) {
            throw new AssertionError("not one of " + plural + " but " + all.size());
        }
        return all.getFirst().deepCopy();
    }

    /** Ends the operation of the one cluster. */
    void end(String status, String reason, String message) {
        end(only("managedclusters"), status, reason, message);
    }

    /** Ends the operation of an object, as the controller does: condition and list in one write. */
    void end(ObjectNode object, String status, String reason, String message) {
        long generation = object.at("/metadata/generation").asLong();
        String at = "2026-11-22T03:00:09Z";
        ObjectNode written = object.withObject("/status");
        written.put("observedGeneration", generation);
        written.putArray("conditions")
                .addObject()
                .put("type", "Provisioned")
                .put("status", status)
                .put("reason", reason)
                .put("message", message)
                .put("lastTransitionTime", at)
                .put("observedGeneration", generation);
        JsonNode operation = object.at("/spec/operation");
        if (object.path("kind").asText().equals("ManagedCluster")
                && !operation.isMissingNode()
                && !status.equals("Unknown")) {
            var ended = written.withArray("/operations").insertObject(0);
            ended.put("id", operation.path("id").asText())
                    .put("kind", operation.path("kind").asText())
                    .put("started", operation.path("started").asText())
                    .put("ended", at)
                    .put("result", status.equals("True") ? "Succeeded" : reason.equals("Canceled") ? reason : "Failed");
            if (status.equals("False")) {
                ended.put("code", reason).put("message", message);
            }
            if (operation.has("abort")) {
                written.withArray("/operations")
                        .insertObject(0)
                        .put("id", operation.at("/abort/id").asText())
                        .put("kind", "Abort")
                        .put("started", operation.at("/abort/requested").asText())
                        .put("ended", at)
                        .put("result", "Succeeded");
            }
        }
        management.update(object, true);
    }

    @Override
    public void close() {
        provider.close();
        kubernetes.close();
        audit.close();
        client.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
