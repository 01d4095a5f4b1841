package dev.capstan.controller;

import dev.capstan.resources.AgentRights;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a node's agent is and may do in its cluster: service account, rights, Lease, token. All of it bears the node's
 * name, so that making it again is nothing and deleting it needs no list.
 */
final class AgentIdentities {

    private final Duration tokenLifetime;
    private final Duration leaseDuration;

    AgentIdentities(ControllerConfig.Timing timing) {
        this.tokenLifetime = timing.token();
        this.leaseDuration = timing.lease();
    }

    /** Makes what is missing and puts the rights right; the Lease comes last, so where it is, all of it was made. */
    void ensure(KubernetesClient client, String node) {
        Manifests.ensure(client, AgentRights.serviceAccount(node));
        AgentRights.objects(node).forEach(object -> Manifests.ensure(client, object));
        Manifests.createIfAbsent(client.resource(
                client.getKubernetesSerialization().convertValue(lease(node), GenericKubernetesResource.class)));
    }

    /** A fresh token for the node's agent. */
    String token(KubernetesClient client, String node) {
        TokenRequest answer = client.serviceAccounts()
                .inNamespace(Names.SYSTEM_NAMESPACE)
                .withName(ObjectNames.agent(node))
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(tokenLifetime.toSeconds())
                        .endSpec()
                        .build());
        return answer.getStatus().getToken();
    }

    /** Removes what {@link #ensure} made, the Lease first, so that a half-removed identity never looks whole. */
    void remove(KubernetesClient client, String node) {
        delete(client, lease(node));
        List<Map<String, Object>> rights = AgentRights.objects(node);
        rights.reversed().forEach(object -> delete(client, object));
        delete(client, AgentRights.serviceAccount(node));
    }

    /** The Lease: made here, since rights cannot limit {@code create} by name; renewed by the agent. */
    private Map<String, Object> lease(String node) {
        return Map.of(
                "apiVersion",
                "coordination.k8s.io/v1",
                "kind",
                "Lease",
                "metadata",
                Map.of(
                        "name",
                        node,
                        "namespace",
                        Names.SYSTEM_NAMESPACE,
                        "labels",
                        Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)),
                "spec",
                Map.of("leaseDurationSeconds", leaseDuration.toSeconds()));
    }

    private static void delete(KubernetesClient client, Map<String, Object> manifest) {
        client.resource(client.getKubernetesSerialization().convertValue(manifest, GenericKubernetesResource.class))
                .delete();
    }
}
