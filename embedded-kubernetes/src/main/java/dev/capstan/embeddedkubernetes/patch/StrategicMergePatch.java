package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' strategic merge patch: a merge patch that knows from the schema which lists are sets or maps and merges those
 * ({@code x-kubernetes-patch-strategy: merge} with {@code x-kubernetes-patch-merge-key} for lists of objects). Described in
 * the Kubernetes documentation ("Update API Objects in Place Using kubectl patch") and in the community document
 * "Strategic Merge Patch".
 *
 * <p>Order of work on one object: {@code $patch} ends it at once ({@code replace} takes the rest of the patch, {@code delete}
 * gives an empty object); {@code $retainKeys} drops what it does not name; lists with {@code $setElementOrder/LIST} are merged
 * and ordered; then all other fields. Fields the schema does not know are merged when they are objects and replaced otherwise.
 */
public final class StrategicMergePatch {

    static final String PATCH = "$patch";
    static final String RETAIN_KEYS = "$retainKeys";
    static final String SET_ORDER = "$setElementOrder/";
    static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";

    private StrategicMergePatch() {}

    /**
     * The document with the patch applied; no argument is changed.
     *
     * @param schema the schema of the document, such as {@code Kind.schema()}
     * @throws PatchException when it cannot be applied
     */
    public static ObjectNode apply(ObjectNode document, JsonNode patch, JsonNode schema) {
        if (!(patch instanceof ObjectNode changes)) {
            throw malformed("a strategic merge patch must be an object");
        }
        PatchLimits.requireBounded(patch, "the patch");
        PatchLimits.requireBounded(document, "the document");
        ObjectNode result = mergeObject(document.deepCopy(), changes.deepCopy(), schema);
        PatchLimits.requireBounded(result, "the patched document");
        return result;
    }

    /** Merges a patch into an object; both are used up. */
    static ObjectNode mergeObject(ObjectNode original, ObjectNode patch, JsonNode schema) {
        JsonNode directive = patch.remove(PATCH);
        if (directive != null) {
            return switch (directive.asText()) {
                case "replace" -> (ObjectNode) withoutDirectives(patch);
                case "delete" -> JsonNodeFactory.instance.objectNode();
                case "merge" -> mergeObject(original, patch, schema);
                default ->
                    throw malformed("Unknown patch type \"" + PatchLimits.shown(directive.asText()) + "\" in $patch");
            };
        }
        retainKeys(original, patch);
        orderedLists(original, patch, schema);
        patch.properties().forEach(change -> {
            String field = change.getKey();
            if (field.startsWith(DELETE_PRIMITIVES)) {
                String list = field.substring(DELETE_PRIMITIVES.length());
                if (original.get(list) instanceof ArrayNode values) {
                    original.set(list, MergedList.without(values, list(field, change.getValue())));
                }
            } else if (change.getValue().isNull()) {
                original.remove(field);
            } else {
                original.set(field, merge(original.get(field), change.getValue(), child(schema, field), field));
            }
        });
        return original;
    }

    private static JsonNode merge(@Nullable JsonNode original, JsonNode patch, JsonNode schema, String field) {
        String strategy = schema.path("x-kubernetes-patch-strategy").asText();
        if (original instanceof ObjectNode object && patch instanceof ObjectNode changes) {
            return strategy.contains("replace") ? withoutDirectives(changes) : mergeObject(object, changes, schema);
        }
        if (original instanceof ArrayNode array && patch instanceof ArrayNode changes && strategy.contains("merge")) {
            return MergedList.merge(array, changes, schema, field);
        }
        return withoutDirectives(patch);
    }

    private static void retainKeys(ObjectNode original, ObjectNode patch) {
        JsonNode directive = patch.remove(RETAIN_KEYS);
        if (directive == null) {
            return;
        }
        Set<String> keep = new HashSet<>();
        list(RETAIN_KEYS, directive).forEach(key -> keep.add(key.asText()));
        patch.fieldNames().forEachRemaining(field -> {
            if (!field.startsWith("$") && !patch.get(field).isNull() && !keep.contains(field)) {
                throw malformed("invalid patch format of retainKeys: the patch sets \"" + PatchLimits.shown(field)
                        + "\", which $retainKeys does not name");
            }
        });
        original.retain(keep);
    }

    /** Merges and orders the lists that have an order directive, and takes both out of the patch. */
    private static void orderedLists(ObjectNode original, ObjectNode patch, JsonNode schema) {
        for (String directive : patch.properties().stream().map(e -> e.getKey()).toList()) {
            if (!directive.startsWith(SET_ORDER)) {
                continue;
            }
            String field = directive.substring(SET_ORDER.length());
            ArrayNode order = list(directive, patch.remove(directive));
            JsonNode listSchema = child(schema, field);
            String key = listSchema.path("x-kubernetes-patch-merge-key").asText();
            JsonNode changes = patch.get(field);
            JsonNode live = original.get(field);
            if (changes != null && !(changes instanceof ArrayNode)) {
                continue; // a null or another type: no list is left that could be ordered
            }
            if (changes instanceof ArrayNode array) {
                MergedList.requireNamed(array, order, key, field);
                patch.remove(field);
                JsonNode merged = merge(live, array, listSchema, field);
                if (merged instanceof ArrayNode list) {
                    original.set(field, MergedList.ordered(list, order, live, key));
                }
            } else if (live instanceof ArrayNode list) {
                original.set(field, MergedList.ordered(list, order, live, key));
            }
        }
    }

    private static JsonNode child(JsonNode schema, String field) {
        JsonNode property = schema.path("properties").path(field);
        return property.isMissingNode() ? schema.path("additionalProperties") : property;
    }

    private static ArrayNode list(String directive, JsonNode value) {
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw malformed("the directive " + PatchLimits.shown(directive) + " must be a list");
    }

    /** A value of the patch that has no counterpart: what it says is taken, what it says about merging and its nulls are not. */
    static JsonNode withoutDirectives(JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(entry -> {
                boolean directive = entry.getKey().equals(PATCH)
                        || entry.getKey().equals(RETAIN_KEYS)
                        || entry.getKey().startsWith(SET_ORDER)
                        || entry.getKey().startsWith(DELETE_PRIMITIVES);
                if (!directive && !entry.getValue().isNull()) {
                    result.set(entry.getKey(), withoutDirectives(entry.getValue()));
                }
            });
            return result;
        }
        if (patch instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode(array.size());
            array.forEach(item -> {
                if (!item.path(PATCH).asText().equals("delete")
                        && !item.path(PATCH).asText().equals("replace")) {
                    result.add(withoutDirectives(item));
                }
            });
            return result;
        }
        return patch;
    }

    static PatchException malformed(String message) {
        return new PatchException(PatchException.Reason.MALFORMED, message);
    }
}
