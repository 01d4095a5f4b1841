package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The agent pools of a managed cluster: derived from its profiles, each named after its pool's ARM id. */
final class AgentPools {

    private AgentPools() {}

    /** Makes, changes and deletes pools until they are as the profiles say; gives those of the profiles, as they are. */
    static List<AgentPoolObject> derive(KubernetesClient client, ManagedClusterObject cluster) {
        ManagedCluster.Spec spec = cluster.getSpec();
        Map<String, AgentPoolObject> there = new HashMap<>();
        of(client, cluster.getMetadata().getName())
                .forEach(pool -> there.put(pool.getMetadata().getName(), pool));
        List<AgentPoolObject> wanted = spec.agentPoolProfiles().stream()
                .map(profile -> {
                    AgentPoolObject pool = derived(cluster, profile);
                    AgentPoolObject old = there.remove(pool.getMetadata().getName());
                    return ensure(client, pool, old);
                })
                .toList();
        there.values().stream()
                .filter(pool -> isOwned(pool, cluster) && !pool.isMarkedForDeletion())
                .forEach(pool -> client.resource(pool).delete());
        return wanted;
    }

    /** Every pool of a cluster, derived or not, read now. */
    static List<AgentPoolObject> of(KubernetesClient client, String cluster) {
        return client.resources(AgentPoolObject.class).list().getItems().stream()
                .filter(pool -> pool.getSpec().cluster().equals(cluster))
                .toList();
    }

    private static AgentPoolObject ensure(
            KubernetesClient client, AgentPoolObject wanted, @Nullable AgentPoolObject there) {
        if (there == null) {
            return client.resource(wanted).create();
        }
        if (there.isMarkedForDeletion() || there.getSpec().equals(wanted.getSpec())) {
            return there;
        }
        AgentPool.Spec spec = wanted.getSpec();
        return client.resource(there)
                .patch(
                        Manifests.MERGE,
                        Patches.text(Json.object(
                                "spec",
                                Json.object(
                                        "cluster", spec.cluster(),
                                        "name", spec.name(),
                                        "location", spec.location(),
                                        "count", spec.count(),
                                        "enableCustomCATrust", spec.enableCustomCATrust()))));
    }

    private static AgentPoolObject derived(ManagedClusterObject cluster, ManagedCluster.AgentPoolProfile profile) {
        ManagedCluster.Spec spec = cluster.getSpec();
        String clusterName = cluster.getMetadata().getName();
        AgentPoolObject pool = new AgentPoolObject();
        pool.getMetadata().setName(ObjectNames.ofArmId(ObjectNames.poolArmId(spec.id(), profile.name())));
        pool.getMetadata()
                .setLabels(Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY, Names.CLUSTER_LABEL, clusterName));
        pool.getMetadata().setFinalizers(List.of(Names.FINALIZER));
        pool.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(Names.API_VERSION)
                        .withKind(ManagedCluster.KIND)
                        .withName(clusterName)
                        .withUid(cluster.getMetadata().getUid())
                        .withController(true)
                        .withBlockOwnerDeletion(true)
                        .build()));
        pool.setSpec(new AgentPool.Spec(
                clusterName,
                profile.name(),
                spec.location(),
                profile.count(),
                Boolean.TRUE.equals(profile.enableCustomCATrust()),
                null,
                null,
                null,
                null));
        return pool;
    }

    private static boolean isOwned(AgentPoolObject pool, ManagedClusterObject cluster) {
        return pool.getOwnerReferenceFor(cluster).isPresent();
    }
}
