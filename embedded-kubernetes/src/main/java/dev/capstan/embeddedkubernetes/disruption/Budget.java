package dev.capstan.embeddedkubernetes.disruption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.selector.ObjectSelector;
import dev.capstan.embeddedkubernetes.store.View;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The arithmetic of a PodDisruptionBudget, as Kubernetes' disruption controller does it:
 *
 * <ul>
 *   <li>healthy is a pod whose condition Ready is True and that is not being deleted;
 *   <li>{@code minAvailable} as a number is what is desired, and all matching pods are expected;
 *   <li>{@code minAvailable} as a percentage, and {@code maxUnavailable}, are taken of the expected pods; percentages are rounded
 *       up. Kubernetes asks the pods' controllers for how many are expected. Nothing runs controllers here, so it is the
 *       number of matching pods that have not ended. It shrinks with each pod that goes and is not replaced: only
 *       {@code minAvailable} as a number, 100% or {@code maxUnavailable: 0} protect the last of pods that nobody replaces;
 *   <li>what is healthy beyond what is desired may be disrupted; nothing where no pod is expected.
 * </ul>
 *
 * @param expected pods the budget is about
 * @param desired least healthy pods wanted
 * @param healthy pods that are healthy
 */
record Budget(int expected, int desired, int healthy) {

    static final String RESOURCE = "poddisruptionbudgets.policy";
    static final String PODS = "pods";
    private static final Pattern PERCENTAGE = Pattern.compile("([0-9]{1,9})%");

    /** The budget of an object as it stands in a state. */
    static Budget of(ObjectNode budget, View view) {
        List<ObjectNode> pods = view.list(PODS, Json.meta(budget, "namespace")).stream()
                .filter(pod -> covers(budget, pod))
                .toList();
        return of(budget.path("spec"), pods);
    }

    /** The budget of a spec over the pods it is about. */
    static Budget of(JsonNode spec, List<ObjectNode> pods) {
        int healthy = (int) pods.stream()
                .filter(pod -> isReady(pod) && !pod.path("metadata").has("deletionTimestamp"))
                .count();
        int living = (int) pods.stream().filter(pod -> !hasEnded(pod)).count();
        if (spec.hasNonNull("maxUnavailable")) {
            return new Budget(living, Math.max(0, living - share(spec.path("maxUnavailable"), living)), healthy);
        }
        JsonNode least = spec.path("minAvailable");
        if (least.isNumber()) {
            return new Budget(pods.size(), least.intValue(), healthy);
        }
        // Without any demand nothing is expected, and so nothing allowed: as in Kubernetes.
        return least.isTextual() ? new Budget(living, share(least, living), healthy) : new Budget(0, 0, healthy);
    }

    private static int share(JsonNode amount, int total) {
        return amount.isNumber()
                ? amount.intValue()
                : (int) Math.ceilDiv((long) percentage(amount.asText()).orElse(100) * total, 100);
    }

    /** The number before a percent sign; empty when the text is no percentage. */
    static OptionalInt percentage(String text) {
        Matcher matcher = PERCENTAGE.matcher(text);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /** Whether a pod falls under the budget of an object of its namespace. */
    static boolean covers(ObjectNode budget, ObjectNode pod) {
        return new ObjectSelector(budget.path("spec").path("selector")).matches(pod);
    }

    static boolean isReady(ObjectNode pod) {
        for (JsonNode condition : pod.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    static boolean hasEnded(ObjectNode pod) {
        return switch (pod.path("status").path("phase").asText()) {
            case "Succeeded", "Failed" -> true;
            default -> false;
        };
    }

    /** How many healthy pods may be disrupted now. */
    int allowed() {
        return expected <= 0 ? 0 : Math.max(0, healthy - desired);
    }
}
