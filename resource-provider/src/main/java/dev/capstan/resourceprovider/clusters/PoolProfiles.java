package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Merge;
import dev.capstan.resourceprovider.wire.Problems;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a pool's body to its profile: what is there merged with what is asked for, and AKS's rules for it. What Capstan has
 * no use for is kept as it came.
 */
final class PoolProfiles {

    static final String SYSTEM = "System";
    static final String USER = "User";
    static final String LINUX = "Linux";
    static final String WINDOWS = "Windows";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9]{0,11}");
    private static final int MOST_NODES = 1000;
    private static final List<String> MODES = List.of(SYSTEM, USER);
    private static final List<String> SYSTEMS = List.of(LINUX, WINDOWS);

    /** Properties that the server says and nobody else. {@code orchestratorVersion} is checked before it is left out. */
    private static final List<String> READ_ONLY = List.of(
            "name",
            "eTag",
            "provisioningState",
            "powerState",
            "currentOrchestratorVersion",
            "nodeImageVersion",
            "orchestratorVersion");

    /** Properties whose empty text means "choose for me" (the Azure CLI sends them so). */
    private static final List<String> EMPTY_IS_ABSENT = List.of("vmSize", "osSKU", "osType", "mode", "type");

    private final ApiVersion version;
    private final KubernetesVersion kubernetes;
    private final String place;
    private final List<String> systems;
    private final Problems problems;

    /**
     * Reads profiles.
     *
     * @param place where the machines are
     * @param systems operating systems that machines there can have
     */
    PoolProfiles(
            ApiVersion version, KubernetesVersion kubernetes, String place, List<String> systems, Problems problems) {
        this.version = version;
        this.kubernetes = kubernetes;
        this.place = place;
        this.systems = List.copyOf(systems);
        this.problems = problems;
    }

    /** Whether a pool runs the cluster's own pods; where nothing was said it does. */
    static String mode(AgentPoolProfile profile) {
        Map<String, Object> arm = profile.arm();
        Object mode = arm == null ? null : arm.get("mode");
        return mode == null ? SYSTEM : mode.toString();
    }

    /**
     * The profile that a request asks for.
     *
     * @param present the pool as it is; null where it is new
     * @param name as written in the request
     * @param given its properties, flat
     * @param modeOfNew mode of a new pool that does not say
     */
    AgentPoolProfile merge(@Nullable AgentPoolProfile present, String name, ObjectNode given, String modeOfNew) {
        ObjectNode rest = Merge.of(
                Json.object(),
                ApiFields.taken(ApiFields.POOL, given, version)); // without what is null, which is as good as absent
        if (present == null && !NAME.matcher(name).matches()) {
            problems.invalid(
                    "agentPoolProfile.name",
                    "The value of parameter agentPoolProfile.name is invalid. It is 1 to 12 letters and digits, the first"
                            + " a letter.");
        }
        kubernetes.check(rest.get("orchestratorVersion"), "agentPoolProfile.orchestratorVersion", problems);
        READ_ONLY.forEach(rest::remove);
        EMPTY_IS_ABSENT.stream()
                .filter(property -> rest.path(property).asText().isEmpty())
                .forEach(rest::remove);
        Boolean flag = flag(present, rest.remove("enableCustomCATrust"));
        JsonNode count = rest.remove("count");
        var upgrade = new UpgradeSettingsBody(problems)
                .merge(present == null ? null : present.upgradeSettings(), Json.child(rest, "upgradeSettings"));
        ObjectNode there = present == null || present.arm() == null ? Json.object() : Json.tree(present.arm());
        checkUnserved(there, rest);
        if (present == null && !rest.has("mode")) {
            rest.put("mode", modeOfNew);
        }
        ObjectNode arm = Merge.of(there, rest);
        oneOf(arm, "mode", MODES);
        oneOf(arm, "osType", SYSTEMS);
        checkSystem(present, rest, arm, flag);
        var profile = new AgentPoolProfile(
                present == null ? name : present.name(),
                count(present, count),
                flag,
                upgrade,
                arm.isEmpty() ? null : map(arm),
                present == null ? null : present.powerState(),
                present == null ? null : present.nodeImageUpgrade());
        checkCount(profile);
        return profile;
    }

    /**
     * The same profile, stopped or running as its body asks. Only a pool's own PUT is asked: a cluster's shows its pools
     * stopped while it is stopped itself, and sent back later that would stop them.
     */
    AgentPoolProfile powered(AgentPoolProfile profile, ObjectNode given) {
        JsonNode code = given.path("powerState").path("code");
        if (code.isMissingNode() || code.isNull()) {
            return profile;
        }
        boolean off = code.asText().equalsIgnoreCase(ManagedCluster.STOPPED);
        if (!off && !code.asText().equalsIgnoreCase(ClusterState.RUNNING)) {
            problems.invalid(
                    "agentPoolProfile.powerState",
                    "The value of parameter agentPoolProfile.powerState is invalid: its code is Running or Stopped.");
        }
        if (off && mode(profile).equals(SYSTEM)) {
            problems.add(new Problem(
                    "OperationNotAllowed",
                    "Agent pool '" + profile.name() + "' is a system pool, and those cannot be stopped by themselves:"
                            + " stop the cluster with 'aks stop', or make it a user pool (mode User) first.",
                    "agentPoolProfile.powerState"));
        }
        return new AgentPoolProfile(
                profile.name(),
                profile.count(),
                profile.enableCustomCATrust(),
                profile.upgradeSettings(),
                profile.arm(),
                off ? ManagedCluster.STOPPED : null,
                profile.nodeImageUpgrade());
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(ObjectNode tree) {
        return Json.as(Map.class, tree);
    }

    private @Nullable Boolean flag(@Nullable AgentPoolProfile present, @Nullable JsonNode given) {
        Boolean there = present == null ? null : present.enableCustomCATrust();
        if (given == null || given.isNull()) {
            return there;
        }
        String target = "agentPoolProfile.enableCustomCATrust";
        if (!given.isBoolean()) {
            problems.invalid(target, "The value of parameter " + target + " is invalid: it is true or false.");
            return there;
        }
        boolean asked = given.asBoolean();
        if (!ApiFields.has(ApiFields.POOL, ApiFields.FLAG, version) && asked != Objects.equals(there, true)) {
            problems.invalid(
                    target,
                    ApiFields.refusal(ApiFields.POOL, ApiFields.FLAG, "The property enableCustomCATrust", version));
        }
        return asked;
    }

    private int count(@Nullable AgentPoolProfile present, @Nullable JsonNode given) {
        if (given == null || given.isNull()) {
            return present == null ? 1 : present.count();
        }
        if (!given.canConvertToInt() || !given.isIntegralNumber()) {
            problems.invalid(
                    "agentPoolProfile.count",
                    "The value of parameter agentPoolProfile.count is invalid: it is a whole number.");
            return 1;
        }
        return given.asInt();
    }

    private void checkCount(AgentPoolProfile profile) {
        int least = mode(profile).equals(SYSTEM) ? 1 : 0;
        if (profile.count() < least || profile.count() > MOST_NODES) {
            problems.invalid(
                    "agentPoolProfile.count",
                    "agentPoolProfile.count was " + profile.count() + ". It must be greater or equal to minCount:"
                            + least
                            + " and less than or equal to maxCount:" + MOST_NODES + ". (Agent pool '" + profile.name()
                            + "', mode " + mode(profile) + ".)");
        }
    }

    private void oneOf(ObjectNode arm, String property, List<String> words) {
        JsonNode given = arm.get(property);
        if (given == null) {
            return;
        }
        for (String word : words) {
            if (word.equalsIgnoreCase(given.asText())) {
                arm.put(property, word);
                return;
            }
        }
        problems.invalid(
                "agentPoolProfile." + property,
                "The value of parameter agentPoolProfile." + property + " is invalid: it is "
                        + String.join(" or ", words) + ".");
    }

    /**
     * Windows pools have nothing of custom certificate authorities: the pool's own flag is refused there, the cluster's
     * list leaves them alone.
     */
    private void checkSystem(
            @Nullable AgentPoolProfile present, ObjectNode asked, ObjectNode arm, @Nullable Boolean flag) {
        String system = arm.path("osType").asText(LINUX);
        if (!SYSTEMS.contains(system)) {
            return;
        }
        if (present != null && asked.has("osType") && !system.equals(system(present))) {
            problems.add(new Problem(
                    "PropertyChangeNotAllowed",
                    "Changing property 'properties.osType' is not allowed.",
                    "properties.osType"));
        }
        if (present == null && !systems.contains(system)) {
            problems.invalid(
                    "agentPoolProfile.osType",
                    "The value of parameter agentPoolProfile.osType is invalid: location '" + place + "' has no "
                            + system + " machines; agent pools there are " + String.join(" or ", systems) + ".");
        }
        if (system.equals(WINDOWS) && arm.path("mode").asText(SYSTEM).equals(SYSTEM)) {
            problems.invalid(
                    "agentPoolProfile.mode",
                    "The value of parameter agentPoolProfile.mode is invalid: a system agent pool is Linux, a Windows pool"
                            + " has mode User.");
        }
        if (system.equals(WINDOWS) && Objects.equals(flag, true)) {
            problems.invalid(
                    "agentPoolProfile.enableCustomCATrust",
                    "enableCustomCATrust can only be set for Linux agent pools: custom certificate authorities aren't"
                            + " supported on Windows nodes. Leave it out for this pool.");
        }
    }

    /** The operating system of a pool's nodes. */
    static String system(AgentPoolProfile profile) {
        return profile.isWindows() ? WINDOWS : LINUX;
    }

    /** What AKS has and Capstan has not is refused in words, rather than taken and not done. */
    private void checkUnserved(ObjectNode there, ObjectNode asked) {
        if (asked.path("enableAutoScaling").asBoolean(false)) {
            problems.invalid(
                    "agentPoolProfile.enableAutoScaling",
                    "The cluster autoscaler is not served: give the pool its count.");
        }
        if (!asked.path("securityProfile").path("customCATrustCertificates").isMissingNode()) {
            problems.invalid(
                    "agentPoolProfile.securityProfile",
                    "Installing different CAs in the same cluster isn't supported: the list customCATrustCertificates is"
                            + " the cluster's, under properties.securityProfile.");
        }
        String size = asked.path("vmSize").asText();
        String present = there.path("vmSize").asText(PoolViews.SIZE);
        if (!there.isEmpty() && !size.isEmpty() && !size.equalsIgnoreCase(present)) {
            problems.add(new Problem(
                    "PropertyChangeNotAllowed",
                    "Changing property 'properties.vmSize' is not allowed.",
                    "properties.vmSize"));
        }
    }
}
