package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Route;
import java.util.List;

/** Kubernetes versions to choose from, and to upgrade to: there is one, and nothing to upgrade to. */
final class Upgrades {

    private final Scope scope;
    private final Clusters clusters;
    private final KubernetesVersion kubernetes;

    Upgrades(Scope scope, Clusters clusters, KubernetesVersion kubernetes) {
        this.scope = scope;
        this.clusters = clusters;
        this.kubernetes = kubernetes;
    }

    List<Route> routes() {
        return List.of(
                Route.cluster(
                        "GET",
                        "/subscriptions/{subscription}/providers/microsoft.containerservice/locations/{location}"
                                + "/kubernetesversions",
                        this::versions),
                Route.cluster(
                        "GET",
                        "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                                + "/managedclusters/{cluster}/upgradeprofiles/default",
                        this::profile));
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

    private ObjectNode profile() {
        ObjectNode profile =
                Json.object().put("kubernetesVersion", kubernetes.full()).put("osType", "Linux");
        profile.putArray("upgrades");
        return profile;
    }
}
