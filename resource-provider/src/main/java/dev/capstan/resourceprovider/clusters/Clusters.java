package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.Operation;
import dev.capstan.resources.ObjectNames;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The ManagedClusters of the management cluster, found by their ARM names. */
public final class Clusters {

    static final String TYPE = Scope.CONTAINER_SERVICE + "/managedClusters";

    private final Management management;
    private final Scope scope;
    private final InstantSource clock;

    public Clusters(Management management, Scope scope, InstantSource clock) {
        this.management = management;
        this.scope = scope;
        this.clock = clock;
    }

    static boolean isIn(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, String group) {
        return cluster.spec().resourceGroup().equalsIgnoreCase(group);
    }

    /** Every cluster that is not gone, by name. */
    List<Stored<ManagedCluster.Spec, ManagedCluster.Status>> all() {
        return sorted(withTombstones());
    }

    /** Of these clusters those that are not gone, by name. */
    static List<Stored<ManagedCluster.Spec, ManagedCluster.Status>> sorted(
            List<Stored<ManagedCluster.Spec, ManagedCluster.Status>> clusters) {
        return clusters.stream()
                .filter(cluster -> !new ClusterState(cluster).isGone())
                .sorted(Comparator.comparing(cluster -> cluster.spec().id(), String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    /** Every cluster, and what is left of those that are gone. */
    List<Stored<ManagedCluster.Spec, ManagedCluster.Status>> withTombstones() {
        return management.list(Kind.CLUSTER);
    }

    /** ARM id of a cluster at that location; empty if there is none. */
    public Optional<String> at(String location) {
        return all().stream()
                .map(cluster -> cluster.spec())
                .filter(spec -> spec.location().equals(location))
                .map(ManagedCluster.Spec::id)
                .findFirst();
    }

    String id(String group, String cluster) {
        return scope.groupId(group) + "/providers/" + TYPE + "/" + cluster;
    }

    /** The object of a request's cluster, also where it is a tombstone. */
    Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> read(Call call) {
        scope.check(call.variable("subscription"));
        return management.find(Kind.CLUSTER, ObjectNames.ofArmId(id(call.variable("group"), call.variable("cluster"))));
    }

    /** A request's cluster; empty if there is none. */
    Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> find(Call call) {
        return read(call).filter(cluster -> !new ClusterState(cluster).isGone());
    }

    /**
     * A request's cluster.
     *
     * @throws ArmFailure 404 if there is none
     */
    Stored<ManagedCluster.Spec, ManagedCluster.Status> get(Call call) {
        return find(call).orElseThrow(() -> missing(call));
    }

    /** What is said where there is none. */
    ArmFailure missing(Call call) {
        return ArmFailure.resourceNotFound(TYPE, call.variable("cluster"), call.variable("group"));
    }

    Stored<ManagedCluster.Spec, ManagedCluster.Status> create(ManagedCluster.Spec spec) throws Conflict {
        return management.create(Kind.CLUSTER, ObjectNames.ofArmId(spec.id()), spec);
    }

    Stored<ManagedCluster.Spec, ManagedCluster.Status> replace(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> read, ManagedCluster.Spec spec) throws Conflict {
        return management.replace(Kind.CLUSTER, read, spec);
    }

    /** A fresh operation. */
    Operation begin(String kind, @Nullable String pool) {
        return new Operation(UUID.randomUUID().toString(), kind, now(), pool, null);
    }

    /** Now, to the second. */
    String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
