package dev.capstan.controller;

import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What an API needs before Capstan can work on it: custom resources, its namespace, roles for people. */
final class Definitions {

    private static final int ESTABLISHED_SECONDS = 20;

    private Definitions() {}

    /** Makes the custom resources of these manifests and waits until they are served. */
    static void ensureResources(KubernetesClient client, List<String> manifests) {
        for (String manifest : manifests) {
            Map<?, ?> data = client.getKubernetesSerialization().unmarshal(manifest, Map.class);
            Map<String, ?> definition = Json.members(data);
            Manifests.ensure(client, definition);
            client.resources(CustomResourceDefinition.class)
                    .withName(client.getKubernetesSerialization()
                            .convertValue(definition, CustomResourceDefinition.class)
                            .getMetadata()
                            .getName())
                    .waitUntilCondition(Definitions::isEstablished, ESTABLISHED_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Makes Capstan's namespace. */
    static void ensureNamespace(KubernetesClient client) {
        Manifests.ensure(
                client,
                Map.of(
                        "apiVersion", "v1",
                        "kind", "Namespace",
                        "metadata", Map.of("name", Names.SYSTEM_NAMESPACE, "labels", managedBy())));
    }

    /** Lets whoever may view a managed cluster view what its nodes trust (Kubernetes: aggregated ClusterRoles). */
    static void ensureRoles(KubernetesClient client) {
        Manifests.ensure(
                client,
                Map.of(
                        "apiVersion",
                        "rbac.authorization.k8s.io/v1",
                        "kind",
                        "ClusterRole",
                        "metadata",
                        Map.of(
                                "name",
                                "capstan-view",
                                "labels",
                                Map.of(
                                        Names.MANAGED_BY_LABEL,
                                        Names.MANAGED_BY,
                                        "rbac.authorization.k8s.io/aggregate-to-view",
                                        "true")),
                        "rules",
                        List.of(Map.of(
                                "apiGroups", List.of(Names.GROUP),
                                "resources", List.of(NodeTrust.PLURAL, CertificateSets.PLURAL),
                                "verbs", List.of("get", "list", "watch")))));
    }

    /** Makes everything that a managed cluster's API needs. */
    static void ensureManagedCluster(KubernetesClient client) {
        ensureResources(client, CustomResourceDefinitions.managedClusterManifests());
        ensureNamespace(client);
        ensureRoles(client);
    }

    private static boolean isEstablished(CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    private static Map<String, String> managedBy() {
        return Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
    }
}
