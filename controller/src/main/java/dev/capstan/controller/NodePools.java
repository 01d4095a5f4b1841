package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The AgentPools of a cluster that select its nodes by their labels. A node is of the one pool whose selector matches; of
 * several the one counts whose name comes first. A node of none is its label's business. What changes in a pool gives every
 * node a turn: which nodes it selected before, nobody has to remember.
 */
final class NodePools implements AutoCloseable {

    private final ManagedApi api;
    private final WorkQueue<Key> queue;
    private final Watches watches = new Watches("the agent pools");
    private final SharedIndexInformer<AgentPoolObject> pools;
    private final Map<String, String> poolOfNode = new ConcurrentHashMap<>();

    private NodePools(ManagedApi api, WorkQueue<Key> queue) {
        this.api = api;
        this.queue = queue;
        pools = watches.start(api.client().resources(AgentPoolObject.class), this::changed);
    }

    /** Starts the watch; returns when it holds what there is. */
    static NodePools open(ManagedApi api, WorkQueue<Key> queue) throws ReconcileException, InterruptedException {
        NodePools pools = new NodePools(api, queue);
        try {
            pools.watches.await();
        } catch (ReconcileException | InterruptedException e) {
            pools.close();
            throw e;
        }
        return pools;
    }

    /** Gives every pool a turn. */
    void addAll() {
        pools.getStore()
                .list()
                .forEach(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
    }

    /** The pool as last seen; null where there is none of that name that selects nodes. */
    @Nullable
    AgentPoolObject pool(String name) {
        AgentPoolObject pool = pools.getStore().getByKey(name);
        return pool != null && selects(pool) ? pool : null;
    }

    /** The pool of a node, as both were last seen. */
    Optional<AgentPoolObject> of(String node) {
        Node there = api.node(node);
        return there == null ? Optional.empty() : matching(there).stream().findFirst();
    }

    /** Every pool that selects the node; the first one counts. */
    List<AgentPoolObject> matching(Node node) {
        return matching(pools.getStore().list(), node.getMetadata().getLabels());
    }

    /** Every node of the cluster, as last seen. */
    List<Node> nodes() {
        return api.nodes();
    }

    /** Takes note of the pool that a node turned out to be of; pools that won or lost it count anew. */
    void sawNode(String node, @Nullable String pool) {
        String before = pool == null ? poolOfNode.remove(node) : poolOfNode.put(node, pool);
        if (!Objects.equals(before, pool)) {
            for (String name : new @Nullable String[] {before, pool}) {
                if (name != null) {
                    queue.add(new Key.Pool(name));
                }
            }
            queue.add(new Key.Guard(api.cluster()));
            queue.add(new Key.Restarts(api.cluster()));
        }
    }

    @Override
    public void close() {
        watches.close();
    }

    /** Those of the pools that select a node with these labels, by name. */
    static List<AgentPoolObject> matching(List<AgentPoolObject> pools, @Nullable Map<String, String> labels) {
        return pools.stream()
                .filter(NodePools::selects)
                .filter(pool -> isSelected(pool.selector(), labels))
                .sorted(Comparator.comparing(pool -> pool.getMetadata().getName()))
                .toList();
    }

    private static boolean selects(AgentPoolObject pool) {
        AgentPool.Spec spec = pool.getSpec();
        return spec.nodeSelector() != null && spec.cluster().isEmpty() && !pool.isMarkedForDeletion();
    }

    /** Whether a node with these labels has all that a selector names. */
    static boolean isSelected(Map<String, String> selector, @Nullable Map<String, String> labels) {
        return (labels == null ? Map.<String, String>of() : labels).entrySet().containsAll(selector.entrySet());
    }

    private void changed(@Nullable AgentPoolObject before, @Nullable AgentPoolObject now) {
        AgentPoolObject pool = Objects.requireNonNull(now == null ? before : now);
        boolean onlyStatus = before != null
                && now != null
                && Objects.equals(
                        before.getMetadata().getGeneration(), now.getMetadata().getGeneration())
                && before.isMarkedForDeletion() == now.isMarkedForDeletion();
        if (!onlyStatus) {
            queue.add(new Key.Pool(pool.getMetadata().getName()));
            api.addNodes();
            queue.add(new Key.Guard(api.cluster()));
            queue.add(new Key.Restarts(api.cluster()));
        }
    }
}
