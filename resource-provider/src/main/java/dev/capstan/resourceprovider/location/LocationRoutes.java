package dev.capstan.resourceprovider.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.capstan.resourceprovider.location.Locations.Attached;
import dev.capstan.resourceprovider.location.Locations.Given;
import dev.capstan.resourceprovider.location.Locations.Refused;
import dev.capstan.resourceprovider.location.Locations.Seen;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resourceprovider.wire.Role;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.Names;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Attached clusters as ARM resources of Capstan's own provider, {@code Capstan.Locations}: Azure has nothing like them. For
 * owners of the subscription alone. A credential goes in, is checked, and never comes out again.
 */
public final class LocationRoutes {

    static final String TYPE = "Capstan.Locations/locations";

    private static final Pattern LABEL =
            Pattern.compile("([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    private final Locations locations;
    private final Scope scope;
    private final List<String> made;
    private final Function<String, Optional<String>> user;

    /**
     * Routes.
     *
     * @param made names of the locations whose machines are made
     * @param user ARM id of the managed cluster at a location
     */
    public LocationRoutes(
            Locations locations, Scope scope, List<String> made, Function<String, Optional<String>> user) {
        this.locations = locations;
        this.scope = scope;
        this.made = List.copyOf(made);
        this.user = user;
    }

    public List<Route> routes() {
        String all = "/subscriptions/{subscription}/providers/capstan.locations/locations";
        String one = all + "/{location}";
        return List.of(
                owners(Route.arm("GET", all, this::list)),
                owners(Route.arm("GET", one, this::get)),
                owners(Route.arm("PUT", one, this::put)),
                owners(Route.arm("DELETE", one, this::delete)),
                owners(Route.arm("POST", one + "/abandon", this::abandon)));
    }

    private static Route owners(Route route) {
        return route.needing(Role.OWNER);
    }

    private ArmAnswer list(Call call) {
        scope.check(call.variable("subscription"));
        ArrayNode all = Json.array();
        locations.all().forEach(one -> all.add(view(one)));
        return ArmAnswer.ok(Json.object().set("value", all));
    }

    private ArmAnswer get(Call call) {
        return ArmAnswer.ok(view(there(call)));
    }

    private ArmAnswer put(Call call) {
        String name = name(call);
        JsonNode properties = call.body().path("properties");
        Problems problems = new Problems();
        Given given = given(properties, problems);
        if (made.contains(name)) {
            problems.invalid("location", "The location '" + name + "' is this control plane's own; take another name.");
        }
        problems.check();
        Optional<Attached> before = locations.find(name);
        String cluster = user.apply(name).orElse(null);
        if (before.isPresent() && cluster != null && !before.get().poolLabel().equals(given.poolLabel())) {
            throw ArmFailure.notAllowed("The nodes of " + cluster + " are found by the label '"
                    + before.get().poolLabel() + "', which cannot be changed while it is there.");
        }
        try {
            Seen seen = locations.attach(name, given);
            ObjectNode view = view(seen.location());
            ObjectNode found = ((ObjectNode) view.path("properties"))
                    .put("nodes", seen.nodes())
                    .put("nodesWithoutTrust", seen.withoutTrust());
            ObjectNode pools = found.putObject("pools");
            seen.pools().forEach(pools::put);
            return ArmAnswer.of(before.isEmpty() ? 201 : 200, view);
        } catch (Refused refused) {
            throw ArmFailure.of(
                    new Problem(
                            "ClusterNotAttached",
                            "The cluster at " + given.server() + " was not attached: " + refused.getMessage() + ".",
                            "properties"),
                    refused.problems().stream()
                            .map(problem -> new Problem("ClusterNotAttached", problem, "properties"))
                            .toList());
        }
    }

    private ArmAnswer delete(Call call) {
        String name = name(call);
        user.apply(name).ifPresent(cluster -> {
            throw ArmFailure.notAllowed("The managed cluster " + cluster + " is at the location '" + name
                    + "'. Delete it first, which takes the list from its nodes; or, where the cluster is gone or out of reach"
                    + " for good, give the location up with what is left there: capstan location remove " + name
                    + " --abandon");
        });
        return ArmAnswer.empty(locations.remove(name) ? 200 : 204);
    }

    private ArmAnswer abandon(Call call) {
        String name = there(call).name();
        locations.remove(name);
        return ArmAnswer.empty(200);
    }

    private Attached there(Call call) {
        String name = name(call);
        return locations
                .find(name)
                .orElseThrow(() ->
                        ArmFailure.of(404, "ResourceNotFound", "No cluster is attached as location '" + name + "'."));
    }

    private String name(Call call) {
        scope.check(call.variable("subscription"));
        return Scope.location(TextNode.valueOf(call.variable("location")));
    }

    private static Given given(JsonNode properties, Problems problems) {
        String server = text(properties, "server");
        if (!isHttps(server)) {
            problems.invalid("properties.server", "The property 'server' is the https URL of a Kubernetes API.");
        }
        String authority = text(properties, "certificateAuthority");
        if (!authority.contains("-----BEGIN CERTIFICATE-----")) {
            problems.invalid(
                    "properties.certificateAuthority",
                    "The property 'certificateAuthority' is the PEM certificate of the CA that the cluster's API is"
                            + " verified with; nothing else is trusted there.");
        }
        String token = absent(text(properties, "token").strip());
        String certificate = absent(text(properties, "clientCertificate"));
        String key = absent(text(properties, "clientKey"));
        boolean hasCertificate = certificate != null && key != null;
        if ((token == null) != hasCertificate || (certificate == null) != (key == null)) {
            problems.invalid(
                    "properties", "Either 'token' is given, or 'clientCertificate' and 'clientKey', both as PEM.");
        }
        String label = text(properties, "poolLabel");
        label = label.isEmpty() ? Names.POOL_LABEL : label;
        if (!LABEL.matcher(label).matches()) {
            problems.invalid("properties.poolLabel", "The property 'poolLabel' is the key of a label.");
        }
        return new Given(server, authority, token, certificate, key, label);
    }

    private static boolean isHttps(String text) {
        try {
            URI server = new URI(text);
            return "https".equals(server.getScheme())
                    && server.getHost() != null
                    && server.getUserInfo() == null
                    && server.getQuery() == null;
        } catch (URISyntaxException notOne) {
            return false;
        }
    }

    private static String text(JsonNode properties, String name) {
        return properties.path(name).asText("");
    }

    private static @Nullable String absent(String text) {
        return text.isEmpty() ? null : text;
    }

    private ObjectNode view(Attached one) {
        ObjectNode view = Json.object()
                .put("id", scope.id() + "/providers/" + TYPE + "/" + one.name())
                .put("name", one.name())
                .put("type", TYPE);
        ObjectNode properties = view.putObject("properties")
                .put("kind", "Kubernetes")
                .put("server", one.server())
                .put("clusterUid", one.uid())
                .put("kubernetesVersion", one.kubernetes())
                .put("poolLabel", one.poolLabel())
                .put("attached", one.attached());
        user.apply(one.name()).ifPresent(cluster -> properties.put("managedCluster", cluster));
        return view;
    }
}
