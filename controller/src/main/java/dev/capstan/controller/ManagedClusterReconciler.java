package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineProvider;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a managed cluster to its one object: its own API with what Capstan needs in it, the certificate set of its list,
 * and its agent pools, which are derived and can be derived again. Where its location is an attached cluster it has no API of
 * its own, and nothing of that cluster goes with it but what Capstan brought. A cluster that shall go takes its pools with it, they
 * their machines; then its API goes with everything in it. Where ARM deleted it, the object stays for a while as a
 * tombstone that says how the operation ended; a cluster created over it begins from nothing.
 */
final class ManagedClusterReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedClusterReconciler.class);

    private final Management management;
    private final ClusterAccess access;
    private final ManagedApis apis;
    private final AttachedApis attached;
    private final AttachedLocations locations;
    private final Machines machines;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final Duration tombstone;

    ManagedClusterReconciler(
            Management management,
            ClusterAccess access,
            ManagedApis apis,
            AttachedApis attached,
            AttachedLocations locations,
            Machines machines,
            WorkQueue<Key> queue,
            InstantSource clock,
            Duration tombstone) {
        this.management = management;
        this.access = access;
        this.apis = apis;
        this.attached = attached;
        this.locations = locations;
        this.machines = machines;
        this.queue = queue;
        this.clock = clock;
        this.tombstone = tombstone;
    }

    void reconcile(String name) throws Exception {
        ManagedClusterObject cluster = management.readCluster(name);
        if (cluster == null) {
            apis.close(name);
            attached.close(name);
            return;
        }
        try {
            if (cluster.isMarkedForDeletion()) {
                if (isTornDown(cluster)) {
                    Finalizers.remove(management.client(), cluster);
                }
            } else if (!ManagedClusters.isDeleted(cluster)) {
                bringUp(Finalizers.add(management.client(), cluster));
            } else if (ManagedClusters.isEnded(cluster)) {
                bury(cluster);
            } else if (isTornDown(cluster)) {
                Verdict deleted = Verdict.yes(Statuses.DELETED, "nothing of the cluster is left");
                store(cluster, Verdict.no(deleted.reason(), deleted.message()), deleted, null);
                queue.addAfter(new Key.Cluster(name), tombstone);
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
        CertificateList list;
        try {
            list = CertificateList.of(cluster.getSpec(), clock);
        } catch (ReconcileException invalid) { // only another list helps
            Verdict why = Statuses.failed(invalid);
            store(cluster, why, why, endpoint(cluster));
            return;
        }
        AttachedLocation location = locations.find(cluster.getSpec().location()).orElse(null);
        if (location != null) {
            derive(cluster, list, location, location.endpoint().url());
            return;
        }
        ClusterEndpoint endpoint = access.ensure(name);
        ManagedApi open = apis.get(name);
        if (open != null && !open.endpoint().url().equals(endpoint.url())) {
            apis.close(name);
            open = null;
        }
        ManagedApi api = open == null ? apis.prepare(name, endpoint) : open;
        api.sets().use(list);
        apis.put(api);
        if (open == null) {
            management.addPoolsOf(name);
            api.addAll();
        }
        derive(cluster, list, null, endpoint.url());
    }

    private void derive(
            ManagedClusterObject cluster, CertificateList list, @Nullable AttachedLocation location, String endpoint) {
        AgentPools.Derived pools = AgentPools.derive(management.client(), cluster, list.fingerprint(), location);
        store(cluster, ClusterVerdicts.ready(pools.wanted()), ClusterVerdicts.provisioned(cluster, pools), endpoint);
    }

    /** What remains to be done is seen from what is there; a pool that went brings the cluster back here. */
    private boolean isTornDown(ManagedClusterObject cluster) throws Exception {
        String name = cluster.getMetadata().getName();
        List<AgentPoolObject> pools = AgentPools.of(management.client(), name);
        AttachedLocation location = locations.find(cluster.getSpec().location()).orElse(null);
        if (!pools.isEmpty()) {
            toBeDeleted(pools, location)
                    .forEach(pool -> management.client().resource(pool).delete());
            pools.forEach(this::addPool);
            String words = ClusterVerdicts.waitingFor(pools);
            store(
                    cluster,
                    Verdict.no(Statuses.DELETING, words),
                    Verdict.unknown(Statuses.DELETING, words),
                    endpoint(cluster));
            return false;
        }
        for (MachineProvider provider : machines.providers()) {
            for (Machine machine : provider.list()) {
                if (machine.cluster().equals(name)) {
                    LOG.warn("machine {} of {} belongs to no pool any more; it is deleted", machine.name(), name);
                    provider.delete(machine.name());
                }
            }
        }
        if (location != null) {
            attached.release(cluster, location);
        }
        attached.close(name);
        apis.close(name);
        access.delete(name);
        return true;
    }

    /** All of them at once; in an attached cluster, where nodes lose the list one after the other, one after the other. */
    private static Stream<AgentPoolObject> toBeDeleted(
            List<AgentPoolObject> pools, @Nullable AttachedLocation location) {
        Stream<AgentPoolObject> left = pools.stream().filter(pool -> !pool.isMarkedForDeletion());
        if (location == null) {
            return left;
        }
        return pools.stream().anyMatch(AgentPoolObject::isMarkedForDeletion) ? Stream.empty() : left.limit(1);
    }

    /** Deletes a tombstone that is old enough, unless it was written again meanwhile. */
    private void bury(ManagedClusterObject cluster) {
        Condition ended = Objects.requireNonNull(Statuses.provisioned(ManagedClusters.conditions(cluster)));
        Duration left = Duration.between(
                clock.instant(), Instant.parse(ended.lastTransitionTime()).plus(tombstone));
        if (left.isPositive()) {
            queue.addAfter(new Key.Cluster(cluster.getMetadata().getName()), left);
        } else {
            management.client().resource(cluster).lockResourceVersion().delete();
        }
    }

    private void addPool(AgentPoolObject pool) {
        queue.add(new Key.Pool(pool.getMetadata().getName()));
    }

    private static @Nullable String endpoint(ManagedClusterObject cluster) {
        return cluster.getStatus() == null ? null : cluster.getStatus().endpoint();
    }

    private void storeFailure(String name, Exception failure) {
        try {
            ManagedClusterObject cluster = management.readCluster(name);
            if (cluster != null) {
                Verdict why = Statuses.failed(failure);
                store(
                        cluster,
                        why,
                        Verdict.unknown(ClusterVerdicts.workingReason(cluster), why.message()),
                        endpoint(cluster));
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void store(ManagedClusterObject cluster, Verdict ready, Verdict provisioned, @Nullable String endpoint) {
        ManagedCluster.Status before = cluster.getStatus();
        long generation = cluster.getMetadata().getGeneration();
        List<Condition> conditions =
                Statuses.of(ManagedClusters.conditions(cluster), ready, provisioned, generation, clock.instant());
        List<ManagedCluster.EndedOperation> operations = ManagedClusters.operations(cluster);
        ManagedCluster.Status status = new ManagedCluster.Status(
                generation,
                conditions,
                endpoint,
                Statuses.isEnded(conditions, generation)
                        ? Operations.ended(
                                operations,
                                cluster.getSpec().operation(),
                                Objects.requireNonNull(Statuses.provisioned(conditions), Names.PROVISIONED))
                        : operations);
        if (!status.equals(before)) {
            cluster.setStatus(status);
            management.client().resource(cluster).updateStatus();
        }
    }
}
