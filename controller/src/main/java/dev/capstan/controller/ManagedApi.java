package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
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
    private final ChangeClock changes = new ChangeClock(System::nanoTime);
    private volatile boolean opened;
    private final AskedSince askedSince = new AskedSince();

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
            api.opened = true;
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

    /** Every node as last seen. */
    List<Node> nodes() {
        return nodes.getStore().list();
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
        return NodeTrusts.probesNamedBy(secret(Names.SECRET_NAMESPACE));
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

    /** How long changes take to reach its nodes. */
    ChangeClock changes() {
        return changes;
    }

    /** What the controller itself has to say of nodes. */
    NodeNotes notes() {
        return notes;
    }

    /** The generation since which a NodeTrust asks its node to trust the same. */
    long asksSince(NodeTrustObject trust) {
        return askedSince.of(trust);
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

    /** Whether a node is ready, as it says itself; null is none. */
    static boolean isReady(@Nullable Node node) {
        NodeCondition ready = node == null ? null : NodeConditions.condition(node, Names.READY);
        return ready != null && ready.getStatus().equals("True");
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
        askedSince.saw(key.node(), before, now);
        if (now == null) {
            changes.forget(key.node());
        } else {
            if (before != null && !before.getSpec().asksForTheSame(now.getSpec())) {
                changes.specChanged(key.node());
            }
            if (opened) { // before that nothing is timed, and not every watch is there yet
                changes.saw(now, asksSince(now), secretVersion());
            }
        }
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

    private @Nullable String secretVersion() {
        SecretMetadata secret = secret(Names.SECRET_NAMESPACE);
        return secret == null ? null : secret.getMetadata().getResourceVersion();
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
            if (opened) {
                List<NodeTrustObject> trusts = trusts();
                changes.secretChanged(trusts);
                // An agent may have been faster than this watch.
                String version = now == null ? null : now.getMetadata().getResourceVersion();
                trusts.forEach(trust -> changes.saw(trust, asksSince(trust), version));
            }
        }
        if (namespace.equals(Names.SECRET_NAMESPACE) && (before == null || now == null)) {
            addNodes();
        }
    }
}
