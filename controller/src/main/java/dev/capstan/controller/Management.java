package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The management cluster's API: a client and what its watches have seen of ManagedClusters and AgentPools. What is seen
 * may be old by a moment; before anything is made or deleted on its word, the object is read again.
 */
final class Management implements AutoCloseable {

    private static final String BY_MACHINE = "machine";

    private final KubernetesClient client;
    private final WorkQueue<Key> queue;
    private final Watches watches = new Watches("the management cluster");
    private final SharedIndexInformer<ManagedClusterObject> clusters;
    private final SharedIndexInformer<AgentPoolObject> pools;

    private Management(KubernetesClient client, WorkQueue<Key> queue) {
        this.client = client;
        this.queue = queue;
        clusters = watches.start(client.resources(ManagedClusterObject.class), (before, now) -> {
            if (isAskedAnew(before, now)) {
                queue.add(new Key.Cluster(nameOf(before, now)));
            }
        });
        pools = watches.start(
                client.resources(AgentPoolObject.class),
                Map.of(BY_MACHINE, Management::machineKeys),
                this::poolChanged);
    }

    /** Starts the watches; returns when they hold what there is. */
    static Management open(KubernetesClient client, WorkQueue<Key> queue)
            throws ReconcileException, InterruptedException {
        Management management = new Management(client, queue);
        try {
            management.watches.await();
        } catch (ReconcileException | InterruptedException e) {
            management.watches.close();
            throw e;
        }
        return management;
    }

    KubernetesClient client() {
        return client;
    }

    /** Gives every cluster and every pool a turn. */
    void addAll() {
        clusters.getStore()
                .list()
                .forEach(cluster ->
                        queue.add(new Key.Cluster(cluster.getMetadata().getName())));
        pools.getStore()
                .list()
                .forEach(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
    }

    /** The pool that has recorded this machine, as last seen. */
    Optional<AgentPoolObject> poolOf(String cluster, String machine) {
        return pools.getIndexer().byIndex(BY_MACHINE, cluster + "/" + machine).stream()
                .findFirst();
    }

    /** The pool that has recorded this machine, read now. */
    Optional<AgentPoolObject> readPoolOf(String cluster, String machine) {
        return client.resources(AgentPoolObject.class).list().getItems().stream()
                .filter(pool -> machineKeys(pool).contains(cluster + "/" + machine))
                .findFirst();
    }

    /** The cluster, read now. */
    @Nullable
    ManagedClusterObject readCluster(String name) {
        return client.resources(ManagedClusterObject.class).withName(name).get();
    }

    /** The pool, read now. */
    @Nullable
    AgentPoolObject readPool(String name) {
        return client.resources(AgentPoolObject.class).withName(name).get();
    }

    @Override
    public void close() {
        watches.close();
        client.close();
    }

    static List<MachineRecord> machines(AgentPoolObject pool) {
        AgentPool.Status status = pool.getStatus();
        return status == null ? List.of() : status.machines();
    }

    private static List<String> machineKeys(AgentPoolObject pool) {
        return machines(pool).stream()
                .map(machine -> pool.getSpec().cluster() + "/" + machine.name())
                .toList();
    }

    private void poolChanged(@Nullable AgentPoolObject before, @Nullable AgentPoolObject now) {
        AgentPoolObject pool = Objects.requireNonNull(now == null ? before : now);
        if (isAskedAnew(before, now)) {
            queue.add(new Key.Pool(pool.getMetadata().getName()));
        }
        String cluster = pool.getSpec().cluster();
        queue.add(new Key.Cluster(cluster));
        for (AgentPoolObject side : new @Nullable AgentPoolObject[] {before, now}) {
            if (side != null) {
                machines(side).forEach(machine -> queue.add(new Key.NodeOf(cluster, machine.name())));
            }
        }
    }

    /** Whether more changed than the status, which the controller itself writes. */
    private static boolean isAskedAnew(@Nullable HasMetadata before, @Nullable HasMetadata now) {
        return before == null
                || now == null
                || !Objects.equals(
                        before.getMetadata().getGeneration(), now.getMetadata().getGeneration())
                || !Objects.equals(
                        before.getMetadata().getDeletionTimestamp(),
                        now.getMetadata().getDeletionTimestamp());
    }

    private static String nameOf(@Nullable HasMetadata before, @Nullable HasMetadata now) {
        return Objects.requireNonNull(now == null ? before : now).getMetadata().getName();
    }
}
