package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.TrustTags;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agent pools of a managed cluster: derived from its profiles, each named after its pool's ARM id. A pool is always
 * of the newest model, one of Windows nodes of none, as the list is for Linux nodes only; that pools are updated one after the other is said by {@link PoolTurns}.
 */
final class AgentPools {

    /**
     * The pools of a cluster.
     *
     * @param wanted those of its profiles, in their order
     * @param leaving those whose profile went and that are not gone yet
     */
    record Derived(List<AgentPoolObject> wanted, List<AgentPoolObject> leaving) {}

    private AgentPools() {}

    /**
     * Makes, changes and deletes pools until they are as the profiles say.
     *
     * @param model fingerprint of the list's set; null where there is no list
     * @param location the attached cluster whose nodes they are; null where their machines are made
     */
    static Derived derive(
            KubernetesClient client,
            ManagedClusterObject cluster,
            @Nullable String model,
            @Nullable AttachedLocation location) {
        Map<String, AgentPoolObject> there = new HashMap<>();
        of(client, cluster.getMetadata().getName())
                .forEach(pool -> there.put(pool.getMetadata().getName(), pool));
        PoolTurns turns = new PoolTurns(cluster, model, there.values(), location);
        List<AgentPoolObject> wanted = new ArrayList<>();
        for (ManagedCluster.AgentPoolProfile profile : cluster.getSpec().agentPoolProfiles()) {
            String name =
                    ObjectNames.ofArmId(ObjectNames.poolArmId(cluster.getSpec().id(), profile.name()));
            AgentPoolObject old = there.remove(name);
            wanted.add(ensure(client, derived(cluster, name, profile, model, turns.next(old, profile), location), old));
        }
        List<AgentPoolObject> leaving = there.values().stream()
                .filter(pool -> pool.getOwnerReferenceFor(cluster).isPresent())
                .toList();
        leaving.stream()
                .filter(pool -> !pool.isMarkedForDeletion())
                .forEach(pool -> client.resource(pool).delete());
        return new Derived(List.copyOf(wanted), leaving);
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
                                "metadata",
                                Json.object(
                                        "resourceVersion", there.getMetadata().getResourceVersion()),
                                "spec",
                                Json.object(
                                        "cluster", spec.cluster(),
                                        "name", spec.name(),
                                        "location", spec.location(),
                                        "count", spec.count(),
                                        "enableCustomCATrust", spec.enableCustomCATrust(),
                                        "certificateSet", spec.certificateSet(),
                                        "upgradeSettings", spec.upgradeSettings(),
                                        "hold", spec.hold(),
                                        "clusterGeneration", spec.clusterGeneration(),
                                        "trustRules", spec.trustRules(),
                                        "stopped", spec.stopped(),
                                        "nodeImageUpgrade", spec.nodeImageUpgrade(),
                                        "nodeSelector", spec.nodeSelector()))));
    }

    /** Endpoints that were known to break when this was asked for. */
    private static List<String> givenUp(ManagedClusterObject cluster) {
        ManagedCluster.Operation operation = cluster.getSpec().operation();
        ManagedCluster.Removal removal = operation == null ? null : operation.removal();
        return removal == null
                ? List.of()
                : removal.endpoints().stream()
                        .map(EndangeredEndpoint::endpoint)
                        .distinct()
                        .toList();
    }

    private static AgentPoolObject derived(
            ManagedClusterObject cluster,
            String name,
            ManagedCluster.AgentPoolProfile profile,
            @Nullable String model,
            @Nullable String hold,
            @Nullable AttachedLocation location) {
        String clusterName = cluster.getMetadata().getName();
        AgentPoolObject pool = new AgentPoolObject();
        pool.getMetadata().setName(name);
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
                cluster.getSpec().location(),
                profile.count(),
                Boolean.TRUE.equals(profile.enableCustomCATrust()) && !profile.isWindows(),
                profile.isWindows() ? null : model,
                profile.upgradeSettings(),
                hold,
                cluster.getMetadata().getGeneration(),
                TrustTags.of(cluster.getSpec().arm())
                        .and(TrustTags.of(profile.arm()))
                        .rules(givenUp(cluster)),
                cluster.getSpec().isStopped() || profile.isStopped(),
                profile.nodeImageUpgrade(),
                location == null ? null : location.selector(profile.name())));
        return pool;
    }
}
