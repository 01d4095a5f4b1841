package dev.capstan.embeddedkubernetes.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.DeleteOptions;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.ObjectService;
import dev.capstan.embeddedkubernetes.pipeline.Parameters;
import dev.capstan.embeddedkubernetes.pipeline.Target;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.store.View;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * POST to {@code pods/NAME/eviction}: deletes a pod unless the PodDisruptionBudget it falls under forbids
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/):
 *
 * <ol>
 *   <li>a pod that is Pending, has ended or is being deleted already disrupts nobody: it goes;
 *   <li>two budgets on one pod are an error (500), as in Kubernetes;
 *   <li>a pod that is not Ready goes if its budget says AlwaysAllow, or if enough others are healthy and any are wanted;
 *   <li>else one disruption must be allowed: if not, 429 with the reason.
 * </ol>
 *
 * Look and deletion are one store write, and the writes come one after the other: two evictions never both pass a budget that
 * allows one. The pod is gone at once, unless a finalizer holds it; then it no longer counts as healthy. A budget's selector
 * {@code {}} also covers pods without labels, as its documentation says.
 */
public final class Evictions {
    private final ObjectService objects;

    /** Evicts pods among the objects. */
    public Evictions(ObjectService objects) {
        this.objects = objects;
    }

    /**
     * Evicts a pod.
     *
     * @param pod which one; its name and namespace are those of the path
     * @param eviction the body, an Eviction of {@code policy/v1} or {@code policy/v1beta1}
     * @throws ApiFailure if the pod may not go now (429) or ever, or is not there
     */
    public void evict(Target pod, @Nullable User user, ObjectNode eviction, Parameters parameters) {
        if (!Json.meta(eviction, "name").equals(pod.name())) {
            throw ApiFailure.badRequest("name in URL does not match name in Eviction object");
        }
        String namespace = Json.meta(eviction, "namespace");
        if (!namespace.isEmpty() && !namespace.equals(pod.namespace())) {
            throw ApiFailure.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        DeleteOptions options = DeleteOptions.of(eviction.path("deleteOptions"), parameters);
        boolean _ = objects.writes().run(options.dryRun(), draft -> {
            ObjectNode current = draft.get(pod.key());
            if (current == null) {
                throw ApiFailure.notFound(pod.kind(), pod.name());
            }
            if (!disruptsNobody(current)) {
                requireAllowed(draft, current);
            }
            options.require(pod.kind(), pod.name(), current);
            if (!isTerminating(current)) {
                ObjectNode _ = draft.put(pod.key(), marked(current));
            }
            return objects.writes()
                    .deletion(pod, user, options.withoutPreconditions())
                    .run(draft)
                    .gone();
        });
    }

    private static boolean disruptsNobody(ObjectNode pod) {
        return isTerminating(pod)
                || Budget.hasEnded(pod)
                || pod.path("status").path("phase").asText().equals("Pending");
    }

    private static boolean isTerminating(ObjectNode pod) {
        return pod.path("metadata").has("deletionTimestamp");
    }

    private static void requireAllowed(View view, ObjectNode pod) {
        List<ObjectNode> budgets = view.list(Budget.RESOURCE, Json.meta(pod, "namespace")).stream()
                .filter(budget -> Budget.covers(budget, pod))
                .toList();
        if (budgets.size() > 1) {
            throw ApiFailure.of(
                    500,
                    "",
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }
        for (ObjectNode object : budgets) {
            Budget budget = Budget.of(object, view);
            boolean goes = budget.allowed() > 0 || (!Budget.isReady(pod) && mayGoUnready(object, budget));
            if (!goes) {
                throw ApiFailure.tooManyRequests(
                        "Cannot evict pod as it would violate the pod's disruption budget.",
                        "DisruptionBudget",
                        "The disruption budget " + Json.meta(object, "name") + " needs " + budget.desired()
                                + " healthy pods and has " + budget.healthy() + " currently");
            }
        }
    }

    private static boolean mayGoUnready(ObjectNode object, Budget budget) {
        return object.path("spec").path("unhealthyPodEvictionPolicy").asText().equals("AlwaysAllow")
                || (budget.desired() > 0 && budget.healthy() >= budget.desired());
    }

    /** The pod with the condition that tells whoever watches it why it goes. */
    private static ObjectNode marked(ObjectNode pod) {
        ObjectNode copy = pod.deepCopy();
        ObjectNode status = copy.withObjectProperty("status");
        ArrayNode conditions = Json.MAPPER.createArrayNode();
        for (JsonNode condition : status.path("conditions")) {
            if (!condition.path("type").asText().equals("DisruptionTarget")) {
                conditions.add(condition);
            }
        }
        conditions
                .addObject()
                .put("type", "DisruptionTarget")
                .put("status", "True")
                .put("reason", "EvictionByEvictionAPI")
                .put("message", "Eviction API: evicting")
                .put(
                        "lastTransitionTime",
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        status.set("conditions", conditions);
        return copy;
    }
}
