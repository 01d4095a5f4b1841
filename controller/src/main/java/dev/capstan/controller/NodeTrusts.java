package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the specs of NodeTrusts, and only those members of them that it is asked to. {@code distrusted} is never among
 * them: it is an administrator's, stays on the node where it was written, and goes with it.
 */
final class NodeTrusts {

    private NodeTrusts() {}

    /** What a machine of ours shall trust: everything is said by its pool and its cluster's list. */
    static void ensureOfMachine(ManagedApi api, String node, boolean followSecret, @Nullable String certificateSet) {
        NodeTrustObject there = api.trust(node);
        if (there != null
                && there.getSpec().followSecret() == followSecret
                && Objects.equals(there.getSpec().certificateSet(), certificateSet)) {
            return;
        }
        write(api.client(), node, there, Json.object("followSecret", followSecret, "certificateSet", certificateSet));
    }

    /** Whether a node that Capstan did not make follows the Secret: said by its label. The rest of the spec is left. */
    static void ensureOfLabel(ManagedApi api, String node, boolean followSecret) {
        NodeTrustObject there = api.trust(node);
        if (there != null && there.getSpec().followSecret() == followSecret) {
            return;
        }
        write(api.client(), node, there, Json.object("followSecret", followSecret));
    }

    /**
     * Whether a machine's NodeTrust says what it shall and, where that includes a list, its agent has measured for just
     * that the level which this kind of machine can reach. Where there is no list, there is nothing to wait for.
     */
    static boolean isReached(
            @Nullable NodeTrustObject trust, boolean followSecret, @Nullable String certificateSet, Machine.Kind kind) {
        if (trust == null
                || trust.getSpec().followSecret() != followSecret
                || !Objects.equals(trust.getSpec().certificateSet(), certificateSet)) {
            return false;
        }
        if (certificateSet == null) {
            return true;
        }
        NodeTrust.Status status = trust.getStatus();
        if (status == null
                || status.observedGeneration() != trust.getMetadata().getGeneration()
                || status.problem() != null) {
            return false;
        }
        String level = NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        return NodeTrust.isAtLeast(level, kind.level());
    }

    static void remove(KubernetesClient client, String node) {
        client.resources(NodeTrustObject.class).withName(node).delete();
    }

    private static void write(
            KubernetesClient client,
            String node,
            @Nullable NodeTrustObject there,
            Map<String, @Nullable Object> change) {
        Map<String, @Nullable Object> said = new LinkedHashMap<>(change);
        said.values().removeIf(Objects::isNull);
        if (there == null
                && Manifests.createIfAbsent(client.resource(client.getKubernetesSerialization()
                        .convertValue(
                                Map.of(
                                        "apiVersion",
                                        Names.API_VERSION,
                                        "kind",
                                        NodeTrust.KIND,
                                        "metadata",
                                        Map.of(
                                                "name",
                                                node,
                                                "labels",
                                                Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)),
                                        "spec",
                                        said),
                                GenericKubernetesResource.class)))) {
            return;
        }
        client.resources(NodeTrustObject.class)
                .withName(node)
                .patch(Manifests.MERGE, Patches.text(Json.object("spec", change)));
    }
}
