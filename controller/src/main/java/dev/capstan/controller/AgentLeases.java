package dev.capstan.controller;

import dev.capstan.resources.AgentRights;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/**
 * The agents' Leases: made here, since rights cannot limit {@code create} by name, and renewed by the agents. Who the agents
 * are is somebody else's business: the manifests', for those of a DaemonSet, or an administrator's.
 */
final class AgentLeases implements AgentAccess {

    private final Duration duration;

    AgentLeases(ControllerConfig.Timing timing) {
        this.duration = timing.lease();
    }

    @Override
    public void ensure(KubernetesClient client, String node) {
        Manifests.createIfAbsent(client.resource(client.getKubernetesSerialization()
                .convertValue(AgentRights.lease(node, duration.toSeconds()), GenericKubernetesResource.class)));
    }

    @Override
    public void remove(KubernetesClient client, String node) {
        client.leases().inNamespace(Names.SYSTEM_NAMESPACE).withName(node).delete();
    }
}
