package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineProvider;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a managed cluster to its one object: its own API with what Capstan needs in it, the certificate set of its list,
 * and its agent pools, which are derived and can be derived again. A cluster that shall go takes its pools with it, they
 * their machines; then its API goes with everything in it, and its object last.
 */
final class ManagedClusterReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedClusterReconciler.class);

    private final Management management;
    private final ClusterAccess access;
    private final ManagedApis apis;
    private final Machines machines;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;

    ManagedClusterReconciler(
            Management management,
            ClusterAccess access,
            ManagedApis apis,
            Machines machines,
            WorkQueue<Key> queue,
            InstantSource clock) {
        this.management = management;
        this.access = access;
        this.apis = apis;
        this.machines = machines;
        this.queue = queue;
        this.clock = clock;
    }

    void reconcile(String name) throws Exception {
        ManagedClusterObject cluster = management.readCluster(name);
        if (cluster == null) {
            apis.close(name);
            return;
        }
        try {
            if (cluster.isMarkedForDeletion()) {
                delete(cluster);
            } else {
                bringUp(Finalizers.add(management.client(), cluster));
            }
        } catch (Exception e) {
            if (!Manifests.isConflict(e) && !(e instanceof InterruptedException)) {
                storeFailure(name, e);
            }
            throw e;
        }
    }

    private void bringUp(ManagedClusterObject cluster) throws Exception {
        String name = cluster.getMetadata().getName();
        CertificateList list = CertificateList.of(cluster.getSpec(), clock);
        ClusterEndpoint endpoint = access.ensure(name);
        ManagedApi open = apis.get(name);
        if (open != null && !open.endpoint().url().equals(endpoint.url())) {
            apis.close(name);
            open = null;
        }
        ManagedApi api = open == null ? apis.prepare(name, endpoint) : open;
        api.sets().use(list);
        apis.put(api);
        List<AgentPoolObject> pools = AgentPools.derive(management.client(), cluster);
        if (!api.sets().isAnnounced()) {
            pools.forEach(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
            api.addAll();
            api.sets().announced();
        }
        store(cluster, verdict(pools), endpoint.url());
    }

    /** What remains to be done is seen from what is there; a pool that went brings the cluster back here. */
    private void delete(ManagedClusterObject cluster) throws Exception {
        String name = cluster.getMetadata().getName();
        List<AgentPoolObject> pools = AgentPools.of(management.client(), name);
        if (!pools.isEmpty()) {
            pools.stream()
                    .filter(pool -> !pool.isMarkedForDeletion())
                    .forEach(pool -> management.client().resource(pool).delete());
            pools.forEach(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
            store(cluster, Verdict.no("Deleting", "waiting for its pools to go" + troubles(pools)), endpoint(cluster));
            return;
        }
        for (MachineProvider provider : machines.providers()) {
            for (Machine machine : provider.list()) {
                if (machine.cluster().equals(name)) {
                    LOG.warn("machine {} of {} belongs to no pool any more; it is deleted", machine.name(), name);
                    provider.delete(machine.name());
                }
            }
        }
        apis.close(name);
        access.delete(name);
        Finalizers.remove(management.client(), cluster);
    }

    private static Verdict verdict(List<AgentPoolObject> pools) {
        List<String> waiting = new ArrayList<>();
        for (AgentPoolObject pool : pools) {
            Condition ready = ready(pool);
            if (ready == null || ready.observedGeneration() < pool.getMetadata().getGeneration()) {
                waiting.add("pool " + pool.getSpec().name() + ": not yet looked at");
            } else if (!ready.status().equals("True")) {
                waiting.add("pool " + pool.getSpec().name() + ": " + ready.message());
            }
        }
        return waiting.isEmpty()
                ? Verdict.yes("PoolsReady", "every pool has its nodes, ready")
                : Verdict.no("PoolsNotReady", String.join("; ", waiting));
    }

    private static String troubles(List<AgentPoolObject> pools) {
        StringBuilder text = new StringBuilder();
        pools.forEach(pool -> {
            Condition ready = ready(pool);
            if (ready != null && ready.reason().equals(AgentPoolReconciler.FAILED)) {
                text.append("; pool ")
                        .append(pool.getSpec().name())
                        .append(": ")
                        .append(ready.message());
            }
        });
        return text.toString();
    }

    private static @Nullable Condition ready(AgentPoolObject pool) {
        return pool.getStatus() == null ? null : Statuses.of(pool.getStatus().conditions());
    }

    private static @Nullable String endpoint(ManagedClusterObject cluster) {
        return cluster.getStatus() == null ? null : cluster.getStatus().endpoint();
    }

    private void storeFailure(String name, Exception failure) {
        try {
            ManagedClusterObject cluster = management.readCluster(name);
            if (cluster != null) {
                store(cluster, Statuses.failed(failure), endpoint(cluster));
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void store(ManagedClusterObject cluster, Verdict verdict, @Nullable String endpoint) {
        ManagedCluster.Status before = cluster.getStatus();
        long generation = cluster.getMetadata().getGeneration();
        ManagedCluster.Status status = new ManagedCluster.Status(
                generation,
                Statuses.ready(before == null ? List.of() : before.conditions(), verdict, generation, clock.instant()),
                endpoint,
                List.of());
        if (!status.equals(before)) {
            cluster.setStatus(status);
            management.client().resource(cluster).updateStatus();
        }
    }
}
