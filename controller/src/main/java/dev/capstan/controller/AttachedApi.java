package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The API of an attached cluster: what its watches have seen of Nodes and NodeTrusts, and the two things that are written
 * there: certificate sets, and of a NodeTrust the member {@code certificateSet} and the annotations of {@link
 * AskedFromOutside}.
 * Everything else in a NodeTrust, and whether there is one, is the cluster's own controller's, so that no member has two
 * writers.
 */
final class AttachedApi implements AutoCloseable {

    /** Who keeps these sets: the cluster's own controller would remove its own that no NodeTrust names yet. */
    static final String KEEPER = "capstan-location";

    /** The cluster does not answer, or refuses the credential. */
    static final String UNREACHABLE = "LocationUnreachable";

    private final AttachedLocation location;
    private final KubernetesClient client;
    private final Watches watches;
    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<NodeTrustObject> trusts;
    private final CertificateSetKeeper sets;
    private final Runnable changed;
    private final AskedSince askedSince = new AskedSince();
    private final Map<String, Long> written = new ConcurrentHashMap<>();

    private AttachedApi(
            AttachedLocation location,
            KubernetesClient client,
            InstantSource clock,
            Duration unusedSet,
            Runnable changed) {
        this.location = location;
        this.client = client;
        this.changed = changed;
        this.sets = new CertificateSetKeeper(client, clock, unusedSet, KEEPER);
        this.watches = new Watches("location " + location.name());
        nodes = watches.start(client.nodes(), this::nodeChanged);
        trusts = watches.start(client.resources(NodeTrustObject.class), this::trustChanged);
    }

    /**
     * Begins to watch; returns when its watches hold what there is.
     *
     * @param changed told whenever a node or what is said of it changed so that it may matter
     * @throws ReconcileException if it does not answer, or is another cluster than the one that was attached
     */
    static AttachedApi open(
            AttachedLocation location,
            KubernetesClient client,
            InstantSource clock,
            Duration unusedSet,
            Runnable changed)
            throws ReconcileException, InterruptedException {
        checkCluster(location, client);
        AttachedApi api = new AttachedApi(location, client, clock, unusedSet, changed);
        try {
            api.watches.await();
        } catch (ReconcileException | InterruptedException e) {
            api.watches.close();
            throw e;
        }
        return api;
    }

    AttachedLocation location() {
        return location;
    }

    KubernetesClient client() {
        return client;
    }

    CertificateSetKeeper sets() {
        return sets;
    }

    /**
     * Asks the cluster who it is: what watches have seen does not tell that it is out of reach.
     *
     * @throws ReconcileException if it does not answer, or is another one
     */
    void check() throws ReconcileException {
        checkCluster(location, client);
    }

    /** The nodes of a pool as last seen; Windows nodes are none of any. */
    List<Node> nodes(Map<String, String> selector) {
        return nodes.getStore().list().stream()
                .filter(node ->
                        NodePools.isSelected(selector, node.getMetadata().getLabels()) && !KubeletNodes.isWindows(node))
                .toList();
    }

    /** The node as last seen. */
    @Nullable
    Node node(String name) {
        return nodes.getStore().getByKey(name);
    }

    /** The node trust as last seen. */
    @Nullable
    NodeTrustObject trust(String node) {
        return trusts.getStore().getByKey(node);
    }

    /** Every node trust as last seen. */
    List<NodeTrustObject> trusts() {
        return trusts.getStore().list();
    }

    /**
     * Tells a node what it shall trust, and what is asked of it besides, unless its NodeTrust says so already.
     *
     * @return whether it has a NodeTrust
     */
    boolean tell(String node, @Nullable String certificateSet, AskedFromOutside asked) {
        NodeTrustObject there = trust(node);
        if (there == null) {
            return false;
        }
        if (!Objects.equals(there.getSpec().certificateSet(), certificateSet)
                || !AskedFromOutside.of(there).equals(asked)
                || isStale(there)) {
            try {
                NodeTrustObject now = client.resources(NodeTrustObject.class)
                        .withName(node)
                        .patch(
                                Manifests.MERGE,
                                Patches.text(Json.object(
                                        "metadata",
                                        Json.object("annotations", asked.annotations()),
                                        "spec",
                                        Json.object("certificateSet", certificateSet))));
                written.put(node, now.getMetadata().getGeneration());
            } catch (KubernetesClientException e) {
                if (Manifests.isGone(e)) {
                    return false; // with its node; the watch says so in a moment
                }
                throw e;
            }
        }
        return true;
    }

    /**
     * Whether the node was told this set and its agent has measured that it has it.
     *
     * <p>A node without a runtime, which its agent's lane tells, cannot get further than {@code Written}.
     */
    boolean isReached(@Nullable NodeTrustObject trust, @Nullable String certificateSet) {
        if (trust == null
                || isStale(trust)
                || isOfAnother(trust)
                || !Objects.equals(trust.getSpec().certificateSet(), certificateSet)) {
            return false;
        }
        NodeTrust.Status status = trust.getStatus();
        NodeTrust.Lane lane = status == null ? null : status.lane();
        return NodeTrusts.isMeasured(
                trust,
                askedSince.of(trust),
                lane != null && lane.name().equals("None") ? NodeTrust.WRITTEN : NodeTrust.LOADED);
    }

    /** Whether it tells of a node of the same name that went; the cluster's own controller puts that right. */
    private boolean isOfAnother(NodeTrustObject trust) {
        Node node = node(trust.getMetadata().getName());
        return trust.getSpec().nodeUid() != null && (node == null || !NodeTrusts.isOf(trust, node));
    }

    /** Whether the watch has not yet seen what was written here last. */
    private boolean isStale(NodeTrustObject trust) {
        return trust.getMetadata().getGeneration()
                < written.getOrDefault(trust.getMetadata().getName(), 0L);
    }

    /** Why a cluster could not be worked on, in words, without anything of the credential. */
    static String words(ClusterEndpoint endpoint, KubernetesClientException failure) {
        if (failure.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            return endpoint.url() + " refuses the credential (401): it has ended or was taken back; give another with"
                    + " 'capstan location add' of the same name";
        }
        if (failure.getStatus() != null && failure.getStatus().getMessage() != null) {
            return endpoint.url() + ": " + failure.getStatus().getMessage();
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return endpoint.url() + " does not answer ("
                + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()) + ")";
    }

    @Override
    public void close() {
        watches.close();
        client.close();
    }

    private static void checkCluster(AttachedLocation location, KubernetesClient client) throws ReconcileException {
        Namespace system;
        try {
            system = client.namespaces().withName(Names.SECRET_NAMESPACE).get();
        } catch (KubernetesClientException e) {
            throw new ReconcileException(
                    UNREACHABLE, "location " + location.name() + ": " + words(location.endpoint(), e), e);
        }
        if (system == null || !location.uid().equals(system.getMetadata().getUid())) {
            throw new ReconcileException(
                    UNREACHABLE,
                    "location " + location.name() + ": another cluster than the one that was attached answers at "
                            + location.endpoint().url() + ": nothing is done there");
        }
    }

    private void nodeChanged(@Nullable Node before, @Nullable Node now) {
        if (before == null || now == null || !sight(before).equals(sight(now))) {
            changed.run();
        }
    }

    /** What of a node matters; a kubelet writes much more. */
    private static List<Object> sight(Node node) {
        NodeCondition ready = NodeConditions.condition(node, Names.READY);
        NodeCondition trusted = NodeConditions.condition(node, Names.NODE_CONDITION);
        return List.of(
                node.getMetadata().getUid(),
                node.getMetadata().getLabels() == null
                        ? Map.of()
                        : node.getMetadata().getLabels(),
                ready == null ? "" : ready.getStatus(),
                trusted == null ? "" : trusted.getStatus() + trusted.getMessage());
    }

    private void trustChanged(@Nullable NodeTrustObject before, @Nullable NodeTrustObject now) {
        String node =
                Objects.requireNonNull(now == null ? before : now).getMetadata().getName();
        askedSince.saw(node, before, now);
        if (now == null) {
            written.remove(node);
        }
        changed.run();
    }
}
