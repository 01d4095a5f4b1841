package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.ApiVersion;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Merge;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ObjectNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Clusters as ARM shows them. Some of it stands for things that only Azure has (the cluster's identities, a service
 * principal called {@code msi}, a group for its nodes): the Azure CLI fails without them, and nothing here reads them.
 */
final class ClusterViews {

    private final Management management;
    private final Scope scope;
    private final KubernetesVersion kubernetes;
    private final PoolViews pools;
    private final MadeBytes<Shown> made = new MadeBytes<>();

    /** A cluster's object, and what it is shown with. */
    private record Shown(String cluster, ApiVersion version) {}

    ClusterViews(Management management, Scope scope, KubernetesVersion kubernetes) {
        this.management = management;
        this.scope = scope;
        this.kubernetes = kubernetes;
        this.pools = new PoolViews(kubernetes);
    }

    /** The pools of a cluster that the controller derived, by object name. */
    Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived = new LinkedHashMap<>();
        for (AgentPoolProfile profile : cluster.spec().agentPoolProfiles()) {
            String id = ObjectNames.poolArmId(cluster.spec().id(), profile.name());
            management.find(Kind.POOL, ObjectNames.ofArmId(id)).ifPresent(pool -> derived.put(pool.name(), pool));
        }
        return derived;
    }

    ObjectNode pool(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, AgentPoolProfile profile, ApiVersion version) {
        return pools.resource(cluster, profile, version, derived(cluster));
    }

    ArrayNode poolsOf(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, ApiVersion version) {
        ArrayNode all = Json.array();
        var derived = derived(cluster);
        cluster.spec()
                .agentPoolProfiles()
                .forEach(profile -> all.add(pools.resource(cluster, profile, version, derived)));
        return all;
    }

    ObjectNode cluster(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, ApiVersion version) {
        return cluster(cluster, version, derived(cluster));
    }

    /** The cluster as it is shown, in bytes. */
    byte[] bytes(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, ApiVersion version) {
        var derived = derived(cluster);
        List<Object> madeOf = new ArrayList<>(derived.values());
        madeOf.add(cluster);
        madeOf.add(kubernetes.full());
        return made.get(
                new Shown(cluster.name(), version), madeOf, () -> Json.bytes(cluster(cluster, version, derived)));
    }

    ObjectNode cluster(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            ApiVersion version,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        ManagedCluster.Spec spec = cluster.spec();
        ObjectNode arm = spec.arm() == null ? Json.object() : Json.tree(spec.arm());
        ObjectNode view = Json.object()
                .put("id", spec.id())
                .put("name", spec.name())
                .put("type", "Microsoft.ContainerService/ManagedClusters")
                .put("location", ClusterSpecs.location(spec));
        view.putNull("tags");
        view.set("sku", Json.object().put("name", "Base").put("tier", "Free"));
        view.set("identity", Json.object().put("type", "SystemAssigned"));
        JsonNode properties = arm.remove("properties");
        view = Merge.of(view, arm);
        view.put("eTag", cluster.eTag());
        if (view.path("identity").path("type").asText().equals("SystemAssigned")
                && view.get("identity") instanceof ObjectNode identity) {
            identity.put("principalId", derivedId(cluster, "identity")).put("tenantId", scope.tenant());
        }
        view.set("properties", properties(cluster, properties, version, derived));
        return ApiFields.shown(ApiFields.CLUSTER, view, version);
    }

    private ObjectNode properties(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster,
            JsonNode given,
            ApiVersion version,
            Map<String, Stored<AgentPool.Spec, AgentPool.Status>> derived) {
        ManagedCluster.Spec spec = cluster.spec();
        ObjectNode view = Merge.of(defaults(cluster), given instanceof ObjectNode object ? object : Json.object());
        view.put("provisioningState", new ClusterState(cluster).provisioningState());
        view.putObject("powerState").put("code", new ClusterState(cluster).powerState());
        view.put("kubernetesVersion", kubernetes.full());
        view.put("currentKubernetesVersion", kubernetes.full());
        view.put("maxAgentPools", ClusterSpecs.MOST_POOLS);
        view.put("resourceUID", cluster.uid());
        ManagedCluster.Status status = cluster.status();
        if (status != null && status.endpoint() != null) {
            view.put("fqdn", URI.create(status.endpoint()).getHost());
        }
        ArrayNode profiles = view.putArray("agentPoolProfiles");
        for (AgentPoolProfile profile : spec.agentPoolProfiles()) {
            ObjectNode one = Json.object().put("name", profile.name());
            one.setAll(pools.properties(cluster, profile, version, derived));
            profiles.add(one);
        }
        ObjectNode security = Json.child(view, "securityProfile");
        ObjectNode shown = security == null ? Json.object() : security;
        ManagedCluster.SecurityProfile profile = spec.securityProfile();
        if (profile != null
                && profile.customCATrustCertificates() != null
                && !profile.customCATrustCertificates().isEmpty()) {
            shown.set("customCATrustCertificates", Json.tree(profile.customCATrustCertificates()));
        }
        view.set("securityProfile", shown);
        return view;
    }

    private ObjectNode defaults(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        ManagedCluster.Spec spec = cluster.spec();
        String nodeGroup = "MC_" + spec.resourceGroup() + "_" + spec.name() + "_" + ClusterSpecs.location(spec);
        ObjectNode view = Json.object()
                .put("dnsPrefix", spec.name())
                .put("nodeResourceGroup", nodeGroup)
                .put("enableRBAC", true)
                .put("disableLocalAccounts", false)
                .put("supportPlan", "KubernetesOfficial");
        view.putObject("servicePrincipalProfile").put("clientId", "msi");
        view.putObject("identityProfile")
                .putObject("kubeletidentity")
                .put(
                        "resourceId",
                        scope.groupId(nodeGroup) + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
                                + spec.name() + "-agentpool")
                .put("clientId", derivedId(cluster, "kubelet client"))
                .put("objectId", derivedId(cluster, "kubelet object"));
        // Machines share their host's network.
        view.putObject("networkProfile")
                .put("networkPlugin", "none")
                .put("loadBalancerSku", "standard")
                .put("outboundType", "none");
        return view;
    }

    private static String derivedId(Stored<?, ?> cluster, String what) {
        return UUID.nameUUIDFromBytes((cluster.uid() + " " + what).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
