package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.ResourceGroups;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmRequest;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Caller;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Page;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.Abort;
import dev.capstan.resources.ManagedCluster.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** Managed clusters: made, read, changed, deleted, and their operations aborted. */
final class ManagedClusters {

    private final Management management;
    private final Clusters clusters;
    private final ResourceGroups groups;
    private final ClusterSpecs specs;
    private final ClusterViews views;
    private final Operations operations;
    private final Removals removals;
    private final StoredList stored;
    private final MadeBytes<Listed> lists = new MadeBytes<>();

    /**
     * A page of a list, by all that its form depends on beside the clusters: links in it are the client's own.
     *
     * @param group empty for the clusters of all groups
     * @param link what a link of it begins with
     */
    private record Listed(String group, ApiVersion version, Caller caller, String link, Page.Asked asked) {

        static Listed of(Call call, String group) {
            ArmRequest request = call.request();
            return new Listed(
                    group,
                    call.version(),
                    request.caller(),
                    request.origin() + "/" + String.join("/", request.path()),
                    Page.Asked.of(call));
        }
    }

    ManagedClusters(
            Management management,
            Clusters clusters,
            ResourceGroups groups,
            ClusterSpecs specs,
            ClusterViews views,
            Operations operations,
            Removals removals,
            StoredList stored) {
        this.management = management;
        this.clusters = clusters;
        this.groups = groups;
        this.specs = specs;
        this.views = views;
        this.operations = operations;
        this.removals = removals;
        this.stored = stored;
    }

    List<Route> routes() {
        String type = "/providers/microsoft.containerservice/managedclusters";
        String inGroup = "/subscriptions/{subscription}/resourcegroups/{group}" + type;
        String one = inGroup + "/{cluster}";
        return List.of(
                Route.cluster("GET", "/subscriptions/{subscription}" + type, this::listAll),
                Route.cluster("GET", inGroup, this::listOfGroup),
                Route.cluster("GET", one, this::get),
                Route.cluster("PUT", one, this::put),
                Route.cluster("PATCH", one, this::patch),
                Route.cluster("DELETE", one, this::delete),
                Route.cluster("POST", one + "/abort", this::abort));
    }

    private ArmAnswer listAll(Call call) {
        groups.check(call);
        return list(call, "", cluster -> true);
    }

    private ArmAnswer listOfGroup(Call call) {
        groups.check(call);
        String group = call.variable("group");
        if (groups.find(group).isEmpty()) {
            throw ArmFailure.groupNotFound(group);
        }
        return list(call, group, cluster -> Clusters.isIn(cluster, group));
    }

    private ArmAnswer list(
            Call call, String group, Predicate<Stored<ManagedCluster.Spec, ManagedCluster.Status>> wanted) {
        var caller = call.request().caller();
        var all = clusters.withTombstones();
        byte[] bytes = lists.get(
                Listed.of(call, group),
                List.of(all, management.list(Kind.POOL)),
                () -> Page.bytes(
                        call,
                        Clusters.sorted(all).stream()
                                .filter(wanted)
                                .filter(cluster -> caller.mayRead(cluster.spec().id()))
                                .map(cluster ->
                                        new Page.Item(cluster.spec().id(), () -> views.bytes(cluster, call.version())))
                                .toList()));
        return ArmAnswer.json(bytes);
    }

    private ArmAnswer get(Call call) {
        Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> found = clusters.find(call);
        if (found.isEmpty() && groups.find(call.variable("group")).isEmpty()) {
            throw ArmFailure.groupNotFound(call.variable("group"));
        }
        Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = found.orElseThrow(() -> clusters.missing(call));
        ArmAnswer answer =
                ArmAnswer.json(views.bytes(cluster, call.version())).with("ETag", '"' + cluster.eTag() + '"');
        return new ClusterState(cluster).isBusy() ? answer.askAgain() : answer;
    }

    private ArmAnswer put(Call call) {
        ObjectNode body = call.body();
        return management.commit(() -> {
            Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> there = clusters.read(call);
            boolean isNew =
                    there.map(cluster -> new ClusterState(cluster).isGone()).orElse(true);
            var group = groups.open(call.variable("group")).spec();
            Preconditions.check(
                    call.request(), isNew ? null : there.orElseThrow().eTag());
            Stored<ManagedCluster.Spec, ManagedCluster.Status> written;
            if (isNew) {
                String name = call.variable("cluster");
                var identity = new ClusterSpecs.Identity(
                        clusters.id(group.name(), name), group.name(), name, group.location());
                var spec = specs.created(identity, body, call.version(), clusters.begin(ClusterState.CREATE, null));
                written = there.isEmpty() ? clusters.create(spec) : clusters.replace(there.get(), spec);
            } else {
                var cluster = there.orElseThrow();
                checkWritable(cluster);
                var spec =
                        specs.updated(cluster.spec(), body, call.version(), clusters.begin(ClusterState.UPDATE, null));
                written = clusters.replace(
                        cluster,
                        removals.judged(cluster, spec, call.request().caller().name()));
            }
            if (isNew) {
                groups.open(call.variable("group")); // one that began to go meanwhile takes the cluster with it
            }
            ManagedCluster.Spec before = isNew ? null : there.orElseThrow().spec();
            return stored.audited(
                    specs.warned(begun(call, isNew ? 201 : 200, written), body, before, written.spec()),
                    before,
                    written.spec());
        });
    }

    private ArmAnswer patch(Call call) {
        ObjectNode body = call.body();
        for (String property : body.propertyStream().map(Map.Entry::getKey).toList()) {
            if (!property.equals("tags")) {
                throw ArmFailure.badRequest(
                        "InvalidParameter",
                        "PATCH of a managed cluster changes its tags and nothing else; the body has '" + property
                                + "'. Send the whole cluster with PUT.");
            }
        }
        JsonNode tags = body.path("tags");
        return management.commit(() -> {
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
            Preconditions.check(call.request(), cluster.eTag());
            checkWritable(cluster);
            ObjectNode change = Json.object();
            change.set("tags", tags.isMissingNode() ? Json.object().nullNode() : tags);
            var spec = specs.updated(cluster.spec(), change, call.version(), clusters.begin(ClusterState.UPDATE, null));
            return stored.audited(begun(call, 200, clusters.replace(cluster, spec)), cluster.spec(), cluster.spec());
        });
    }

    /**
     * Nothing happens where nothing runs and the cluster is not stopped.
     *
     * @throws ArmFailure 409 otherwise
     */
    static void checkWritable(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        ClusterState state = new ClusterState(cluster);
        state.checkIdle();
        state.checkRunning("updating");
    }

    private ArmAnswer begun(Call call, int status, Stored<ManagedCluster.Spec, ManagedCluster.Status> written) {
        ArmAnswer answer = ArmAnswer.of(status, views.cluster(written, call.version()));
        Operation operation = written.spec().operation();
        return operation == null
                ? answer
                : Removals.warned(operations.begun(call, answer, written.spec(), operation.id()), written.spec());
    }

    private ArmAnswer delete(Call call) {
        return management.commit(() -> {
            Optional<Stored<ManagedCluster.Spec, ManagedCluster.Status>> there = clusters.find(call);
            if (there.isEmpty()) {
                return ArmAnswer.empty(204);
            }
            var cluster = there.get();
            Preconditions.check(call.request(), cluster.eTag());
            Operation running = cluster.spec().operation();
            ClusterState state = new ClusterState(cluster);
            if (running != null && state.isBeingDeleted() && running.kind().equals(ClusterState.DELETE)) {
                return operations.accepted(call, cluster.spec(), running.id());
            }
            state.checkIdle();
            Operation operation = clusters.begin(ClusterState.DELETE, null);
            clusters.replace(cluster, cluster.spec().with(operation));
            return stored.audited(operations.accepted(call, cluster.spec(), operation.id()), cluster.spec(), null);
        });
    }

    private ArmAnswer abort(Call call) {
        return management.commit(() -> abort(call, clusters.get(call)));
    }

    /** Asks the operation that runs to end where it stands; asked twice, it is the same abort. */
    ArmAnswer abort(Call call, Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) throws Conflict {
        Preconditions.check(call.request(), cluster.eTag());
        Operation running = cluster.spec().operation();
        ClusterState state = new ClusterState(cluster);
        if (running == null || !state.isBusy()) {
            throw ArmFailure.notAllowed("There is no operation in progress that could be aborted.");
        }
        if (state.isDeletion()) {
            throw ArmFailure.notAllowed("The "
                    + (state.isBeingDeleted() ? "managed cluster" : "agent pool '" + running.agentPool() + "'")
                    + " is being deleted, and a deletion cannot be aborted.");
        }
        Abort there = running.abort();
        if (there != null) {
            return operations.accepted(call, cluster.spec(), there.id());
        }
        var abort = new Abort(UUID.randomUUID().toString(), clusters.now());
        var operation = new Operation(
                running.id(), running.kind(), running.started(), running.agentPool(), abort, running.removal());
        clusters.replace(cluster, cluster.spec().with(operation));
        return operations.accepted(call, cluster.spec(), abort.id());
    }
}
