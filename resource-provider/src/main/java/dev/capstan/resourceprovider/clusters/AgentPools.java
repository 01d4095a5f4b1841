package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Page;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ManagedCluster.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Agent pools. A pool is a profile of its cluster, so that every change of one is a write of the cluster; its eTag is the
 * cluster's.
 */
final class AgentPools {

    static final String TYPE = Clusters.TYPE + "/agentPools";

    private final Management management;
    private final Clusters clusters;
    private final ClusterSpecs specs;
    private final ClusterViews views;
    private final Operations operations;
    private final ManagedClusters managedClusters;
    private final Removals removals;
    private final AttachedRules attached;

    AgentPools(
            Management management,
            Clusters clusters,
            ClusterSpecs specs,
            ClusterViews views,
            Operations operations,
            ManagedClusters managedClusters,
            Removals removals,
            AttachedRules attached) {
        this.management = management;
        this.clusters = clusters;
        this.specs = specs;
        this.views = views;
        this.operations = operations;
        this.managedClusters = managedClusters;
        this.removals = removals;
        this.attached = attached;
    }

    List<Route> routes() {
        String all = "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                + "/managedclusters/{cluster}/agentpools";
        String one = all + "/{pool}";
        return List.of(
                Route.cluster("GET", all, this::list),
                Route.cluster("GET", one, this::get),
                Route.cluster("PUT", one, this::put),
                Route.cluster("DELETE", one, this::delete),
                Route.cluster("POST", one + "/abort", this::abort),
                Route.cluster("POST", one + "/upgradenodeimageversion", this::upgradeNodeImage));
    }

    private ArmAnswer list(Call call) {
        return Page.of(call, views.poolsOf(clusters.get(call), call.version()));
    }

    private ArmAnswer get(Call call) {
        Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
        ArmAnswer answer = ArmAnswer.ok(views.pool(cluster, profile(call, cluster), call.version()))
                .with("ETag", '"' + cluster.eTag() + '"');
        return new ClusterState(cluster).isBusy() ? answer.askAgain() : answer;
    }

    private static Optional<AgentPoolProfile> find(
            Call call, Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        return ClusterSpecs.find(cluster.spec().agentPoolProfiles(), call.variable("pool"));
    }

    static AgentPoolProfile profile(Call call, Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        return find(call, cluster)
                .orElseThrow(() -> ArmFailure.resourceNotFound(
                        Clusters.TYPE,
                        call.variable("cluster") + "/agentPools/" + call.variable("pool"),
                        call.variable("group")));
    }

    private ArmAnswer put(Call call) {
        ObjectNode body = call.body();
        ObjectNode given = Json.child(body, "properties");
        return management.commit(() -> {
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
            Optional<AgentPoolProfile> present = find(call, cluster);
            Preconditions.check(call.request(), present.isEmpty() ? null : cluster.eTag());
            ManagedClusters.checkWritable(cluster);
            Problems problems = new Problems();
            ObjectNode properties = given == null ? Json.object() : given;
            var profiles = specs.profiles(cluster.spec().location(), call.version(), problems);
            AgentPoolProfile wanted = profiles.powered(
                    profiles.merge(present.orElse(null), call.variable("pool"), properties, PoolProfiles.USER),
                    properties);
            List<AgentPoolProfile> pools = new ArrayList<>(cluster.spec().agentPoolProfiles());
            if (present.isEmpty()) {
                pools.add(wanted);
            } else {
                pools.set(pools.indexOf(present.get()), wanted);
            }
            Operation operation = clusters.begin(kind(present, wanted), wanted.name());
            var spec = specs.withPools(cluster.spec(), pools, operation, problems);
            var written = clusters.replace(
                    cluster,
                    removals.judged(cluster, spec, call.request().caller().name()));
            ArmAnswer answer = ArmAnswer.of(present.isEmpty() ? 201 : 200, views.pool(written, wanted, call.version()));
            return Removals.warned(operations.begun(call, answer, written.spec(), operation.id()), written.spec());
        });
    }

    private static String kind(Optional<AgentPoolProfile> present, AgentPoolProfile wanted) {
        if (present.isEmpty()) {
            return ClusterState.CREATE_POOL;
        }
        if (present.get().isStopped() == wanted.isStopped()) {
            return ClusterState.UPDATE_POOL;
        }
        return wanted.isStopped() ? ClusterState.STOP : ClusterState.START;
    }

    /**
     * Makes the pool's machines anew from the location's present image, within the limits of every model update; also where
     * the version is the same, since what was changed on them by hand goes with them.
     */
    private ArmAnswer upgradeNodeImage(Call call) {
        return management.commit(() -> {
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
            AgentPoolProfile present = profile(call, cluster);
            Preconditions.check(call.request(), cluster.eTag());
            ManagedClusters.checkWritable(cluster);
            attached.refuse(cluster.spec(), "given another image");
            Operation operation = clusters.begin(ClusterState.UPGRADE_IMAGE, present.name());
            List<AgentPoolProfile> pools = new ArrayList<>(cluster.spec().agentPoolProfiles());
            pools.set(pools.indexOf(present), present.upgradedBy(operation.id()));
            clusters.replace(cluster, cluster.spec().with(pools, operation));
            return operations.accepted(call, cluster.spec(), operation.id());
        });
    }

    private ArmAnswer delete(Call call) {
        return management.commit(() -> {
            Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> there = clusters.find(call);
            Optional<AgentPoolProfile> present = there.flatMap(cluster -> find(call, cluster));
            if (there.isEmpty() || present.isEmpty()) {
                return ArmAnswer.empty(204);
            }
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = there.get();
            Preconditions.check(call.request(), cluster.eTag());
            ManagedClusters.checkWritable(cluster);
            List<AgentPoolProfile> pools = new ArrayList<>(cluster.spec().agentPoolProfiles());
            pools.remove(present.get());
            Problems problems = new Problems();
            if (pools.isEmpty()) {
                problems.add(new Problem(
                        "OperationNotAllowed",
                        "The last agent pool of a cluster cannot be deleted; delete the cluster instead.",
                        null));
                problems.check();
            }
            Operation operation =
                    clusters.begin(ClusterState.DELETE_POOL, present.get().name());
            clusters.replace(cluster, specs.withPools(cluster.spec(), pools, operation, problems));
            return operations.accepted(call, cluster.spec(), operation.id());
        });
    }

    /** Aborts the operation that is about this pool. */
    private ArmAnswer abort(Call call) {
        return management.commit(() -> {
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
            Operation running = cluster.spec().operation();
            String pool = running == null ? null : running.agentPool();
            if (pool == null || !pool.equalsIgnoreCase(call.variable("pool"))) {
                // It need not be among the profiles when it is being deleted, and then the operation is about it.
                profile(call, cluster);
            }
            if (running != null
                    && new ClusterState(cluster).isBusy()
                    && !call.variable("pool").equalsIgnoreCase(pool)) {
                throw ArmFailure.notAllowed("The operation in progress (operation ID: " + running.id()
                        + ") is not about this agent pool. "
                        + (pool == null
                                ? "Abort it with 'aks operation-abort'."
                                : "It is about '" + pool + "': abort it with 'aks nodepool operation-abort' there."));
            }
            return managedClusters.abort(call, cluster);
        });
    }
}
