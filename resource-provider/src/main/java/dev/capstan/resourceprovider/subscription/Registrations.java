package dev.capstan.resourceprovider.subscription;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.Registration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registration of resource providers and preview features. There is nothing to be done for one, so that it is
 * {@code Registering} in the answer to the request that asks for it, as it always is on Azure, and {@code Registered} in
 * every later one.
 */
public final class Registrations {

    /** The preview feature that {@code enableCustomCATrust} needs. */
    public static final String CUSTOM_CA_TRUST = "CustomCATrustPreview";

    private static final List<String> FEATURES = List.of(CUSTOM_CA_TRUST);
    private static final String REGISTERED = "Registered";
    private static final String REGISTERING = "Registering";
    private static final String UNREGISTERED = "Unregistered";
    private static final String NOT_REGISTERED = "NotRegistered";

    private final Management management;
    private final Scope scope;
    private final InstantSource clock;
    private final Supplier<List<String>> locations;

    /** A resource provider and the types it serves here. */
    private record Provider(String namespace, boolean isFree, List<String> types) {}

    private static final List<Provider> PROVIDERS = List.of(
            new Provider(
                    Scope.CONTAINER_SERVICE,
                    false,
                    List.of(
                            "managedClusters",
                            "managedClusters/agentPools",
                            "locations/operations",
                            "locations/operationresults",
                            "locations/kubernetesVersions")),
            new Provider(
                    "Microsoft.Resources", true, List.of("resourceGroups", "subscriptions", "providers", "tenants")),
            new Provider("Microsoft.Features", true, List.of("features", "providers")));

    public Registrations(Management management, Scope scope, InstantSource clock, Supplier<List<String>> locations) {
        this.management = management;
        this.scope = scope;
        this.clock = clock;
        this.locations = locations;
    }

    public List<Route> routes() {
        String providers = "/subscriptions/{subscription}/providers";
        String allFeatures = providers + "/microsoft.features/features";
        String features = providers + "/microsoft.features/providers/{namespace}/features";
        return List.of(
                Route.arm("GET", allFeatures, call -> features(call, Scope.CONTAINER_SERVICE)),
                Route.arm("GET", features, call -> features(call, call.variable("namespace"))),
                Route.arm("GET", features + "/{feature}", this::feature),
                Route.arm("POST", features + "/{feature}/register", call -> registerFeature(call, true)),
                Route.arm("POST", features + "/{feature}/unregister", call -> registerFeature(call, false)),
                Route.arm("GET", "/providers", call -> providers()),
                Route.arm(
                        "GET",
                        "/providers/{namespace}",
                        call -> ArmAnswer.ok(view(provider(call), state(provider(call))))),
                Route.arm("GET", providers, this::providersOf),
                Route.arm("GET", providers + "/{namespace}", this::get),
                Route.arm("POST", providers + "/{namespace}/register", call -> registerProvider(call, true)),
                Route.arm("POST", providers + "/{namespace}/unregister", call -> registerProvider(call, false)));
    }

    /** Whether the feature of AKS's provider is registered. */
    public boolean hasFeature(String feature) {
        return stateOf(scope.featureId(Scope.CONTAINER_SERVICE, feature)).equals(REGISTERED);
    }

    private ArmAnswer features(Call call, String namespace) {
        scope.check(call.variable("subscription"));
        ArrayNode all = Json.array();
        if (namespace.equalsIgnoreCase(Scope.CONTAINER_SERVICE)) {
            for (String feature : FEATURES) {
                all.add(view(feature, stateOf(scope.featureId(Scope.CONTAINER_SERVICE, feature))));
            }
        }
        return ArmAnswer.ok(Json.object().set("value", all));
    }

    private ArmAnswer feature(Call call) {
        scope.check(call.variable("subscription"));
        String feature = known(call);
        return ArmAnswer.ok(view(feature, stateOf(scope.featureId(Scope.CONTAINER_SERVICE, feature))));
    }

    private ArmAnswer registerFeature(Call call, boolean registered) {
        scope.check(call.variable("subscription"));
        String feature = known(call);
        String id = scope.featureId(Scope.CONTAINER_SERVICE, feature);
        return ArmAnswer.ok(view(feature, register(id, Scope.CONTAINER_SERVICE, feature, registered)));
    }

    /** The feature of the path in its own case. */
    private static String known(Call call) {
        String given = call.variable("feature");
        return FEATURES.stream()
                .filter(feature -> feature.equalsIgnoreCase(given)
                        && call.variable("namespace").equalsIgnoreCase(Scope.CONTAINER_SERVICE))
                .findFirst()
                .orElseThrow(
                        () -> ArmFailure.of(404, "FeatureNotFound", "The feature '" + given + "' could not be found."));
    }

    private ArmAnswer providers() {
        ArrayNode all = Json.array();
        PROVIDERS.forEach(provider -> all.add(view(provider, state(provider))));
        return ArmAnswer.ok(Json.object().set("value", all));
    }

    private ArmAnswer providersOf(Call call) {
        scope.check(call.variable("subscription"));
        return providers();
    }

    private ArmAnswer get(Call call) {
        scope.check(call.variable("subscription"));
        Provider provider = provider(call);
        return ArmAnswer.ok(view(provider, state(provider)));
    }

    private ArmAnswer registerProvider(Call call, boolean registered) {
        scope.check(call.variable("subscription"));
        Provider provider = provider(call);
        String state = provider.isFree()
                ? REGISTERED
                : register(scope.providerId(provider.namespace()), provider.namespace(), null, registered);
        return ArmAnswer.ok(view(provider, state));
    }

    private static Provider provider(Call call) {
        String given = call.variable("namespace");
        return PROVIDERS.stream()
                .filter(provider -> provider.namespace().equalsIgnoreCase(given))
                .findFirst()
                .orElseThrow(() -> ArmFailure.of(
                        404,
                        "InvalidResourceNamespace",
                        "The resource namespace '" + given + "' is invalid: it is not served here."));
    }

    private String state(Provider provider) {
        return provider.isFree() ? REGISTERED : stateOf(scope.providerId(provider.namespace()));
    }

    private String stateOf(String id) {
        return management
                .find(Kind.REGISTRATION, ObjectNames.ofArmId(id))
                .map(found -> found.spec().registered() ? REGISTERED : UNREGISTERED)
                .orElse(NOT_REGISTERED);
    }

    /** Writes what is asked for; answers with the state to be shown, and writes nothing where it is so already. */
    private String register(String id, String namespace, @Nullable String feature, boolean registered) {
        return management.commit(() -> {
            String name = ObjectNames.ofArmId(id);
            var there = management.find(Kind.REGISTRATION, name);
            boolean isRegistered = there.map(found -> found.spec().registered()).orElse(false);
            if (isRegistered == registered) {
                return registered ? REGISTERED : there.isPresent() ? UNREGISTERED : NOT_REGISTERED;
            }
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            var spec = new Registration.Spec(id, namespace, feature, registered, now);
            if (there.isEmpty()) {
                management.create(Kind.REGISTRATION, name, spec);
            } else {
                management.replace(Kind.REGISTRATION, there.get(), spec);
            }
            return registered ? REGISTERING : UNREGISTERED;
        });
    }

    private ObjectNode view(String feature, String state) {
        ObjectNode view = Json.object()
                .put("id", scope.featureId(Scope.CONTAINER_SERVICE, feature))
                .put("name", Scope.CONTAINER_SERVICE + "/" + feature)
                .put("type", "Microsoft.Features/providers/features");
        view.putObject("properties").put("state", state);
        return view;
    }

    private ObjectNode view(Provider provider, String state) {
        ObjectNode view = Json.object()
                .put("id", scope.providerId(provider.namespace()))
                .put("namespace", provider.namespace())
                .put("registrationState", state)
                .put("registrationPolicy", provider.isFree() ? "RegistrationFree" : "RegistrationRequired");
        ArrayNode types = view.putArray("resourceTypes");
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        List<String> versions =
                provider.isFree() ? List.of("2024-11-01", "2022-12-01", "2021-07-01") : ApiVersion.all(today);
        for (String type : provider.types()) {
            ObjectNode one = types.addObject().put("resourceType", type);
            locations.get().forEach(one.putArray("locations")::add);
            versions.forEach(one.putArray("apiVersions")::add);
            one.put("capabilities", type.equals("managedClusters") ? "SupportsTags, SupportsLocation" : "None");
        }
        return view;
    }
}
