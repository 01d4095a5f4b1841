package dev.capstan.embeddedkubernetes.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Derivation;
import dev.capstan.embeddedkubernetes.store.Draft;
import dev.capstan.embeddedkubernetes.store.Event;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps the status of every PodDisruptionBudget true: whenever a write touches a budget, or a pod that falls or fell under it,
 * the status is computed anew within the same commit. What anybody else writes into it is overwritten there, but for
 * conditions of other types. Where nothing changes nothing is written.
 */
public final class BudgetStatus implements Derivation {

    private static final String CONDITION = "DisruptionAllowed";

    private BudgetStatus() {}

    /** Keeps the budgets of a store true from now on, beginning with those that are there. */
    public static void keep(ClusterStore store) {
        store.derive(new BudgetStatus());
        int _ = store.write(draft -> {
            int budgets = 0;
            for (ObjectNode budget : draft.list(Budget.RESOURCE, null)) {
                refresh(draft, Draft.keyOf(Budget.RESOURCE, budget));
                budgets++;
            }
            return budgets;
        });
    }

    @Override
    public void follow(Draft draft) {
        Set<ObjectKey> touched = new TreeSet<>();
        for (Event event : draft.events()) {
            if (event.key().resource().equals(Budget.RESOURCE)) {
                touched.add(event.key());
            } else if (event.key().resource().equals(Budget.PODS)) {
                ObjectNode previous = event.previous();
                for (ObjectNode budget : draft.list(Budget.RESOURCE, event.key().namespace())) {
                    if (Budget.covers(budget, event.object())
                            || (previous != null && Budget.covers(budget, previous))) {
                        touched.add(Draft.keyOf(Budget.RESOURCE, budget));
                    }
                }
            }
        }
        touched.forEach(key -> refresh(draft, key));
    }

    private static void refresh(Draft draft, ObjectKey key) {
        ObjectNode budget = draft.get(key);
        if (budget == null) {
            return;
        }
        ObjectNode status = status(budget, Budget.of(budget, draft));
        if (!Json.same(status, budget.path("status"))) {
            ObjectNode copy = budget.deepCopy();
            copy.set("status", status);
            ObjectNode _ = draft.put(key, copy);
        }
    }

    private static ObjectNode status(ObjectNode object, Budget budget) {
        long generation = object.path("metadata").path("generation").asLong();
        String allowed = budget.allowed() > 0 ? "True" : "False";
        ArrayNode conditions = Json.MAPPER.createArrayNode();
        String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (!condition.path("type").asText().equals(CONDITION)) {
                conditions.add(condition.deepCopy());
            } else if (condition.path("status").asText().equals(allowed)) {
                since = condition.path("lastTransitionTime").asText(since);
            }
        }
        conditions
                .addObject()
                .put("type", CONDITION)
                .put("status", allowed)
                .put("observedGeneration", generation)
                .put("lastTransitionTime", since)
                .put("reason", budget.allowed() > 0 ? "SufficientPods" : "InsufficientPods")
                .put("message", "");
        ObjectNode status = Json.object()
                .put("observedGeneration", generation)
                .put("disruptionsAllowed", budget.allowed())
                .put("currentHealthy", budget.healthy())
                .put("desiredHealthy", budget.desired())
                .put("expectedPods", budget.expected());
        status.set("conditions", conditions);
        return status;
    }
}
