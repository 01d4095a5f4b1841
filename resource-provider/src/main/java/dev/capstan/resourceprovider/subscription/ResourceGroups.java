package dev.capstan.resourceprovider.subscription;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Page;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.ResourceGroup;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Resource groups. One is deleted by an operation, which the controller carries out, also where it seems empty: a cluster
 * whose request found the group open may be written the moment after. The group is marked first; whatever is written
 * into a marked one goes with it, and the mark stays long after the last such request ended.
 */
public final class ResourceGroups {

    private static final String TYPE = "Microsoft.Resources/resourceGroups";

    private final Management management;
    private final Scope scope;
    private final InstantSource clock;

    /** A group as the management cluster has it. */
    public record Found(Stored<ResourceGroup.Spec, ResourceGroup.Status> stored) {

        public ResourceGroup.Spec spec() {
            return stored.spec();
        }

        Progress progress() {
            ResourceGroup.Status status = stored.status();
            return Progress.of(status == null ? List.of() : status.conditions(), stored.generation());
        }

        boolean isGone() {
            return spec().operation() != null && progress().isDeleted();
        }

        boolean isBeingDeleted() {
            return stored.isBeingDeleted()
                    || (spec().operation() != null && !progress().isOver());
        }
    }

    public ResourceGroups(Management management, Scope scope, InstantSource clock) {
        this.management = management;
        this.scope = scope;
        this.clock = clock;
    }

    public List<Route> routes() {
        String all = "/subscriptions/{subscription}/resourcegroups";
        String one = all + "/{group}";
        return List.of(
                Route.arm("GET", all, this::list),
                Route.arm("PUT", one, this::put),
                Route.arm("GET", one, this::get),
                Route.arm("HEAD", one, this::exists),
                Route.arm("PATCH", one, this::patch),
                Route.arm("DELETE", one, this::delete),
                Route.arm("GET", "/subscriptions/{subscription}/operationresults/{operation}", this::result));
    }

    /**
     * Whether a request is about this subscription.
     *
     * @throws ArmFailure 404 if not
     */
    public void check(Call call) {
        scope.check(call.variable("subscription"));
    }

    /** The group of that name, unless it is gone. */
    public Optional<Found> find(String group) {
        return read(group).filter(found -> !found.isGone());
    }

    /**
     * The group that something shall be put in.
     *
     * @throws ArmFailure 404 if there is none, 409 if it is being deleted
     */
    public Found open(String group) {
        Found found = find(group).orElseThrow(() -> ArmFailure.groupNotFound(group));
        if (found.isBeingDeleted()) {
            throw beingDeleted(group);
        }
        return found;
    }

    private Optional<Found> read(String group) {
        return management.find(Kind.GROUP, objectName(group)).map(Found::new);
    }

    private String objectName(String group) {
        return ObjectNames.ofArmId(scope.groupId(group));
    }

    private static ArmFailure beingDeleted(String group) {
        return ArmFailure.of(
                409,
                "ResourceGroupBeingDeleted",
                "The resource group '" + group + "' is in deprovisioning state and cannot perform this operation.");
    }

    private ArmAnswer list(Call call) {
        scope.check(call.variable("subscription"));
        ArrayNode groups = Json.array();
        management.list(Kind.GROUP).stream()
                .map(Found::new)
                .filter(found -> !found.isGone())
                .filter(found -> call.request().caller().mayRead(found.spec().id()))
                .sorted(Comparator.comparing(found -> found.spec().id(), String.CASE_INSENSITIVE_ORDER))
                .forEach(found -> groups.add(view(found)));
        return Page.of(call, groups);
    }

    private ArmAnswer get(Call call) {
        scope.check(call.variable("subscription"));
        String group = call.variable("group");
        return ArmAnswer.ok(view(find(group).orElseThrow(() -> ArmFailure.groupNotFound(group))));
    }

    private ArmAnswer exists(Call call) {
        scope.check(call.variable("subscription"));
        return ArmAnswer.empty(find(call.variable("group")).isPresent() ? 204 : 404);
    }

    private ArmAnswer put(Call call) {
        scope.check(call.variable("subscription"));
        String group = call.variable("group");
        ObjectNode body = call.body();
        Map<String, String> tags = Scope.tags(body);
        return management.commit(() -> {
            Optional<Found> there = read(group);
            if (there.isEmpty() || there.get().isGone()) {
                if (!Scope.isGroupName(group)) {
                    throw ArmFailure.badRequest(
                            "InvalidResourceGroup",
                            "The provided resource group name '" + group + "' has these invalid characters or is longer"
                                    + " than 90: use letters, digits, '-', '_', '.', '(' and ')', and no '.' at the end.");
                }
                var spec = new ResourceGroup.Spec(
                        scope.groupId(group), group, Scope.location(body.get("location")), tags, null);
                var made = there.isEmpty()
                        ? management.create(Kind.GROUP, objectName(group), spec)
                        : management.replace(Kind.GROUP, there.get().stored(), spec);
                return ArmAnswer.of(201, view(new Found(made)));
            }
            Found found = there.get();
            if (found.isBeingDeleted()) {
                throw beingDeleted(group);
            }
            String location = body.hasNonNull("location")
                    ? Scope.location(body.get("location"))
                    : found.spec().location();
            if (!location.equals(found.spec().location())) {
                throw ArmFailure.of(
                        409,
                        "InvalidResourceGroupLocation",
                        "Invalid resource group location '" + location
                                + "'. The Resource group already exists in location '"
                                + found.spec().location() + "'.");
            }
            return ArmAnswer.ok(view(tagged(found, tags)));
        });
    }

    private ArmAnswer patch(Call call) {
        scope.check(call.variable("subscription"));
        String group = call.variable("group");
        Map<String, String> tags = Scope.tags(call.body());
        return management.commit(() -> ArmAnswer.ok(view(tagged(open(group), tags))));
    }

    /** Replaces the tags; where there are none in the request it changes nothing, and writes nothing. */
    private Found tagged(Found found, @Nullable Map<String, String> tags) throws Conflict {
        ResourceGroup.Spec spec = found.spec();
        if (spec.operation() == null && (tags == null || tags.equals(spec.tags()))) {
            return found;
        }
        return new Found(management.replace(
                Kind.GROUP,
                found.stored(),
                new ResourceGroup.Spec(
                        spec.id(), spec.name(), spec.location(), tags == null ? spec.tags() : tags, null)));
    }

    private ArmAnswer delete(Call call) {
        scope.check(call.variable("subscription"));
        String group = call.variable("group");
        return management.commit(() -> {
            Found found = find(group).orElseThrow(() -> ArmFailure.groupNotFound(group));
            ResourceGroup.Operation running = found.spec().operation();
            if (found.isBeingDeleted() && running != null) {
                return accepted(call, running.id());
            }
            ResourceGroup.Spec spec = found.spec();
            String id = UUID.randomUUID().toString();
            var operation = new ResourceGroup.Operation(
                    id,
                    "Delete",
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
            management.replace(
                    Kind.GROUP,
                    found.stored(),
                    new ResourceGroup.Spec(spec.id(), spec.name(), spec.location(), spec.tags(), operation));
            return accepted(call, id);
        });
    }

    private ArmAnswer accepted(Call call, String operation) {
        return ArmAnswer.empty(202)
                .with("Location", call.url(scope.id() + "/operationresults/" + operation))
                .askAgain();
    }

    private ArmAnswer result(Call call) {
        scope.check(call.variable("subscription"));
        String id = call.variable("operation");
        Found found = management.list(Kind.GROUP).stream()
                .map(Found::new)
                .filter(one -> call.request().caller().mayRead(one.spec().id()))
                .filter(one -> one.spec().operation() != null
                        && one.spec().operation().id().equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(() -> ArmFailure.of(
                        404, "OperationNotFound", "The operation '" + id + "' is unknown, or ended some time ago."));
        Progress progress = found.progress();
        if (!progress.isOver()) {
            return accepted(call, id);
        }
        if (progress.condition() != null && !progress.isDeleted()) {
            throw ArmFailure.of(
                    409, progress.condition().reason(), progress.condition().message());
        }
        return ArmAnswer.empty(200);
    }

    private static ObjectNode view(Found found) {
        ResourceGroup.Spec spec = found.spec();
        Progress progress = found.progress();
        String state = found.isBeingDeleted()
                ? "Deleting"
                : spec.operation() != null && progress.isOver() ? "Failed" : "Succeeded";
        ObjectNode view = Json.object()
                .put("id", spec.id())
                .put("name", spec.name())
                .put("type", TYPE)
                .put("location", spec.location());
        view.set("tags", Scope.shown(spec.tags()));
        view.putObject("properties").put("provisioningState", state);
        return view;
    }
}
