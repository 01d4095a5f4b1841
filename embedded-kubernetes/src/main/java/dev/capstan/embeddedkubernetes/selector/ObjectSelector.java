package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.schema.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A label selector as it stands in objects: {@code matchLabels} and {@code matchExpressions}, all of which must hold. None at
 * all selects nothing, an empty one everything (meta/v1 LabelSelector).
 *
 * @param tree the selector; missing or null stands for none
 */
public record ObjectSelector(JsonNode tree) {

    private static final Set<String> WITH_VALUES = Set.of("In", "NotIn");
    private static final Set<String> WITHOUT_VALUES = Set.of("Exists", "DoesNotExist");

    /** Whether it selects an object, by its {@code metadata.labels}. */
    public boolean matches(JsonNode object) {
        if (!tree.isObject()) {
            return false;
        }
        JsonNode labels = object.path("metadata").path("labels");
        for (var entry : tree.path("matchLabels").properties()) {
            if (!isIn(labels.get(entry.getKey()), List.of(entry.getValue().asText()))) {
                return false;
            }
        }
        for (JsonNode expression : tree.path("matchExpressions")) {
            if (!holds(expression, labels.path(expression.path("key").asText()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(JsonNode expression, JsonNode label) {
        return switch (expression.path("operator").asText()) {
            case "In" -> isIn(label, values(expression));
            case "NotIn" -> !isIn(label, values(expression));
            case "Exists" -> !label.isMissingNode();
            case "DoesNotExist" -> label.isMissingNode();
            // Never stored: see problems.
            default -> false;
        };
    }

    private static boolean isIn(@Nullable JsonNode label, List<String> values) {
        return label != null && !label.isMissingNode() && values.contains(label.asText());
    }

    private static List<String> values(JsonNode expression) {
        List<String> values = new ArrayList<>();
        expression.path("values").forEach(value -> values.add(value.asText()));
        return values;
    }

    /** As in a query, for people to read: {@code a=b,c in (d,e),!f}; {@code <none>} when there is nothing to say. */
    public String text() {
        List<String> parts = new ArrayList<>();
        tree.path("matchLabels")
                .properties()
                .forEach(e -> parts.add(e.getKey() + "=" + e.getValue().asText()));
        for (JsonNode expression : tree.path("matchExpressions")) {
            String key = expression.path("key").asText();
            String values = " (" + String.join(",", values(expression)) + ")";
            parts.add(
                    switch (expression.path("operator").asText()) {
                        case "In" -> key + " in" + values;
                        case "NotIn" -> key + " notin" + values;
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return parts.isEmpty() ? "<none>" : String.join(",", parts);
    }

    /** All that is wrong with it, in the words of Kubernetes; the path is that of the selector. */
    public List<FieldError> problems(String path) {
        List<FieldError> errors = new ArrayList<>();
        tree.path("matchLabels").properties().forEach(entry -> {
            checkKey(entry.getKey(), path + ".matchLabels", errors);
            String value = entry.getValue().asText();
            Names.labelValueProblems(value)
                    .forEach(problem ->
                            errors.add(FieldError.invalid(path + ".matchLabels", '"' + value + '"', problem)));
        });
        int at = 0;
        for (JsonNode expression : tree.path("matchExpressions")) {
            String place = path + ".matchExpressions[" + at++ + "]";
            String operator = expression.path("operator").asText();
            boolean hasValues = !expression.path("values").isEmpty();
            if (WITH_VALUES.contains(operator) && !hasValues) {
                errors.add(
                        FieldError.required(place + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
            } else if (WITHOUT_VALUES.contains(operator) && hasValues) {
                errors.add(FieldError.forbidden(
                        place + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
            } else if (!WITH_VALUES.contains(operator) && !WITHOUT_VALUES.contains(operator)) {
                errors.add(
                        FieldError.invalid(place + ".operator", '"' + operator + '"', "not a valid selector operator"));
            }
            checkKey(expression.path("key").asText(), place + ".key", errors);
        }
        return errors;
    }

    private static void checkKey(String key, String place, List<FieldError> errors) {
        Names.qualifiedNameProblems(key)
                .forEach(problem -> errors.add(FieldError.invalid(place, '"' + key + '"', problem)));
    }
}
