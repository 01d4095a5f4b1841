package dev.capstan.resourceprovider.subscription;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import java.util.List;
import java.util.function.Supplier;

/** The subscription, its tenant and its locations. */
public final class Subscriptions {

    private final Scope scope;
    private final Supplier<List<String>> locations;

    public Subscriptions(Scope scope, Supplier<List<String>> locations) {
        this.scope = scope;
        this.locations = locations;
    }

    public List<Route> routes() {
        return List.of(
                Route.arm("GET", "/tenants", call -> tenants()),
                Route.arm("GET", "/subscriptions", call -> list()),
                Route.arm("GET", "/subscriptions/{subscription}", this::get),
                Route.arm("GET", "/subscriptions/{subscription}/locations", this::locations));
    }

    private ArmAnswer tenants() {
        ObjectNode tenant = Json.object()
                .put("id", "/tenants/" + scope.tenant())
                .put("tenantId", scope.tenant())
                .put("displayName", "Capstan")
                .put("tenantCategory", "Home");
        return page(Json.array().add(tenant));
    }

    private ArmAnswer list() {
        return page(Json.array().add(view()));
    }

    private ArmAnswer get(Call call) {
        scope.check(call.variable("subscription"));
        return ArmAnswer.ok(view());
    }

    private ArmAnswer locations(Call call) {
        scope.check(call.variable("subscription"));
        ArrayNode all = Json.array();
        for (String location : locations.get()) {
            ObjectNode one = all.addObject()
                    .put("id", scope.id() + "/locations/" + location)
                    .put("name", location)
                    .put("type", "Region")
                    .put("displayName", location)
                    .put("regionalDisplayName", location);
            one.putObject("metadata").put("regionType", "Physical").put("regionCategory", "Recommended");
        }
        return page(all);
    }

    private static ArmAnswer page(ArrayNode value) {
        return ArmAnswer.ok(Json.object().set("value", value));
    }

    private ObjectNode view() {
        ObjectNode view = Json.object()
                .put("id", scope.id())
                .put("subscriptionId", scope.subscription())
                .put("tenantId", scope.tenant())
                .put("displayName", "Capstan")
                .put("state", "Enabled")
                .put("authorizationSource", "RoleBased");
        view.putArray("managedByTenants");
        view.putObject("subscriptionPolicies").put("spendingLimit", "Off");
        return view;
    }
}
