package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * Takes from every Node what controllers write there, before Capstan leaves a cluster: the condition {@code CustomCATrusted},
 * which would say its last word for as long as the Node lives, and the startup taint, which nobody would lift any more. Nothing
 * is done to a Node that has neither, so it may be done again, and has to be where a controller still works.
 */
public final class Farewell {

    private static final String NO_CONDITION =
            "{\"status\":{\"conditions\":[{\"type\":\"" + Names.NODE_CONDITION + "\",\"$patch\":\"delete\"}]}}";

    private Farewell() {}

    /**
     * Goes through all nodes once.
     *
     * @return how many had something of ours
     * @throws KubernetesClientException if the API refuses, or does not answer; what was not done yet is left
     */
    public static int take(ClusterEndpoint cluster) {
        int had = 0;
        try (KubernetesClient client = new Clients(Clients.NOTHING).open(cluster)) {
            for (Node node : client.nodes().list().getItems()) {
                boolean isTold = NodeConditions.condition(node, Names.NODE_CONDITION) != null;
                if (isTold) {
                    forget(client, node.getMetadata().getName());
                }
                StartupTaint.lift(client, node);
                had += isTold || StartupTaint.isOn(node) ? 1 : 0;
            }
        }
        return had;
    }

    private static void forget(KubernetesClient client, String node) {
        try {
            client.nodes().withName(node).subresource("status").patch(Manifests.STRATEGIC, NO_CONDITION);
        } catch (KubernetesClientException e) {
            if (!Manifests.isGone(e)) {
                throw e;
            }
        }
    }
}
