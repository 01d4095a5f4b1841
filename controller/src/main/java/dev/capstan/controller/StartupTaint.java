package dev.capstan.controller;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lifts the taint that a kubelet registered its node with, so that no pod came before the node's trust did: at the level
 * asked for, and at once where none will come. Of the Node's spec nothing else is ever written, and only if it is the Node that
 * was seen, and what is taken away still stands where it was seen (RFC 6902, {@code test}): a Node that was made again
 * meanwhile has the same name and taint, and another trust.
 */
final class StartupTaint {

    private static final Logger LOG = LoggerFactory.getLogger(StartupTaint.class);
    private static final PatchContext JSON = PatchContext.of(PatchType.JSON);

    /** The API server answers so where a test of a JSON patch does not hold. */
    private static final int UNPROCESSABLE = 422;

    private StartupTaint() {}

    static boolean isOn(Node node) {
        return position(node) >= 0;
    }

    /**
     * Whether it waits for word of the node's list, which a control plane has to give that the cluster is attached to.
     *
     * @param trust null where there is none yet
     */
    static boolean awaitsList(Node node, @Nullable NodeTrustObject trust) {
        int position = position(node);
        return position >= 0
                && Names.LIST_PENDING.equals(
                        node.getSpec().getTaints().get(position).getValue())
                && !node.getMetadata()
                        .getUid()
                        .equals(AskedFromOutside.of(trust).listTold());
    }

    /**
     * Whether it is time, for one that does not await a list.
     *
     * @param until level asked for; where that is {@code Proven} and no endpoint is named, {@code Loaded} is all there can be
     * @param generation of the NodeTrust since which it asks for the same
     */
    static boolean isDue(
            boolean followsSecret,
            String until,
            @Nullable NodeTrustObject trust,
            long generation,
            AgentContact contact) {
        if (!followsSecret && (trust == null || trust.getSpec().certificateSet() == null)) {
            return true; // nothing is asked of the node, so nothing will come
        }
        NodeTrust.Status status = trust == null ? null : trust.getStatus();
        if (trust == null
                || status == null
                || !(contact instanceof AgentContact.Alive)
                || trust.getSpec().followSecret() != followsSecret
                || status.observedGeneration() < generation) {
            return false;
        }
        NodeTrust.Problem problem = status.problem();
        if (problem != null && problem.reason().equals(NodeTrust.Problem.UNSUPPORTED)) {
            return true;
        }
        if (problem != null && !problem.reason().equals(TrustProof.REFUTED)) {
            return false;
        }
        String asked = until.equals(NodeTrust.PROVEN) && status.proof() == null ? NodeTrust.LOADED : until;
        return NodeTrust.isAtLeast(
                NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven()), asked);
    }

    /** Takes it away; one that somebody moved meanwhile is left for the turn that their write brings. */
    static void lift(KubernetesClient client, Node node) {
        int position = position(node);
        if (position < 0) {
            return;
        }
        String path = "/spec/taints/" + position;
        Object taint = client.getKubernetesSerialization()
                .convertValue(node.getSpec().getTaints().get(position), Map.class);
        try {
            client.nodes()
                    .withName(node.getMetadata().getName())
                    .patch(
                            JSON,
                            client.getKubernetesSerialization()
                                    .asJson(List.of(
                                            Map.of(
                                                    "op",
                                                    "test",
                                                    "path",
                                                    "/metadata/uid",
                                                    "value",
                                                    node.getMetadata().getUid()),
                                            Map.of("op", "test", "path", path, "value", taint),
                                            Map.of("op", "remove", "path", path))));
            LOG.info("node {}: the taint {} is lifted", node.getMetadata().getName(), Names.TRUST_PENDING_TAINT);
        } catch (KubernetesClientException e) {
            if (e.getCode() != UNPROCESSABLE && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    private static int position(Node node) {
        List<Taint> taints = node.getSpec() == null ? null : node.getSpec().getTaints();
        for (int i = 0; taints != null && i < taints.size(); i++) {
            if (taints.get(i).getKey().equals(Names.TRUST_PENDING_TAINT)) {
                return i;
            }
        }
        return -1;
    }
}
