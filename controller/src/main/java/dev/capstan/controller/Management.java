package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ObjectNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The management cluster's API: a client and what its watches have seen of ManagedClusters, AgentPools and ResourceGroups. What is seen
 * may be old by a moment; before anything is made or deleted on its word, the object is read again.
 */
final class Management implements AutoCloseable {

    private static final String BY_MACHINE = "machine";

    private final KubernetesClient client;
    private final WorkQueue<Key> queue;
    private final Duration unusedSet;
    private final Watches watches = new Watches("the management cluster");
    private final SharedIndexInformer<ManagedClusterObject> clusters;
    private final SharedIndexInformer<AgentPoolObject> pools;
    private final SharedIndexInformer<ResourceGroupObject> groups;

    private Management(KubernetesClient client, WorkQueue<Key> queue, Duration unusedSet) {
        this.client = client;
        this.queue = queue;
        this.unusedSet = unusedSet;
        groups = watches.start(client.resources(ResourceGroupObject.class), (before, now) -> {
            if (isAskedAnew(before, now)) {
                queue.add(new Key.Group(nameOf(before, now)));
            }
        });
        clusters = watches.start(client.resources(ManagedClusterObject.class), (before, now) -> {
            if (isAskedAnew(before, now)) {
                queue.add(new Key.Cluster(nameOf(before, now)));
            }
            clusterOfGroupChanged(Objects.requireNonNull(now == null ? before : now));
        });
        pools = watches.start(
                client.resources(AgentPoolObject.class),
                Map.of(BY_MACHINE, Management::machineKeys),
                this::poolChanged);
    }

    /**
     * Starts the watches; returns when they hold what there is.
     *
     * @param unusedSet how long a certificate set is kept after its last use
     */
    static Management open(KubernetesClient client, WorkQueue<Key> queue, Duration unusedSet)
            throws ReconcileException, InterruptedException {
        Management management = new Management(client, queue, unusedSet);
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

    /** Gives every cluster, every pool and every group a turn. */
    void addAll() {
        clusters.getStore()
                .list()
                .forEach(cluster ->
                        queue.add(new Key.Cluster(cluster.getMetadata().getName())));
        pools.getStore()
                .list()
                .forEach(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
        groups.getStore()
                .list()
                .forEach(group -> queue.add(new Key.Group(group.getMetadata().getName())));
    }

    /** Gives every pool of a cluster a turn. */
    void addPoolsOf(String cluster) {
        pools.getStore().list().stream()
                .filter(pool -> pool.getSpec().cluster().equals(cluster))
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

    /** Whether the cluster, and with it everything in its API, is about to go. */
    boolean isGoing(String name) {
        ManagedClusterObject cluster = readCluster(name);
        return cluster == null || cluster.isMarkedForDeletion() || ManagedClusters.isDeleted(cluster);
    }

    /** The resource group, read now. */
    @Nullable
    ResourceGroupObject readGroup(String name) {
        return client.resources(ResourceGroupObject.class).withName(name).get();
    }

    /** Every cluster, read now. */
    List<ManagedClusterObject> readClusters() {
        return client.resources(ManagedClusterObject.class).list().getItems();
    }

    /** Fingerprints that the pools of a cluster and their machines name, read now. */
    Set<String> namedSets(String cluster) {
        return AgentPools.of(client, cluster).stream()
                .flatMap(pool -> namedSets(pool).stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> namedSets(AgentPoolObject pool) {
        return Stream.concat(
                        Stream.ofNullable(pool.getSpec().certificateSet()),
                        machines(pool).stream().map(MachineRecord::certificateSet))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
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

    /** A group that is being deleted waits for its clusters. */
    private void clusterOfGroupChanged(ManagedClusterObject cluster) {
        String name =
                ObjectNames.ofArmId(ManagedClusters.groupId(cluster.getSpec().id()));
        ResourceGroupObject group = groups.getStore().getByKey(name);
        if (group != null && group.getSpec().operation() != null) {
            queue.add(new Key.Group(name));
        }
    }

    private void poolChanged(@Nullable AgentPoolObject before, @Nullable AgentPoolObject now) {
        AgentPoolObject pool = Objects.requireNonNull(now == null ? before : now);
        if (isAskedAnew(before, now)) {
            queue.add(new Key.Pool(pool.getMetadata().getName()));
        }
        String cluster = pool.getSpec().cluster();
        queue.add(new Key.Cluster(cluster));
        queue.add(new Key.Guard(cluster));
        queue.add(new Key.Restarts(cluster));
        if (before != null && (now == null || !namedSets(now).containsAll(namedSets(before)))) {
            queue.addAfter(new Key.Garbage(cluster), unusedSet);
        }
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
