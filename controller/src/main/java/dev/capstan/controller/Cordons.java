package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cordons nodes and takes that back. What we cordoned bears an annotation, so that a node that its user cordoned stays
 * so: that one is neither marked nor uncordoned.
 */
final class Cordons {

    private static final String QUARANTINED = "Quarantined";

    private Cordons() {}

    /** No further pod shall come to the node; one that is not there is no error. */
    static void cordon(KubernetesClient client, String name) {
        mark(client, name, null);
    }

    /** Cordons the node and says on it, as AKS does, that it did not drain. */
    static void quarantine(KubernetesClient client, String name) {
        mark(client, name, QUARANTINED);
    }

    /** Lets pods come again to a node that we cordoned. */
    static void uncordon(KubernetesClient client, String name) {
        Node node = client.nodes().withName(name).get();
        if (node != null && (isOurs(node) || status(node) != null)) {
            patch(client, name, null, null, isOurs(node) ? Json.object("unschedulable", null) : Map.of());
        }
    }

    /** Whether it was we who cordoned the node. */
    static boolean isOurs(Node node) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey(Names.CORDON_ANNOTATION);
    }

    private static void mark(KubernetesClient client, String name, @Nullable String status) {
        Node node = client.nodes().withName(name).get();
        if (node == null) {
            return;
        }
        boolean isCordoned =
                node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        if (!isCordoned) {
            patch(client, name, "true", status, Map.of("unschedulable", true));
        } else if (!Objects.equals(status, status(node))) {
            patch(client, name, isOurs(node) ? "true" : null, status, Map.of());
        }
    }

    private static @Nullable String status(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        return labels == null ? null : labels.get(Names.UPGRADE_STATUS_LABEL);
    }

    private static void patch(
            KubernetesClient client,
            String name,
            @Nullable String ours,
            @Nullable String status,
            Map<String, ? extends @Nullable Object> spec) {
        client.nodes()
                .withName(name)
                .patch(
                        Manifests.MERGE,
                        Patches.text(Json.object(
                                "metadata",
                                Json.object(
                                        "annotations",
                                        Json.object(Names.CORDON_ANNOTATION, ours),
                                        "labels",
                                        Json.object(Names.UPGRADE_STATUS_LABEL, status)),
                                "spec",
                                spec)));
    }
}
