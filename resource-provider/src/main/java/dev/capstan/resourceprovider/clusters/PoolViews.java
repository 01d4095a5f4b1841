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
import dev.capstan.resources.ObjectNames;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

    /** States of a pool by the operation that is about it and it alone. */
    private static final Map<String, String> OWN_STATES = Map.of(
            ClusterState.CREATE_POOL, "Creating",
            ClusterState.STOP, "Stopping",
            ClusterState.START, "Starting",
            ClusterState.UPGRADE_IMAGE, "UpgradingNodeImageVersion");

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
        Stored<AgentPool.Spec, AgentPool.Status> there = derived(cluster, profile, derived);
        int count = there == null || there.spec().nodeSelector() == null ? profile.count() : AttachedRules.nodes(there);
        ObjectNode view = Json.object().put("count", count);
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
        view.putObject("powerState").put("code", new ClusterState(cluster).powerState(profile));
        String image = image(derived(cluster, profile, derived));
        if (image != null) {
            view.put("nodeImageVersion", image);
        }
        view.put("enableCustomCATrust", Objects.equals(profile.enableCustomCATrust(), true));
        return ApiFields.shown(ApiFields.POOL, view, version);
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
        Stored<AgentPool.Spec, AgentPool.Status> pool = derived(cluster, profile, derived);
        if (pool != null
                && pool.status() != null
                && Objects.equals(pool.spec().clusterGeneration(), cluster.generation())) {
            String result =
                    Progress.of(pool.status().conditions(), pool.generation()).result();
            if (result != null) {
                return result;
            }
        }
        for (Map.Entry<String, String> own : OWN_STATES.entrySet()) {
            if (whole.isUnderWay(own.getKey(), profile.name())) {
                return own.getValue();
            }
        }
        return whole.provisioningState();
    }

    /** A pool as the controller derived it; null until it did. */
    static @Nullable Stored<AgentPool.Spec, AgentPool.Status> derived(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            AgentPoolProfile profile,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        return derived.get(
                ObjectNames.ofArmId(ObjectNames.poolArmId(cluster.spec().id(), profile.name())));
    }

    /** The image of its machines, the oldest while they have several; where it has none, the one it would get. */
    private static @Nullable String image(@Nullable Stored<AgentPool.Spec, AgentPool.Status> pool) {
        AgentPool.Status status = pool == null ? null : pool.status();
        if (status == null) {
            return null;
        }
        return status.machines().stream()
                .map(AgentPool.MachineRecord::nodeImage)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(status.latestNodeImage());
    }
}
