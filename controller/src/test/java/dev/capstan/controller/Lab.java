package dev.capstan.controller;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.EmbeddedKubernetes;
import dev.capstan.embeddedkubernetes.ServerTls;
import dev.capstan.embeddedkubernetes.VirtualCluster;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.UpgradeSettings;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A management cluster and its virtual clusters on the embedded API, machines that are records, and as many controllers
 * after each other as a test likes to kill. The administrator's view is a client of its own, which is never killed.
 */
final class Lab implements AutoCloseable {

    static final String MANAGEMENT = "management";
    static final String CLUSTER_ID =
            "/subscriptions/0/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";
    static final String CLUSTER = ObjectNames.ofArmId(CLUSTER_ID);
    static final Duration LONGEST = Duration.ofSeconds(Integer.getInteger("lab.seconds", 300));

    static final ControllerConfig.Timing TIMING =
            timing(Duration.ofSeconds(40), Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMinutes(10));

    /** Times that suit a test; those given are what a test may want otherwise. */
    static ControllerConfig.Timing timing(Duration lease, Duration unusedSet, Duration patience, Duration tombstone) {
        return new ControllerConfig.Timing(
                lease,
                Duration.ofHours(1),
                unusedSet,
                Duration.ofHours(1),
                Duration.ofMillis(5),
                Duration.ofMillis(200),
                Duration.ofMillis(50),
                Duration.ofMillis(20),
                patience,
                tombstone,
                Duration.ofSeconds(20),
                Duration.ofMinutes(5));
    }

    private static final String TOKEN = "the-administrator-of-this-test-alone-0123456789";
    private static final KeyStore SERVER_KEY = TestKeys.server();
    private static final String CA = TestKeys.pem(SERVER_KEY);

    private final Path directory;
    private final EmbeddedKubernetes kubernetes;
    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    final FakeProvider provider = new FakeProvider(this);

    /** Whether controllers have their own rights alone; the administrator's cost less, as no signature is checked. */
    volatile boolean ownRights = true;

    /** The list that the cluster is written with: entries in base64. */
    volatile List<String> list = List.of();

    /** How long things last for the controllers that are started from now on. */
    volatile ControllerConfig.Timing timing = TIMING;

    /** Where the cluster is written to be. */
    volatile String location = "local";

    /** Clusters that are there. */
    volatile AttachedLocations locations = AttachedLocations.NONE;

    /** The ARM properties that the cluster is written with, its tags among them. */
    volatile @Nullable Map<String, Object> arm;

    private volatile ManagedCluster.Operation operation;

    Lab() {
        try {
            directory = Files.createTempDirectory("controller-lab");
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair signing = keys.generateKeyPair();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.UTF_8));
            kubernetes = EmbeddedKubernetes.open(directory, hash, signing);
            kubernetes.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    ServerTls.of(SERVER_KEY, TestKeys.PASSWORD));
            kubernetes.create(MANAGEMENT);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    ClusterEndpoint endpoint(String cluster) {
        return ClusterEndpoint.of("https://127.0.0.1:" + kubernetes.port() + "/clusters/" + cluster, CA, TOKEN);
    }

    /** The controller's own endpoint of a cluster: a service account that may do this and nothing else. */
    ClusterEndpoint endpoint(String cluster, List<Rule> rights) {
        VirtualCluster api = embedded(cluster);
        api.ensure(json.valueToTree(Map.of(
                "apiVersion", "v1",
                "kind", "ServiceAccount",
                "metadata", Map.of("name", "controller", "namespace", "default"))));
        api.ensure(json.valueToTree(Map.of(
                "apiVersion",
                "rbac.authorization.k8s.io/v1",
                "kind",
                "ClusterRole",
                "metadata",
                Map.of("name", "controller"),
                "rules",
                rights.stream().map(Rule::toMap).toList())));
        api.ensure(json.valueToTree(Map.of(
                "apiVersion", "rbac.authorization.k8s.io/v1",
                "kind", "ClusterRoleBinding",
                "metadata", Map.of("name", "controller"),
                "roleRef",
                        Map.of(
                                "apiGroup", "rbac.authorization.k8s.io",
                                "kind", "ClusterRole",
                                "name", "controller"),
                "subjects", List.of(Map.of("kind", "ServiceAccount", "name", "controller", "namespace", "default")))));
        String token =
                api.issueToken("default", "controller", Duration.ofHours(1)).text();
        return ClusterEndpoint.of(endpoint(cluster).url(), CA, token);
    }

    /** The endpoint of a controller that looks after the management cluster's own nodes, with the rights that it has there. */
    ClusterEndpoint inCluster() {
        ClusterEndpoint endpoint = endpoint(MANAGEMENT, ControllerRights.onThisCluster());
        role(Names.SYSTEM_NAMESPACE, ControllerRights.onThisClusterInSystem());
        role(Names.CONTROLLER_LEASE_NAMESPACE, ControllerRights.onThisClusterForItsLease());
        return endpoint;
    }

    private void role(String namespace, List<Rule> rights) {
        VirtualCluster api = embedded(MANAGEMENT);
        Map<String, String> name = Map.of("name", "controller", "namespace", namespace);
        api.ensure(json.valueToTree(Map.of(
                "apiVersion",
                "rbac.authorization.k8s.io/v1",
                "kind",
                "Role",
                "metadata",
                name,
                "rules",
                rights.stream().map(Rule::toMap).toList())));
        api.ensure(json.valueToTree(Map.of(
                "apiVersion",
                "rbac.authorization.k8s.io/v1",
                "kind",
                "RoleBinding",
                "metadata",
                name,
                "roleRef",
                Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "Role", "name", "controller"),
                "subjects",
                List.of(Map.of("kind", "ServiceAccount", "name", "controller", "namespace", "default")))));
    }

    private ClusterEndpoint own(String cluster, List<Rule> rights) {
        return ownRights ? endpoint(cluster, rights) : endpoint(cluster);
    }

    ControllerConfig config(ClusterAccess access) {
        return ControllerConfig.forManagedClusters(
                        own(MANAGEMENT, ControllerRights.onManagement()),
                        access,
                        List.of(provider),
                        name -> locations.find(name))
                .withTiming(timing);
    }

    Controller start() {
        return Controller.start(config(access()));
    }

    Controller start(Kill kill) {
        provider.kill(kill);
        ClusterAccess access = access();
        return Controller.start(
                config(new ClusterAccess() {
                    @Override
                    public ClusterEndpoint ensure(String cluster) throws IOException {
                        if (kubernetes.find(cluster).isEmpty()) {
                            kill.write("make the API of " + cluster);
                        }
                        kill.read();
                        return access.ensure(cluster);
                    }

                    @Override
                    public void delete(String cluster) throws IOException {
                        kill.write("delete the API of " + cluster);
                        access.delete(cluster);
                    }
                }),
                kill);
    }

    ClusterAccess access() {
        return new ClusterAccess() {
            @Override
            public ClusterEndpoint ensure(String cluster) {
                kubernetes.create(cluster);
                return own(cluster, ControllerRights.onManagedClusters());
            }

            @Override
            public void delete(String cluster) {
                kubernetes.delete(cluster);
            }
        };
    }

    /** The administrator's client of a cluster. */
    KubernetesClient client(String cluster) {
        return clients.computeIfAbsent(
                cluster, name -> new Clients(new Interceptor() {}).open(endpoint(name), LONGEST, LONGEST));
    }

    boolean exists(String cluster) {
        return kubernetes.find(cluster).isPresent();
    }

    /** Makes an API that has nothing to do with any ManagedCluster. */
    void make(String cluster) {
        kubernetes.create(cluster);
    }

    /** Reads an object as it is stored, past HTTP, since tests that wait ask often. */
    private <T> T get(String cluster, String resource, String name, Class<T> type) {
        return kubernetes
                .find(cluster)
                .flatMap(found -> found.get(resource, "", name))
                .map(object -> Clients.serialization().unmarshal(object.toString(), type))
                .orElse(null);
    }

    /** Whether the next write stops the cluster. */
    boolean stopped;

    VirtualCluster embedded(String cluster) {
        return kubernetes.find(cluster).orElseThrow();
    }

    /** Writes the one object that an ARM request would. */
    void want(int count, boolean trust) {
        want(count, trust, null);
    }

    void want(int count, boolean trust, UpgradeSettings settings) {
        want(List.of(new ManagedCluster.AgentPoolProfile("np", count, trust, settings, null)));
    }

    /** The operation that the next write begins; written at once where there is a cluster. Gives its id. */
    String operation(String kind, String pool) {
        String id = prepare(kind, pool);
        if (cluster() != null) {
            writeOperation();
        }
        return id;
    }

    /** The operation that the next write of the cluster begins. Gives its id. */
    String prepare(String kind) {
        return prepare(kind, null);
    }

    private String prepare(String kind, String pool) {
        operation = new ManagedCluster.Operation(
                UUID.randomUUID().toString(), kind, Instant.now().toString(), pool, null);
        return operation.id();
    }

    /** The operation that the next write begins was known to break this. */
    void breaks(ManagedCluster.Removal removal) {
        operation = new ManagedCluster.Operation(
                operation.id(), operation.kind(), operation.started(), operation.agentPool(), null, removal);
    }

    void abort() {
        operation = new ManagedCluster.Operation(
                operation.id(),
                operation.kind(),
                operation.started(),
                operation.agentPool(),
                new ManagedCluster.Abort(
                        UUID.randomUUID().toString(), Instant.now().toString()));
        writeOperation();
    }

    private void writeOperation() {
        client(MANAGEMENT)
                .resources(ManagedClusterObject.class)
                .withName(CLUSTER)
                .patch(Manifests.MERGE, Patches.text(Json.object("spec", Json.object("operation", operation))));
    }

    /** Status and reason of the condition {@code Provisioned}, for the present generation. */
    String provisioned() {
        ManagedClusterObject cluster = cluster();
        return cluster == null || cluster.getStatus() == null
                ? "none"
                : said(cluster.getStatus().conditions(), cluster.getMetadata().getGeneration());
    }

    String provisioned(AgentPoolObject pool) {
        return pool.getStatus() == null
                ? "none"
                : said(pool.getStatus().conditions(), pool.getMetadata().getGeneration());
    }

    static String said(List<Condition> conditions, long generation) {
        Condition provisioned = Statuses.provisioned(conditions);
        return provisioned == null || provisioned.observedGeneration() != generation
                ? "none"
                : provisioned.status() + " " + provisioned.reason();
    }

    AgentPoolObject pool(String name) {
        return pools().stream()
                .filter(pool -> pool.getSpec().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A pod on a node, as a scheduler would have put it there. */
    void pod(String name, String node, String more) {
        create(
                CLUSTER,
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                        + "\",\"namespace\":\"default\"," + more + "},\"spec\":{\"nodeName\":\"" + node
                        + "\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
        client(CLUSTER)
                .pods()
                .inNamespace("default")
                .withName(name)
                .subresource("status")
                .patch(
                        Manifests.MERGE,
                        "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    Set<String> pods() {
        return embedded(CLUSTER).list("pods", null).stream()
                .map(pod -> pod.at("/metadata/name").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    void want(List<ManagedCluster.AgentPoolProfile> pools) {
        ManagedClusterObject cluster = new ManagedClusterObject();
        cluster.getMetadata().setName(CLUSTER);
        cluster.setSpec(new ManagedCluster.Spec(
                CLUSTER_ID,
                "g",
                "c",
                location,
                pools,
                new ManagedCluster.SecurityProfile(list),
                operation,
                arm,
                stopped ? ManagedCluster.STOPPED : null));
        ManagedClusterObject there = cluster();
        if (there == null) {
            client(MANAGEMENT).resource(cluster).create();
        } else {
            Map<String, Object> spec = Json.members(Clients.serialization().convertValue(cluster.getSpec(), Map.class));
            spec.put("powerState", stopped ? ManagedCluster.STOPPED : null);
            spec.put("operation", operation); // with nulls: an abort of the one before goes
            client(MANAGEMENT)
                    .resources(ManagedClusterObject.class)
                    .withName(CLUSTER)
                    .patch(Manifests.MERGE, Patches.text(Json.object("spec", spec)));
        }
    }

    ManagedClusterObject cluster() {
        return get(MANAGEMENT, "managedclusters.capstan.dev", CLUSTER, ManagedClusterObject.class);
    }

    void installDefinitions() {
        Definitions.ensureResources(client(MANAGEMENT), dev.capstan.resources.CustomResourceDefinitions.manifests());
    }

    boolean isReady() {
        ManagedClusterObject cluster = cluster();
        if (cluster == null || cluster.getStatus() == null) {
            return false;
        }
        var ready = Statuses.ready(cluster.getStatus().conditions());
        return ready != null
                && ready.status().equals("True")
                && ready.observedGeneration() == cluster.getMetadata().getGeneration();
    }

    List<AgentPoolObject> pools() {
        return embedded(MANAGEMENT).list("agentpools.capstan.dev", null).stream()
                .map(pool -> Clients.serialization().unmarshal(pool.toString(), AgentPoolObject.class))
                .toList();
    }

    Set<String> recorded() {
        return pools().stream()
                .flatMap(pool -> Management.machines(pool).stream())
                .map(AgentPool.MachineRecord::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Set<String> nodes() {
        return kubernetes.find(CLUSTER).stream()
                .flatMap(cluster -> cluster.list("nodes", null).stream())
                .map(node -> node.at("/metadata/name").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Node node(String name) {
        return get(CLUSTER, "nodes", name, Node.class);
    }

    NodeTrustObject trust(String cluster, String name) {
        return get(cluster, "nodetrusts.capstan.dev", name, NodeTrustObject.class);
    }

    NodeCondition condition(String cluster, String node, String type) {
        Node object = get(cluster, "nodes", node, Node.class);
        return object == null || object.getStatus() == null
                ? null
                : object.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst()
                        .orElse(null);
    }

    /** Names of everything in a cluster that bears a node's name, by kind. */
    Set<String> bearing(String cluster, String node) {
        Set<String> found = new TreeSet<>();
        for (String kind : List.of(
                "nodes",
                "nodetrusts.capstan.dev",
                "leases.coordination.k8s.io",
                "serviceaccounts",
                "clusterroles.rbac.authorization.k8s.io",
                "clusterrolebindings.rbac.authorization.k8s.io",
                "roles.rbac.authorization.k8s.io",
                "rolebindings.rbac.authorization.k8s.io")) {
            embedded(cluster).list(kind, null).stream()
                    .map(object -> object.at("/metadata/name").asText())
                    .filter(name -> name.contains(node))
                    .forEach(name -> found.add(kind + "/" + name));
        }
        return found;
    }

    /** Whether the Lease of a node's agent was ever renewed. */
    boolean isLeaseRenewed(String cluster, String node) {
        return kubernetes
                .find(cluster)
                .flatMap(found -> found.get("leases.coordination.k8s.io", Names.SYSTEM_NAMESPACE, node))
                .map(lease -> lease.at("/spec/renewTime").isTextual())
                .orElse(false);
    }

    /** What the agent of a node does at its start and every few seconds; does nothing where its Lease went. */
    void renewLease(String cluster, String node) {
        String now = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                .format(ZonedDateTime.now(ZoneOffset.UTC));
        Resource<Lease> lease =
                client(cluster).leases().inNamespace(Names.SYSTEM_NAMESPACE).withName(node);
        if (lease.get() != null) {
            lease.patch(
                    Manifests.MERGE, "{\"spec\":{\"holderIdentity\":\"" + node + "\",\"renewTime\":\"" + now + "\"}}");
        }
    }

    /** What an agent reports that has done all that its NodeTrust asks for. */
    static NodeTrust.Status loaded(NodeTrustObject trust) {
        return status(trust, trust.getSpec().certificateSet());
    }

    /** The same where the runtime has not loaded the list, or there is none. */
    static NodeTrust.Status written(NodeTrustObject trust) {
        return status(trust, null);
    }

    private static NodeTrust.Status status(NodeTrustObject trust, @Nullable String loaded) {
        String set = trust.getSpec().certificateSet();
        return new NodeTrust.Status(
                trust.getMetadata().getGeneration(),
                set,
                set,
                loaded,
                null,
                new NodeTrust.Lane("Isolated", "made here"),
                List.of(),
                List.of(),
                null,
                null,
                "1",
                "2026-01-01T00:00:00Z");
    }

    /** What the agent of a node reports; what it does not say goes. */
    void report(String cluster, String node, NodeTrust.Status status) {
        Map<String, Object> said = Json.members(Clients.serialization().convertValue(status, Map.class));
        Stream.of(NodeTrust.Status.class.getRecordComponents())
                .forEach(component -> said.putIfAbsent(component.getName(), null));
        client(cluster)
                .resources(NodeTrustObject.class)
                .withName(node)
                .subresource("status")
                .patch(Manifests.MERGE, Patches.text(Json.object("status", said)));
    }

    void create(String cluster, String manifest) {
        try {
            embedded(cluster).create((ObjectNode) json.readTree(manifest));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces the object: what this manifest does not say goes, but for the metadata that are the server's. */
    void update(String cluster, ObjectNode there, String manifest) {
        try {
            ObjectNode wanted = (ObjectNode) json.readTree(manifest);
            there.set("data", wanted.path("data"));
            there.withObject("/metadata").set("annotations", wanted.at("/metadata/annotations"));
            embedded(cluster).update(there, false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    List<GenericKubernetesResource> events(String cluster) {
        List<GenericKubernetesResource> events = new ArrayList<>();
        embedded(cluster)
                .list("events", null)
                .forEach(event -> events.add(json.convertValue(event, GenericKubernetesResource.class)));
        return events;
    }

    static void await(String what, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + LONGEST.toSeconds() + " s: " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        provider.joinAgents();
        clients.values().forEach(KubernetesClient::close);
        kubernetes.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
