package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Merge;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ManagedCluster.Operation;
import dev.capstan.resources.TrustTags;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a cluster's body to its spec: what is there merged with what is asked for, and AKS's rules for it. Everything that
 * Capstan has no use for goes to {@code spec.arm}, in ARM's own form, and comes back from there.
 */
final class ClusterSpecs {

    static final int MOST_POOLS = 100;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?");
    private static final List<String> READ_ONLY = List.of("id", "name", "type", "eTag", "systemData", "location");
    private static final List<String> READ_ONLY_PROPERTIES = List.of(
            "provisioningState",
            "powerState",
            "maxAgentPools",
            "kubernetesVersion",
            "currentKubernetesVersion",
            "fqdn",
            "privateFQDN",
            "azurePortalFQDN",
            "resourceUID",
            "agentPoolProfiles");

    private static final String NEW_POOL =
            "A new agent pool was introduced. Adding agent pools to an existing cluster is"
                    + " not allowed through managed cluster operations. For agent pool specific change, please use per agent pool"
                    + " operations: https://aka.ms/agent-pool-rest-api";

    private final Certificates certificates;
    private final KubernetesVersion kubernetes;
    private final Supplier<List<String>> locations;
    private final Map<String, List<String>> systems;
    private final AttachedRules attached;
    private final BooleanSupplier customCaTrustIsRegistered;

    /**
     * Reads bodies.
     *
     * @param locations where clusters can be; the first is that of every location that is not one of them
     * @param systems operating systems that a location's machines can have; Linux where it is not named
     * @param customCaTrustIsRegistered whether the preview feature is, asked for when a pool needs it
     */
    ClusterSpecs(
            InstantSource clock,
            KubernetesVersion kubernetes,
            Supplier<List<String>> locations,
            Map<String, List<String>> systems,
            AttachedRules attached,
            BooleanSupplier customCaTrustIsRegistered) {
        this.certificates = new Certificates(clock);
        this.kubernetes = kubernetes;
        this.locations = locations;
        this.attached = attached;
        this.systems = Map.copyOf(systems);
        this.customCaTrustIsRegistered = customCaTrustIsRegistered;
    }

    /** What a cluster is called, and where it is. */
    record Identity(String id, String group, String name, String groupLocation) {}

    /**
     * The spec of a new cluster.
     *
     * @throws ArmFailure 400 with everything that is wrong
     */
    ManagedCluster.Spec created(Identity identity, ObjectNode body, ApiVersion version, Operation operation) {
        Problems problems = new Problems();
        if (!NAME.matcher(identity.name()).matches()) {
            problems.invalid(
                    "resourceName",
                    "The value of parameter resourceName is invalid. It is 1 to 63 letters, digits, '-' and '_', the first"
                            + " and the last a letter or digit.");
        }
        String location = body.hasNonNull("location") ? Scope.location(body.get("location")) : identity.groupLocation();
        ObjectNode arm = rest(Json.object(), ApiFields.taken(ApiFields.CLUSTER, body, version), problems);
        arm.put("location", location);
        List<String> places = locations.get();
        String place = places.contains(location) ? location : places.getFirst();
        var spec = new ManagedCluster.Spec(
                identity.id(),
                identity.group(),
                identity.name(),
                place,
                pools(null, place, properties(body), version, problems),
                list(null, properties(body), version, problems),
                operation,
                PoolProfiles.map(arm));
        attached.checkFree(spec, problems);
        attached.check(null, spec, problems);
        checkTags(spec, problems);
        problems.check();
        checkFeature(List.of(), spec.agentPoolProfiles());
        return spec;
    }

    /**
     * The spec of a cluster that is there already.
     *
     * @throws ArmFailure 400 with everything that is wrong
     */
    ManagedCluster.Spec updated(ManagedCluster.Spec present, ObjectNode body, ApiVersion version, Operation operation) {
        Problems problems = new Problems();
        checkLocation(present, body);
        ObjectNode there = present.arm() == null ? Json.object() : Json.tree(present.arm());
        var spec = new ManagedCluster.Spec(
                present.id(),
                present.resourceGroup(),
                present.name(),
                present.location(),
                pools(present.agentPoolProfiles(), present.location(), properties(body), version, problems),
                list(present.securityProfile(), properties(body), version, problems),
                operation,
                PoolProfiles.map(rest(there, ApiFields.taken(ApiFields.CLUSTER, body, version), problems)),
                present.powerState());
        attached.check(present.agentPoolProfiles(), spec, problems);
        checkTags(spec, problems);
        problems.check();
        checkFeature(present.agentPoolProfiles(), spec.agentPoolProfiles());
        return spec;
    }

    /** The same spec with these pools, and another operation; checked as a whole. */
    ManagedCluster.Spec withPools(
            ManagedCluster.Spec present, List<AgentPoolProfile> pools, Operation operation, Problems problems) {
        checkTogether(pools, problems);
        ManagedCluster.Spec spec = present.with(pools, operation);
        attached.check(present.agentPoolProfiles(), spec, problems);
        checkTags(spec, problems);
        problems.check();
        checkFeature(present.agentPoolProfiles(), pools);
        return spec;
    }

    /** The tags that Capstan reads: what is wrong with the cluster's is said once, and not for every pool. */
    private static void checkTags(ManagedCluster.Spec spec, Problems problems) {
        TrustTags ofCluster = TrustTags.of(spec.arm());
        ofCluster
                .faults()
                .forEach(fault -> problems.invalid("tags", "The value of parameter tags is invalid: " + fault + "."));
        for (AgentPoolProfile pool : spec.agentPoolProfiles()) {
            ofCluster.and(TrustTags.of(pool.arm())).faults().stream()
                    .filter(fault -> !ofCluster.faults().contains(fault))
                    .forEach(fault -> problems.invalid(
                            "agentPoolProfile.tags",
                            "The value of parameter agentPoolProfile.tags is invalid: " + fault + ". (Agent pool '"
                                    + pool.name() + "'.)"));
        }
    }

    private static ObjectNode properties(ObjectNode body) {
        ObjectNode properties = Json.child(body, "properties");
        return properties == null ? Json.object() : properties;
    }

    /** The location as ARM knows it: of a cluster that was written past ARM, where its machines are. */
    static String location(ManagedCluster.Spec spec) {
        Map<String, Object> arm = spec.arm();
        Object location = arm == null ? null : arm.get("location");
        return location == null ? spec.location() : location.toString();
    }

    private static void checkLocation(ManagedCluster.Spec present, ObjectNode body) {
        if (body.hasNonNull("location") && !Scope.location(body.get("location")).equals(location(present))) {
            throw ArmFailure.of(
                    409,
                    "InvalidResourceLocation",
                    "The resource '" + present.name() + "' already exists in location '" + location(present)
                            + "' in resource group '" + present.resourceGroup()
                            + "'. A resource with the same name cannot be created in location '"
                            + Scope.location(body.get("location")) + "'. Please select a new resource name.");
        }
    }

    private ObjectNode rest(ObjectNode there, ObjectNode body, Problems problems) {
        ObjectNode rest = body.deepCopy();
        READ_ONLY.forEach(rest::remove);
        Scope.tags(body);
        if (rest.get("identity") instanceof ObjectNode identity) {
            identity.remove(List.of("principalId", "tenantId"));
        }
        if (rest.get("properties") instanceof ObjectNode properties) {
            kubernetes.check(properties.get("kubernetesVersion"), "properties.kubernetesVersion", problems);
            READ_ONLY_PROPERTIES.forEach(properties::remove);
            if (properties.get("securityProfile") instanceof ObjectNode security) {
                security.remove("customCATrustCertificates");
            }
            withoutSecret(properties, "servicePrincipalProfile", "secret");
            withoutSecret(properties, "windowsProfile", "adminPassword");
            withoutSecret(properties, "aadProfile", "serverAppSecret");
        } else {
            rest.remove("properties");
        }
        return Merge.of(there, rest);
    }

    /** AKS takes these and never shows them; nothing here has a use for them. */
    private static void withoutSecret(ObjectNode properties, String profile, String name) {
        if (properties.get(profile) instanceof ObjectNode there) {
            there.remove(name);
        }
    }

    private ManagedCluster.@Nullable SecurityProfile list(
            ManagedCluster.@Nullable SecurityProfile present,
            ObjectNode properties,
            ApiVersion version,
            Problems problems) {
        JsonNode given = properties.path("securityProfile").get("customCATrustCertificates");
        if (given == null || given.isNull()) {
            return present;
        }
        List<String> entries = certificates.read(given, problems);
        List<String> there = present == null ? null : present.customCATrustCertificates();
        if (!ApiFields.has(ApiFields.CLUSTER, ApiFields.LIST, version)
                && !entries.equals(Objects.requireNonNullElse(there, List.of()))) {
            problems.invalid(
                    Certificates.TARGET,
                    ApiFields.refusal(
                            ApiFields.CLUSTER, ApiFields.LIST, "The list customCATrustCertificates", version));
        }
        return entries.isEmpty() ? null : new ManagedCluster.SecurityProfile(entries);
    }

    /**
     * The answer with what is to be said of the list that the body gave, where it is another than there was.
     *
     * @param before the spec as it was; null where there was no cluster
     */
    ArmAnswer warned(
            ArmAnswer answer, ObjectNode body, ManagedCluster.@Nullable Spec before, ManagedCluster.Spec written) {
        JsonNode given = properties(body).path("securityProfile").path("customCATrustCertificates");
        boolean isNew = before == null || !Objects.equals(before.securityProfile(), written.securityProfile());
        return isNew ? certificates.warned(answer, given) : answer;
    }

    /**
     * Reads profiles of pools.
     *
     * @param place where their machines are
     */
    PoolProfiles profiles(String place, ApiVersion version, Problems problems) {
        return new PoolProfiles(
                version, kubernetes, place, systems.getOrDefault(place, List.of(PoolProfiles.LINUX)), problems);
    }

    private List<AgentPoolProfile> pools(
            @Nullable List<AgentPoolProfile> present,
            String place,
            ObjectNode properties,
            ApiVersion version,
            Problems problems) {
        JsonNode given = properties.get("agentPoolProfiles");
        if (given == null || given.isNull() || (given.isArray() && given.isEmpty())) {
            if (present != null) {
                return present;
            }
            problems.invalid("agentPoolProfiles", "Required parameter agentPoolProfiles is missing (null).");
            return List.of();
        }
        if (!given.isArray()) {
            problems.invalid("agentPoolProfiles", "The value of parameter agentPoolProfiles is invalid: it is a list.");
            return List.of();
        }
        PoolProfiles profiles = profiles(place, version, problems);
        List<AgentPoolProfile> pools = new ArrayList<>(present == null ? List.of() : present);
        Set<String> seen = new HashSet<>();
        for (JsonNode one : given) {
            String name = one.path("name").asText();
            if (!(one instanceof ObjectNode profile) || !seen.add(name.toLowerCase(Locale.ROOT))) {
                problems.invalid(
                        "agentPoolProfile.name",
                        "The value of parameter agentPoolProfile.name is invalid. Every pool has a name of its own; upper"
                                + " and lower case make no difference.");
                continue;
            }
            Optional<AgentPoolProfile> there = find(pools, name);
            if (present != null && there.isEmpty()) {
                problems.add(new Problem("BadRequest", NEW_POOL, "agentPoolProfiles"));
                continue;
            }
            AgentPoolProfile merged =
                    profiles.merge(present == null ? null : there.orElse(null), name, profile, PoolProfiles.SYSTEM);
            if (present == null) {
                pools.add(merged);
            } else {
                pools.set(pools.indexOf(there.orElseThrow()), merged);
            }
        }
        checkTogether(pools, problems);
        return List.copyOf(pools);
    }

    /** The pool of that name in any case. */
    static Optional<AgentPoolProfile> find(List<AgentPoolProfile> pools, String name) {
        return pools.stream().filter(pool -> pool.name().equalsIgnoreCase(name)).findFirst();
    }

    private static void checkTogether(List<AgentPoolProfile> pools, Problems problems) {
        if (pools.stream().noneMatch(pool -> PoolProfiles.mode(pool).equals(PoolProfiles.SYSTEM))) {
            problems.invalid("agentPoolProfile.mode", "There has to be at least one system agent pool.");
        }
        if (pools.size() > MOST_POOLS) {
            problems.invalid("agentPoolProfiles", "A cluster has up to " + MOST_POOLS + " agent pools.");
        }
    }

    /** A pool that follows the Secret anew needs the preview feature; one that does already stays as it is. */
    private void checkFeature(List<AgentPoolProfile> present, List<AgentPoolProfile> wanted) {
        boolean isAsked = wanted.stream()
                .filter(pool -> Objects.equals(pool.enableCustomCATrust(), true))
                .anyMatch(pool -> find(present, pool.name())
                        .filter(there -> Objects.equals(there.enableCustomCATrust(), true))
                        .isEmpty());
        if (isAsked && !customCaTrustIsRegistered.getAsBoolean()) {
            throw ArmFailure.badRequest(
                    "BadRequest",
                    "Feature Microsoft.ContainerService/CustomCATrustPreview is not enabled. Please see"
                            + " https://aka.ms/aks/previews for how to enable features.");
        }
    }
}
