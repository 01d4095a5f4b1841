package dev.capstan.resourceprovider.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.AccessScope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resourceprovider.wire.Role;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.Principal.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The service principals as ARM resources of Capstan's own provider, {@code Capstan.Identity}; Azure has them in another API,
 * Microsoft Graph, which is not served. For owners of the subscription alone: who can make principals can make herself any.
 */
final class PrincipalRoutes {

    static final String TYPE = "Capstan.Identity/principals";

    private static final int MOST_ASSIGNMENTS = 50;
    private static final Pattern DISPLAY_NAME = Pattern.compile("[\\p{L}\\p{N}\\p{P}\\p{S} ]{1,120}");

    private final Principals principals;
    private final AccessScope subscription;
    private final String tenant;

    PrincipalRoutes(Principals principals, AccessScope subscription, String tenant) {
        this.principals = principals;
        this.subscription = subscription;
        this.tenant = tenant;
    }

    List<Route> routes() {
        String all = "/subscriptions/{subscription}/providers/capstan.identity/principals";
        String one = all + "/{principal}";
        return List.of(
                owners(Route.arm("GET", all, this::list)),
                owners(Route.arm("GET", one, this::get)),
                owners(Route.arm("PUT", one, this::put)),
                owners(Route.arm("POST", one + "/rotate", this::rotate)),
                owners(Route.arm("DELETE", one, this::delete)));
    }

    private static Route owners(Route route) {
        return route.needing(Role.OWNER);
    }

    private ArmAnswer list(Call call) {
        check(call);
        ArrayNode all = Json.array();
        principals.all().forEach(one -> all.add(view(one)));
        return ArmAnswer.ok(Json.object().set("value", all));
    }

    private ArmAnswer get(Call call) {
        String id = clientId(call);
        return ArmAnswer.ok(view(principals.find(id).orElseThrow(() -> Principals.notFound(id))));
    }

    private ArmAnswer put(Call call) {
        String id = clientId(call);
        refuseHome(id);
        JsonNode properties = call.body().path("properties");
        Problems problems = new Problems();
        String name = displayName(properties, problems);
        List<Assignment> assignments = assignments(properties, problems);
        problems.check();
        Optional<Principals.Made> made = principals.create(id, name, assignments);
        return made.isPresent()
                ? withSecret(201, made.get())
                : ArmAnswer.ok(view(principals.change(id, name, assignments)));
    }

    private ArmAnswer rotate(Call call) {
        String id = clientId(call);
        refuseHome(id);
        return withSecret(200, principals.rotate(id));
    }

    private ArmAnswer delete(Call call) {
        String id = clientId(call);
        refuseHome(id);
        return ArmAnswer.empty(principals.delete(id) ? 200 : 204);
    }

    private ArmAnswer withSecret(int status, Principals.Made made) {
        ObjectNode view = view(made.known());
        ((ObjectNode) view.path("properties")).put("password", made.secret());
        return ArmAnswer.of(status, view).with("Cache-Control", "no-store");
    }

    private void check(Call call) {
        String given = call.variable("subscription");
        if (!subscription.subscription().equalsIgnoreCase(given)) {
            throw ArmFailure.of(404, "SubscriptionNotFound", "The subscription '" + given + "' could not be found.");
        }
    }

    private String clientId(Call call) {
        check(call);
        String id = call.variable("principal").toLowerCase(Locale.ROOT);
        if (!Principals.isClientId(id)) {
            throw ArmFailure.badRequest(
                    "InvalidParameter", "A service principal's name is a UUID, such as one that 'uuidgen' prints.");
        }
        return id;
    }

    private void refuseHome(String id) {
        if (principals.isHome(id)) {
            throw ArmFailure.notAllowed(
                    "This is the service principal of the server's own file CAPSTAN_HOME/principal.json, and that file is"
                            + " what it follows. For another one stop the server, delete the file, and start it again.");
        }
    }

    private static String displayName(JsonNode properties, Problems problems) {
        String name = properties.path("displayName").asText();
        if (!DISPLAY_NAME.matcher(name).matches()) {
            problems.invalid("properties.displayName", "The property 'displayName' is a text of 1 to 120 characters.");
        }
        return name;
    }

    private List<Assignment> assignments(JsonNode properties, Problems problems) {
        JsonNode given = properties.path("assignments");
        List<Assignment> assignments = new ArrayList<>();
        if (!given.isArray() || given.isEmpty() || given.size() > MOST_ASSIGNMENTS) {
            problems.invalid(
                    "properties.assignments",
                    "The property 'assignments' is a list of 1 to " + MOST_ASSIGNMENTS
                            + " objects with 'role' and 'scope'.");
            return assignments;
        }
        for (int i = 0; i < given.size(); i++) {
            String target = "properties.assignments[" + i + "]";
            Optional<Role> role = Role.of(given.get(i).path("role").asText());
            Optional<AccessScope> scope =
                    AccessScope.parse(given.get(i).path("scope").asText()).filter(subscription::covers);
            if (role.isEmpty()) {
                problems.invalid(target + ".role", "A role is one of Owner, Contributor and Reader.");
            }
            if (scope.isEmpty()) {
                problems.invalid(
                        target + ".scope",
                        "A scope is the id of the subscription (" + subscription.id()
                                + "), of a resource group of it or of a managed cluster.");
            }
            if (role.isPresent() && scope.isPresent()) {
                assignments.add(new Assignment(role.get().word(), scope.get().id()));
            }
        }
        return assignments;
    }

    private ObjectNode view(Principals.Known known) {
        ObjectNode view = Json.object()
                .put("id", subscription.id() + "/providers/" + TYPE + "/" + known.clientId())
                .put("name", known.clientId())
                .put("type", TYPE);
        ObjectNode properties = view.putObject("properties")
                .put("appId", known.clientId())
                .put("displayName", known.spec().displayName())
                .put("tenant", tenant);
        if (!known.spec().created().isEmpty()) {
            properties.put("created", known.spec().created());
        }
        ArrayNode assignments = properties.putArray("assignments");
        known.spec()
                .assignments()
                .forEach(one -> assignments.addObject().put("role", one.role()).put("scope", one.scope()));
        return view;
    }
}
