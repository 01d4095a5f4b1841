package dev.capstan.controller;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PreconditionsBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The pods of a node: asked to go, never made to. A pod goes by eviction alone, so that its budgets are heard; where the
 * API knows no evictions nothing goes. As kubectl's drain does, pods of DaemonSets are left (their controller would put
 * them back), so are mirror pods (their kubelet would), and pods that ended count as gone.
 */
final class Pods {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NAMED_AT_MOST = 3;
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private Pods() {}

    /** Whether the node holds no pod that would have to be evicted. */
    static boolean isEmpty(KubernetesClient client, String node) {
        return toEvict(client, node).isEmpty();
    }

    /**
     * Asks every pod of the node to go, once, and looks what is left.
     *
     * @return why pods are still there, in words; empty if none is
     * @throws ReconcileException if the API knows no evictions
     * @throws KubernetesClientException if it refuses for another reason than a budget
     */
    static List<String> evict(KubernetesClient client, String node) throws ReconcileException {
        List<String> refused = new ArrayList<>();
        for (Pod pod : toEvict(client, node)) {
            if (pod.getMetadata().getDeletionTimestamp() == null) {
                evict(client, pod, refused);
            }
        }
        List<Pod> left = toEvict(client, node);
        if (left.isEmpty()) {
            return List.of();
        }
        if (refused.isEmpty()) {
            return List.of("waits for " + some(left.stream().map(Pods::name).toList()) + " to end");
        }
        return List.of(some(refused));
    }

    /** Deletes what is left of the pods of a node whose machine is gone: nothing of them runs any more. */
    static void removeLeftOver(KubernetesClient client, String node) {
        for (Pod pod : all(client, node)) {
            client.pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .withGracePeriod(0)
                    .delete();
        }
    }

    private static void evict(KubernetesClient client, Pod pod, List<String> refused) throws ReconcileException {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        try {
            client.raw(
                    "/api/v1/namespaces/" + namespace + "/pods/" + name + "/eviction",
                    "POST",
                    new EvictionBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .endMetadata()
                            .withDeleteOptions(new DeleteOptionsBuilder()
                                    .withPreconditions(new PreconditionsBuilder()
                                            .withUid(pod.getMetadata().getUid())
                                            .build())
                                    .build())
                            .build());
        } catch (KubernetesClientException e) {
            switch (e.getCode()) {
                // 500: several budgets, which Kubernetes does not judge (EvictionREST)
                case TOO_MANY_REQUESTS, HttpURLConnection.HTTP_INTERNAL_ERROR ->
                    refused.add(name(pod) + " may not go: " + why(e));
                case HttpURLConnection
                        .HTTP_CONFLICT -> {} // another pod of that name by now, or changed: looked at again
                case HttpURLConnection.HTTP_NOT_FOUND -> requireGone(client, pod);
                default -> throw e;
            }
        }
    }

    private static void requireGone(KubernetesClient client, Pod pod) throws ReconcileException {
        Pod now = client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .get();
        if (now != null && now.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            throw new ReconcileException(
                    "NoEvictions",
                    "the cluster's API does not know evictions (pods/eviction of policy/v1), so " + name(pod)
                            + " is left where it is; delete it by hand");
        }
    }

    private static List<Pod> toEvict(KubernetesClient client, String node) {
        return all(client, node).stream().filter(Pods::hasToGo).toList();
    }

    private static List<Pod> all(KubernetesClient client, String node) {
        return client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node)
                .list()
                .getItems();
    }

    private static boolean hasToGo(Pod pod) {
        boolean isOfDaemonSet = pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController())
                        && owner.getKind().equals("DaemonSet"));
        boolean isMirror = pod.getMetadata().getAnnotations() != null
                && pod.getMetadata().getAnnotations().containsKey(MIRROR);
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        boolean hasEnded = "Succeeded".equals(phase) || "Failed".equals(phase);
        return !isOfDaemonSet && !isMirror && !hasEnded;
    }

    private static String name(Pod pod) {
        return "pod " + pod.getMetadata().getNamespace() + "/"
                + pod.getMetadata().getName();
    }

    /** The budget's name is in the causes (Kubernetes: EvictionREST), not in the message. */
    private static String why(KubernetesClientException refusal) {
        if (refusal.getStatus() == null) {
            return String.valueOf(refusal.getMessage());
        }
        List<StatusCause> causes = refusal.getStatus().getDetails() == null
                ? List.of()
                : refusal.getStatus().getDetails().getCauses();
        return causes.isEmpty()
                ? refusal.getStatus().getMessage()
                : causes.stream().map(StatusCause::getMessage).collect(Collectors.joining(", "));
    }

    private static String some(List<String> names) {
        return Few.of(names, NAMED_AT_MOST, ", ");
    }
}
