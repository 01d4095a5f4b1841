package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.Progress;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.ModelUpdate;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.EndedOperation;
import dev.capstan.resources.ManagedCluster.Operation;
import dev.capstan.resources.Names;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Long-running operations as clients poll them. None is an object of its own: an operation is the one in a cluster's
 * spec, the abort of that one, or one of those that its status remembers as ended.
 */
final class Operations {

    private static final String IN_PROGRESS = "InProgress";
    private static final String SUCCEEDED = "Succeeded";

    private final Management management;
    private final Scope scope;
    private final Clusters clusters;
    private final ClusterViews views;

    Operations(Management management, Scope scope, Clusters clusters, ClusterViews views) {
        this.management = management;
        this.scope = scope;
        this.clusters = clusters;
        this.views = views;
    }

    /** An operation found: as it is if it ended, or what there is to say of one that runs. */
    private record Found(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, EndedOperation operation, boolean isRunning) {}

    List<Route> routes() {
        String location = "/subscriptions/{subscription}/providers/microsoft.containerservice/locations/{location}";
        String cluster = "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                + "/managedclusters/{cluster}";
        return List.of(
                Route.cluster("GET", cluster + "/operations", this::ofCluster),
                Route.cluster("GET", cluster + "/operations/{operation}", call -> answer(inCluster(call))),
                Route.cluster("GET", cluster + "/agentpools/{pool}/operations/{operation}", this::getOfPool),
                Route.arm("GET", location + "/operations/{operation}", call -> answer(find(call))),
                Route.arm("GET", location + "/operationresults/{operation}", this::result));
    }

    /** The answer of a request that began an operation: with the place to ask how it stands. */
    ArmAnswer begun(Call call, ArmAnswer answer, ManagedCluster.Spec spec, String operation) {
        return answer.with("Azure-AsyncOperation", call.url(path(spec, "operations", operation)))
                .askAgain();
    }

    /** The same of a request that answers without a body: with the place to ask for a result, too. */
    ArmAnswer accepted(Call call, ManagedCluster.Spec spec, String operation) {
        return begun(call, ArmAnswer.empty(202), spec, operation)
                .with("Location", call.url(path(spec, "operationresults", operation)));
    }

    private String path(ManagedCluster.Spec spec, String kind, String operation) {
        return scope.providerId(Scope.CONTAINER_SERVICE) + "/locations/" + ClusterSpecs.location(spec) + "/" + kind
                + "/" + operation;
    }

    private Found find(Call call) {
        scope.check(call.variable("subscription"));
        String id = call.variable("operation");
        return clusters.withTombstones().stream()
                .filter(cluster ->
                        call.request().caller().mayRead(cluster.spec().id()))
                .flatMap(cluster -> find(cluster, id).stream())
                .findFirst()
                .orElseThrow(() -> unknown(id));
    }

    private static ArmFailure unknown(String id) {
        return ArmFailure.of(
                404,
                "OperationNotFound",
                "The operation '" + id + "' is unknown, or ended so long ago that it was forgotten.");
    }

    /** The SDKs' {@code operation_status_result.list}: what is remembered, the newest first. */
    private ArmAnswer ofCluster(Call call) {
        var cluster = clusters.get(call);
        Set<String> ids = new LinkedHashSet<>();
        Operation operation = cluster.spec().operation();
        if (operation != null && operation.abort() != null) {
            ids.add(operation.abort().id());
        }
        if (operation != null) {
            ids.add(operation.id());
        }
        if (cluster.status() != null) {
            cluster.status().operations().stream()
                    .sorted(Comparator.comparing(EndedOperation::started).reversed())
                    .forEach(ended -> ids.add(ended.id()));
        }
        ArrayNode all = Json.array();
        ids.forEach(id -> find(cluster, id).ifPresent(found -> all.add(view(found))));
        return ArmAnswer.ok(Json.object().set("value", all));
    }

    private Found inCluster(Call call) {
        String id = call.variable("operation");
        return find(clusters.get(call), id).orElseThrow(() -> unknown(id));
    }

    /** An operation of a pool; which pool an ended one was about is not remembered. */
    private ArmAnswer getOfPool(Call call) {
        Found found = inCluster(call);
        String pool = AgentPools.profile(call, found.cluster()).name();
        Operation operation = found.cluster().spec().operation();
        boolean isAnothers = operation != null
                && operation.id().equalsIgnoreCase(found.operation().id())
                && operation.agentPool() != null
                && !operation.agentPool().equalsIgnoreCase(pool);
        if (isAnothers) {
            throw unknown(call.variable("operation"));
        }
        return answer(found);
    }

    private static Optional<Found> find(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, String id) {
        ManagedCluster.Status status = cluster.status();
        if (status != null) {
            for (EndedOperation ended : status.operations()) {
                if (ended.id().equalsIgnoreCase(id)) {
                    return Optional.of(new Found(cluster, ended, false));
                }
            }
        }
        Operation operation = cluster.spec().operation();
        if (operation == null) {
            return Optional.empty();
        }
        Progress progress = new ClusterState(cluster).progress();
        if (operation.id().equalsIgnoreCase(id)) {
            return Optional.of(found(cluster, id, operation.kind(), operation.started(), progress));
        }
        if (operation.abort() != null && operation.abort().id().equalsIgnoreCase(id)) {
            return Optional.of(found(cluster, id, "Abort", operation.abort().requested(), progress));
        }
        return Optional.empty();
    }

    private static Found found(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            String id,
            String kind,
            String started,
            Progress progress) {
        Condition condition = progress.condition();
        String result = progress.result();
        if (condition == null || result == null) {
            return new Found(cluster, new EndedOperation(id, kind, started, "", IN_PROGRESS, null, null), true);
        }
        boolean isGood = result.equals(SUCCEEDED) || kind.equals("Abort");
        return new Found(
                cluster,
                new EndedOperation(
                        id,
                        kind,
                        started,
                        condition.lastTransitionTime(),
                        isGood ? SUCCEEDED : result,
                        isGood ? null : condition.reason(),
                        isGood ? null : condition.message()),
                false);
    }

    private ArmAnswer answer(Found found) {
        ArmAnswer answer = ArmAnswer.ok(view(found));
        return found.isRunning() ? answer.askAgain() : answer;
    }

    private ObjectNode view(Found found) {
        EndedOperation operation = found.operation();
        List<Stored<AgentPool.Spec, AgentPool.Status>> pools = found.isRunning() ? poolsOf(found.cluster()) : List.of();
        ObjectNode view = Json.object()
                .put("id", path(found.cluster().spec(), "operations", operation.id()))
                .put("name", operation.id())
                .put("status", operation.result())
                .put("startTime", operation.started())
                .put("percentComplete", found.isRunning() ? percent(pools) : 100);
        if (!found.isRunning()) {
            view.put("endTime", operation.ended());
            if (!operation.result().equals(SUCCEEDED)) {
                view.set("error", error(operation));
            }
        }
        ObjectNode properties = view.putObject("properties").put("kind", operation.kind());
        Condition condition = new ClusterState(found.cluster()).progress().condition();
        if (condition != null && found.isRunning()) {
            properties.put("message", condition.message());
        }
        Operation begun = found.cluster().spec().operation();
        if (begun != null && begun.id().equals(operation.id()) && begun.removal() != null) {
            ArrayNode warnings = properties.putArray("warnings");
            begun.removal().endpoints().forEach(endpoint -> warnings.add(endpoint.words()));
        }
        ArrayNode views = properties.putArray("agentPools");
        pools.forEach(pool -> views.add(view(pool)));
        return view;
    }

    private static ObjectNode error(EndedOperation operation) {
        return Json.object()
                .put("code", operation.code() == null ? operation.result() : operation.code())
                .put("message", operation.message() == null ? "The operation ended." : operation.message());
    }

    private List<Stored<AgentPool.Spec, AgentPool.Status>> poolsOf(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        return management.list(Kind.POOL).stream()
                .filter(pool -> pool.spec().cluster().equals(cluster.name()))
                .sorted(Comparator.comparingInt(
                        pool -> rank(cluster, pool.spec().name())))
                .toList();
    }

    /** Pools are told in the order of the cluster's profiles, those that are on their way out last. */
    private static int rank(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, String pool) {
        List<String> names = cluster.spec().agentPoolProfiles().stream()
                .map(ManagedCluster.AgentPoolProfile::name)
                .toList();
        int rank = names.indexOf(pool);
        return rank < 0 ? names.size() : rank;
    }

    /** How much of the machines to be replaced is. */
    private static int percent(List<Stored<AgentPool.Spec, AgentPool.Status>> pools) {
        int machines = 0;
        int deleted = 0;
        for (Stored<AgentPool.Spec, AgentPool.Status> pool : pools) {
            ModelUpdate update = pool.status() == null ? null : pool.status().modelUpdate();
            if (update != null && update.ended() == null) {
                machines += update.machines();
                deleted += pool.spec().nodeSelector() == null ? update.deleted() : update.loaded();
            }
        }
        return machines == 0 ? 0 : Math.min(99, 100 * deleted / machines);
    }

    private static ObjectNode view(Stored<AgentPool.Spec, AgentPool.Status> pool) {
        ObjectNode view = Json.object().put("name", pool.spec().name()).put("count", AttachedRules.nodes(pool));
        AgentPool.Status status = pool.status();
        if (status == null) {
            return view;
        }
        view.put("machines", status.machines().size());
        view.put(
                "running",
                status.machines().stream()
                        .filter(machine -> machine.phase().equals(AgentPool.RUNNING))
                        .count());
        condition(status, Names.PROVISIONED).ifPresent(provisioned -> view.put("message", provisioned.message()));
        condition(status, Names.READY)
                .filter(ready -> ready.status().equals("True"))
                .ifPresent(
                        ready -> view.put("nodes", status.machines().size()).put("ready", AttachedRules.nodes(pool)));
        if (status.modelUpdate() != null && pool.spec().nodeSelector() == null) {
            view.set("modelUpdate", Json.tree(status.modelUpdate()));
        }
        return view;
    }

    private static Optional<Condition> condition(AgentPool.Status status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    private ArmAnswer result(Call call) {
        Found found = find(call);
        EndedOperation operation = found.operation();
        ManagedCluster.Spec spec = found.cluster().spec();
        if (found.isRunning()) {
            return ArmAnswer.empty(202)
                    .with("Location", call.url(path(spec, "operationresults", operation.id())))
                    .askAgain();
        }
        if (!operation.result().equals(SUCCEEDED)) {
            ObjectNode error = error(operation);
            throw ArmFailure.of(
                    409, error.path("code").asText(), error.path("message").asText());
        }
        return switch (operation.kind()) {
            case ClusterState.CREATE, ClusterState.UPDATE ->
                ArmAnswer.ok(views.cluster(found.cluster(), call.version()));
            case ClusterState.CREATE_POOL,
                    ClusterState.UPDATE_POOL,
                    ClusterState.UPGRADE_IMAGE,
                    ClusterState.STOP,
                    ClusterState.START -> poolResult(call, found.cluster(), operation);
            default -> ArmAnswer.empty(204);
        };
    }

    private ArmAnswer poolResult(
            Call call, Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, EndedOperation ended) {
        Operation operation = cluster.spec().operation();
        @Nullable
        String pool = operation == null || !operation.id().equalsIgnoreCase(ended.id()) ? null : operation.agentPool();
        return ClusterSpecs.find(cluster.spec().agentPoolProfiles(), pool == null ? "" : pool)
                .map(profile -> ArmAnswer.ok(views.pool(cluster, profile, call.version())))
                .orElse(ArmAnswer.empty(204));
    }
}
