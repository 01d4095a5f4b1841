package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ProbeEndpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A managed cluster's API: a client and what its watches have seen. Every change gives a turn to the keys that depend on
 * it; that is all that events are used for.
 */
final class ManagedApi implements AutoCloseable {

    private final String cluster;
    private final ClusterEndpoint endpoint;
    private final KubernetesClient client;
    private final WorkQueue<Key> queue;
    private final ControllerConfig.Timing timing;
    private final LeaseClock leases;
    private final Watches watches;
    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<NodeTrustObject> trusts;
    private final SharedIndexInformer<Lease> leaseObjects;
    private final SharedIndexInformer<SecretMetadata> secrets;
    private final Consumer<Key.NodeOf> readinessChanged;
    private final CertificateSetKeeper sets;
    private final SecretMemory memory = new SecretMemory();
    private final NodeNotes notes = new NodeNotes();
    private final Map<String, Long> askedSince = new ConcurrentHashMap<>();

    private ManagedApi(
            String cluster,
            ClusterEndpoint endpoint,
            KubernetesClient client,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing,
            Consumer<Key.NodeOf> readinessChanged) {
        this.timing = timing;
        this.readinessChanged = readinessChanged;
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.client = client;
        this.queue = queue;
        this.sets = new CertificateSetKeeper(client, clock, timing.unusedSet());
        this.leases = new LeaseClock(clock, timing.lease());
        this.watches = new Watches("cluster " + cluster);
        nodes = watches.start(client.nodes(), this::nodeChanged);
        trusts = watches.start(client.resources(NodeTrustObject.class), this::trustChanged);
        leaseObjects = watches.start(client.leases().inNamespace(Names.SYSTEM_NAMESPACE), this::leaseChanged);
        secrets = watches.start(
                client.resources(SecretMetadata.class).inAnyNamespace().withField("metadata.name", Names.SECRET_NAME),
                this::secretChanged);
    }

    /**
     * Opens an API whose custom resources and namespaces are there; returns when its watches hold what there is.
     *
     * @param readinessChanged told when a node becomes ready, or is no longer, or its trust changed
     * @throws ReconcileException if it does not answer
     */
    static ManagedApi open(
            String cluster,
            ClusterEndpoint endpoint,
            KubernetesClient client,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing,
            Consumer<Key.NodeOf> readinessChanged)
            throws ReconcileException, InterruptedException {
        ManagedApi api = new ManagedApi(cluster, endpoint, client, queue, clock, timing, readinessChanged);
        try {
            api.watches.await();
        } catch (ReconcileException | InterruptedException e) {
            api.close();
            throw e;
        }
        return api;
    }

    String cluster() {
        return cluster;
    }

    ClusterEndpoint endpoint() {
        return endpoint;
    }

    KubernetesClient client() {
        return client;
    }

    /** The node as last seen. */
    @Nullable
    Node node(String name) {
        return nodes.getStore().getByKey(name);
    }

    /** The node trust as last seen. */
    @Nullable
    NodeTrustObject trust(String name) {
        return trusts.getStore().getByKey(name);
    }

    /** Every node trust as last seen. */
    List<NodeTrustObject> trusts() {
        return trusts.getStore().list();
    }

    /** The Secret of the user's Secret's name in a namespace, without its content. */
    @Nullable
    SecretMetadata secret(String namespace) {
        return secrets.getStore().getByKey(namespace + "/" + Names.SECRET_NAME);
    }

    /** Endpoints that the Secret itself names; what is none of them its agents say. */
    List<String> probesOfSecret() {
        SecretMetadata secret = secret(Names.SECRET_NAMESPACE);
        Map<String, String> annotations =
                secret == null ? null : secret.getMetadata().getAnnotations();
        return annotations == null
                ? List.of()
                : ProbeEndpoints.read(annotations.getOrDefault(Names.PROBE_ANNOTATION, ""))
                        .endpoints();
    }

    boolean secretExists() {
        return secret(Names.SECRET_NAMESPACE) != null;
    }

    /** What is heard of a node's agent. */
    AgentContact contact(String node) {
        return leases.of(node);
    }

    /** Whether there is a Lease for the node's agent, and with it the agent's whole identity. */
    boolean hasLease(String node) {
        return leaseObjects.getStore().getByKey(Names.SYSTEM_NAMESPACE + "/" + node) != null;
    }

    /** Whether the node is ready, as last seen. */
    boolean isReady(String node) {
        return isReady(node(node));
    }

    /** Its certificate sets, and the list in use. */
    CertificateSetKeeper sets() {
        return sets;
    }

    /** What is remembered of the Secret and of the proofs that rest on it. */
    SecretMemory memory() {
        return memory;
    }

    /** What the controller itself has to say of nodes. */
    NodeNotes notes() {
        return notes;
    }

    /**
     * The generation since which a NodeTrust asks its node to trust the same. A later one that changed only what the node
     * may do, or what proves it, leaves what its agent said of an earlier one true. After a start it is the present one.
     */
    long asksSince(NodeTrustObject trust) {
        return askedSince.getOrDefault(
                trust.getMetadata().getName(), trust.getMetadata().getGeneration());
    }

    /** Gives every node of the cluster a turn. */
    void addNodes() {
        nodes.getStore().list().forEach(node -> queue.add(node(node, null)));
        trusts.getStore().list().forEach(trust -> queue.add(node(trust, null)));
        leaseObjects.getStore().list().forEach(lease -> queue.add(node(lease, null)));
    }

    /** Gives everything in the cluster a turn. */
    void addAll() {
        addNodes();
        secrets.getStore()
                .list()
                .forEach(secret ->
                        queue.add(new Key.SecretOf(cluster, secret.getMetadata().getNamespace())));
        queue.add(new Key.Garbage(cluster));
        queue.add(new Key.Guard(cluster));
        queue.add(new Key.Restarts(cluster));
    }

    @Override
    public void close() {
        watches.close();
        client.close();
    }

    private static boolean isReady(@Nullable Node node) {
        return node != null
                && node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals(Names.READY)
                                && condition.getStatus().equals("True"));
    }

    private void nodeChanged(@Nullable Node before, @Nullable Node now) {
        Key.NodeOf key = node(before, now);
        queue.add(key);
        if (before == null || now == null || isReady(before) != isReady(now)) {
            readinessChanged.accept(key);
            queue.add(new Key.Restarts(cluster));
        }
    }

    private Key.NodeOf node(@Nullable HasMetadata before, @Nullable HasMetadata now) {
        return new Key.NodeOf(
                cluster,
                Objects.requireNonNull(now == null ? before : now).getMetadata().getName());
    }

    private void trustChanged(@Nullable NodeTrustObject before, @Nullable NodeTrustObject now) {
        Key.NodeOf key = node(before, now);
        memory.saw(key.node(), now == null ? null : now.getStatus());
        askedSince(key.node(), before, now);
        queue.add(key);
        queue.add(new Key.Guard(cluster));
        queue.add(new Key.Restarts(cluster));
        readinessChanged.accept(key);
        if (before != null
                && (now == null || !CertificateSetKeeper.named(before).equals(CertificateSetKeeper.named(now)))) {
            queue.addAfter(new Key.Garbage(cluster), timing.unusedSet());
        }
        if (now != null
                && now.getStatus() != null
                && !now.getStatus().findings().isEmpty()) {
            queue.add(new Key.SecretOf(cluster, Names.SECRET_NAMESPACE));
        }
    }

    private void askedSince(String node, @Nullable NodeTrustObject before, @Nullable NodeTrustObject now) {
        if (now == null) {
            askedSince.remove(node);
        } else if (before == null || !asksForTheSame(before.getSpec(), now.getSpec())) {
            askedSince.put(node, now.getMetadata().getGeneration());
        }
    }

    private static boolean asksForTheSame(NodeTrust.Spec before, NodeTrust.Spec now) {
        return before.followSecret() == now.followSecret()
                && Objects.equals(before.certificateSet(), now.certificateSet())
                && Objects.equals(before.secretFingerprint(), now.secretFingerprint())
                && before.distrusted().equals(now.distrusted());
    }

    /** A renewal in time changes nothing, and costs nothing: only the timer that is set for its end looks again. */
    private void leaseChanged(@Nullable Lease before, @Nullable Lease now) {
        Key.NodeOf key = node(before, now);
        String node = key.node();
        boolean wasAlive = leases.of(node) instanceof AgentContact.Alive;
        if (now == null) {
            leases.forget(node);
        } else {
            leases.saw(now);
        }
        if (now == null || !wasAlive) {
            queue.add(key);
            queue.add(new Key.Restarts(cluster));
        }
    }

    private void secretChanged(@Nullable SecretMetadata before, @Nullable SecretMetadata now) {
        SecretMetadata secret = Objects.requireNonNull(now == null ? before : now);
        String namespace = secret.getMetadata().getNamespace();
        queue.add(new Key.SecretOf(cluster, namespace));
        if (namespace.equals(Names.SECRET_NAMESPACE)) {
            queue.add(new Key.Guard(cluster));
        }
        if (namespace.equals(Names.SECRET_NAMESPACE) && (before == null || now == null)) {
            addNodes();
        }
    }
}
