package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ObjectNames;
import java.util.List;

/**
 * Kubernetes versions to choose from, and to upgrade to: there is one, and nothing to upgrade to. What a pool can be
 * upgraded to is a newer image of its nodes.
 */
final class Upgrades {

    private static final String CLUSTER = "/subscriptions/{subscription}/resourcegroups/{group}/providers"
            + "/microsoft.containerservice/managedclusters/{cluster}";
    private static final String POOLS = CLUSTER + "/agentpools";

    private final Scope scope;
    private final Clusters clusters;
    private final ClusterViews views;
    private final KubernetesVersion kubernetes;

    Upgrades(Scope scope, Clusters clusters, ClusterViews views, KubernetesVersion kubernetes) {
        this.scope = scope;
        this.clusters = clusters;
        this.views = views;
        this.kubernetes = kubernetes;
    }

    List<Route> routes() {
        return List.of(
                Route.cluster(
                        "GET",
                        "/subscriptions/{subscription}/providers/microsoft.containerservice/locations/{location}"
                                + "/kubernetesversions",
                        this::versions),
                Route.cluster("GET", CLUSTER + "/upgradeprofiles/default", this::profile),
                Route.cluster("GET", POOLS + "/{pool}/upgradeprofiles/default", this::poolProfile),
                Route.cluster("GET", CLUSTER + "/availableagentpoolversions", this::poolVersions));
    }

    private ArmAnswer versions(Call call) {
        scope.check(call.variable("subscription"));
        ObjectNode view = Json.object();
        ObjectNode version = view.putArray("values")
                .addObject()
                .put("version", kubernetes.minor())
                .put("isDefault", true);
        version.putObject("capabilities").putArray("supportPlan").add("KubernetesOfficial");
        version.putObject("patchVersions").putObject(kubernetes.full()).putArray("upgrades");
        return ArmAnswer.ok(view);
    }

    private ArmAnswer profile(Call call) {
        var spec = clusters.get(call).spec();
        ObjectNode view = Json.object()
                .put("id", spec.id() + "/upgradeprofiles/default")
                .put("name", "default")
                .put("type", Clusters.TYPE + "/upgradeprofiles");
        ObjectNode properties = view.putObject("properties");
        properties.set("controlPlaneProfile", profile());
        var pools = properties.putArray("agentPoolProfiles");
        spec.agentPoolProfiles().forEach(pool -> pools.add(profile().put("name", pool.name())));
        return ArmAnswer.ok(view);
    }

    private ArmAnswer poolProfile(Call call) {
        var cluster = clusters.get(call);
        var pool = AgentPools.profile(call, cluster);
        ObjectNode view = Json.object()
                .put("id", ObjectNames.poolArmId(cluster.spec().id(), pool.name()) + "/upgradeProfiles/default")
                .put("name", "default")
                .put("type", AgentPools.TYPE + "/upgradeProfiles");
        ObjectNode properties = profile();
        var derived = PoolViews.derived(cluster, pool, views.derived(cluster));
        if (derived != null && derived.status() != null && derived.status().latestNodeImage() != null) {
            properties.put("latestNodeImageVersion", derived.status().latestNodeImage());
        }
        view.set("properties", properties);
        return ArmAnswer.ok(view);
    }

    private ArmAnswer poolVersions(Call call) {
        var cluster = clusters.get(call);
        ObjectNode view = Json.object()
                .put("id", cluster.spec().id() + "/availableAgentPoolVersions")
                .put("name", "default")
                .put("type", Clusters.TYPE + "/availableAgentPoolVersions");
        view.putObject("properties")
                .putArray("agentPoolVersions")
                .addObject()
                .put("default", true)
                .put("isPreview", false)
                .put("kubernetesVersion", kubernetes.full());
        return ArmAnswer.ok(view);
    }

    private ObjectNode profile() {
        ObjectNode profile =
                Json.object().put("kubernetesVersion", kubernetes.full()).put("osType", "Linux");
        profile.putArray("upgrades");
        return profile;
    }
}
