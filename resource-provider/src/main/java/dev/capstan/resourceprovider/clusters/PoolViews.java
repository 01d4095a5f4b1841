package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.Progress;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Merge;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ManagedCluster.Operation;
import dev.capstan.resources.ObjectNames;
import java.util.Map;
import java.util.Objects;

/**
 * Pools as ARM shows them: what the user wrote, over the defaults for what she did not, under what the server alone says.
 */
final class PoolViews {

    /** Machines have the size of what they run on; AKS's clients want a word for it. */
    static final String SIZE = "local";

    private static final ObjectNode DEFAULTS = Json.object()
            .put("vmSize", SIZE)
            .put("osType", "Linux")
            .put("osSKU", "Linux")
            .put("type", "VirtualMachineScaleSets")
            .put("mode", PoolProfiles.SYSTEM)
            .put("enableAutoScaling", false);

    private final KubernetesVersion kubernetes;

    PoolViews(KubernetesVersion kubernetes) {
        this.kubernetes = kubernetes;
    }

    /**
     * A pool's properties, flat.
     *
     * @param derived the AgentPools, by object name; looked at where no operation runs on the cluster
     */
    ObjectNode properties(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            AgentPoolProfile profile,
            ApiVersion version,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        ObjectNode arm = profile.arm() == null ? Json.object() : Json.tree(profile.arm());
        ObjectNode view = Json.object().put("count", profile.count());
        view.setAll(Merge.of(DEFAULTS, arm));
        ObjectNode upgrade = Json.child(view, "upgradeSettings");
        ObjectNode shown = upgrade == null ? Json.object() : upgrade;
        if (profile.upgradeSettings() != null) {
            shown.setAll(Json.tree(profile.upgradeSettings()));
        }
        view.set("upgradeSettings", shown);
        view.put("orchestratorVersion", kubernetes.full());
        view.put("currentOrchestratorVersion", kubernetes.full());
        view.put("provisioningState", state(cluster, profile, derived));
        view.putObject("powerState").put("code", "Running");
        if (version.hasCustomCaTrustFlag()) {
            view.put("enableCustomCATrust", Objects.equals(profile.enableCustomCATrust(), true));
        }
        return view;
    }

    /** The pool as a resource of its own. */
    ObjectNode resource(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            AgentPoolProfile profile,
            ApiVersion version,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        ObjectNode view = Json.object()
                .put("id", ObjectNames.poolArmId(cluster.spec().id(), profile.name()))
                .put("name", profile.name())
                .put("type", AgentPools.TYPE);
        view.set("properties", properties(cluster, profile, version, derived).put("eTag", cluster.eTag()));
        return view;
    }

    /**
     * A pool's own state once the controller has brought it to the cluster's present generation, the cluster's until then.
     */
    private static String state(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            AgentPoolProfile profile,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        ClusterState whole = new ClusterState(cluster);
        Stored<AgentPool.Spec, AgentPool.Status> pool = derived.get(
                ObjectNames.ofArmId(ObjectNames.poolArmId(cluster.spec().id(), profile.name())));
        if (pool != null
                && pool.status() != null
                && Objects.equals(pool.spec().clusterGeneration(), cluster.generation())) {
            String result =
                    Progress.of(pool.status().conditions(), pool.generation()).result();
            if (result != null) {
                return result;
            }
        }
        Operation operation = whole.operation();
        boolean isItsCreation = operation != null
                && operation.abort() == null
                && operation.kind().equals(ClusterState.CREATE_POOL)
                && profile.name().equalsIgnoreCase(operation.agentPool());
        return isItsCreation && whole.isBusy() ? "Creating" : whole.provisioningState();
    }
}
