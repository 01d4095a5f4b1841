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
final class AgentIdentities implements AgentAccess {

    private final Duration tokenLifetime;
    private final AgentLeases leases;

    AgentIdentities(ControllerConfig.Timing timing) {
        this.tokenLifetime = timing.token();
        this.leases = new AgentLeases(timing);
    }

    /** Makes what is missing and puts the rights right. */
    @Override
    public void ensure(KubernetesClient client, String node) {
        Manifests.ensure(client, AgentRights.serviceAccount(node));
        AgentRights.objects(node).forEach(object -> Manifests.ensure(client, object));
        leases.ensure(client, node);
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

    @Override
    public void remove(KubernetesClient client, String node) {
        leases.remove(client, node);
        List<Map<String, Object>> rights = AgentRights.objects(node);
        rights.reversed().forEach(object -> delete(client, object));
        delete(client, AgentRights.serviceAccount(node));
    }

    private static void delete(KubernetesClient client, Map<String, Object> manifest) {
        client.resource(client.getKubernetesSerialization().convertValue(manifest, GenericKubernetesResource.class))
                .delete();
    }
}
