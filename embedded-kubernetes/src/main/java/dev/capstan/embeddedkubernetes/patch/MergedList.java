package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lists of a strategic merge patch that are merged item by item. Items are found through maps, never by scanning, so that
 * long lists cost no more than their length.
 */
final class MergedList {

    private MergedList() {}

    /**
     * A list with the patch's items merged in: scalars as a set, objects by the schema's merge key.
     *
     * <p>An item of the patch with {@code $patch: delete} removes its counterpart; one with {@code $patch: replace} makes the
     * other items of the patch the whole list.
     */
    static ArrayNode merge(ArrayNode original, ArrayNode patch, JsonNode schema, String field) {
        boolean objects = requireOneSort(original, patch, field);
        if (!objects) {
            Set<JsonNode> values = new LinkedHashSet<>();
            original.forEach(values::add);
            patch.forEach(values::add);
            return JsonNodeFactory.instance.arrayNode().addAll(values);
        }
        String key = schema.path("x-kubernetes-patch-merge-key").asText();
        if (key.isEmpty()) {
            throw StrategicMergePatch.malformed("cannot merge the list " + field + ": it has no merge key");
        }
        List<ObjectNode> changes = new ArrayList<>();
        Set<JsonNode> deleted = new HashSet<>();
        boolean replace = false;
        for (JsonNode item : patch) {
            switch (item.path(StrategicMergePatch.PATCH).asText()) {
                case "" -> changes.add((ObjectNode) item);
                case "delete" -> deleted.add(keyOf(item, key, field));
                case "replace" -> replace = true;
                case String other ->
                    throw StrategicMergePatch.malformed(
                            "$patch: " + PatchLimits.shown(other) + " is not possible in the list " + field);
            }
        }
        if (replace) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            changes.forEach(c -> result.add(StrategicMergePatch.withoutDirectives(c)));
            return result;
        }
        return mergeObjects(original, changes, deleted, schema.path("items"), key, field);
    }

    private static ArrayNode mergeObjects(
            ArrayNode original,
            List<ObjectNode> changes,
            Set<JsonNode> deleted,
            JsonNode items,
            String key,
            String field) {
        // Kubernetes keeps items that share a key and changes the first of them, so others get a key of their own here.
        Map<JsonNode, JsonNode> merged = new LinkedHashMap<>();
        for (int i = 0; i < original.size(); i++) {
            JsonNode item = original.get(i);
            JsonNode itemKey = item.path(key);
            if (!deleted.contains(itemKey)) {
                JsonNode unique = itemKey.isMissingNode() || merged.containsKey(itemKey)
                        ? JsonNodeFactory.instance.arrayNode().add(i)
                        : itemKey;
                merged.put(unique, item);
            }
        }
        for (ObjectNode change : changes) {
            JsonNode itemKey = keyOf(change, key, field);
            JsonNode present = merged.get(itemKey);
            merged.put(
                    itemKey,
                    present instanceof ObjectNode object
                            ? StrategicMergePatch.mergeObject(object, change, items)
                            : StrategicMergePatch.withoutDirectives(change));
        }
        return JsonNodeFactory.instance.arrayNode().addAll(merged.values());
    }

    /** A list without some scalars. */
    static ArrayNode without(ArrayNode values, ArrayNode deleted) {
        Set<JsonNode> gone = new HashSet<>();
        deleted.forEach(gone::add);
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        values.forEach(v -> {
            if (!gone.contains(v)) {
                result.add(v);
            }
        });
        return result;
    }

    /**
     * A merged list in order: the items the directive names in its order, each of the others before the first named one that
     * came after it in the live list.
     *
     * @param key the merge key, empty for scalars
     */
    static ArrayNode ordered(ArrayNode merged, ArrayNode order, @Nullable JsonNode live, String key) {
        Map<JsonNode, Integer> wanted = positions(order, key);
        Map<JsonNode, Integer> before = live == null ? Map.of() : positions(live, key);
        List<JsonNode> named = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        merged.forEach(item -> (wanted.containsKey(identity(item, key)) ? named : others).add(item));
        named.sort(Comparator.comparing(item -> wanted.getOrDefault(identity(item, key), 0)));
        ArrayNode result = JsonNodeFactory.instance.arrayNode(merged.size());
        int next = 0;
        for (JsonNode item : named) {
            Integer place = before.get(identity(item, key));
            while (next < others.size() && place != null) {
                Integer otherPlace = before.get(identity(others.get(next), key));
                if (otherPlace == null || otherPlace >= place) {
                    break;
                }
                result.add(others.get(next++));
            }
            result.add(item);
        }
        others.subList(next, others.size()).forEach(result::add);
        return result;
    }

    /** Refuses a patch whose list has items that its order directive does not name. */
    static void requireNamed(ArrayNode patch, ArrayNode order, String key, String field) {
        Map<JsonNode, Integer> named = positions(order, key);
        for (JsonNode item : patch) {
            boolean special = item.has(StrategicMergePatch.PATCH);
            if (!special && !named.containsKey(identity(item, key))) {
                throw StrategicMergePatch.malformed("The order in patch list doesn't match $setElementOrder list of "
                        + field + ": it has an item that the order does not name");
            }
        }
    }

    private static Map<JsonNode, Integer> positions(JsonNode list, String key) {
        Map<JsonNode, Integer> positions = new HashMap<>();
        for (JsonNode item : list) {
            positions.putIfAbsent(identity(item, key), positions.size());
        }
        return positions;
    }

    private static JsonNode identity(JsonNode item, String key) {
        return key.isEmpty() || !item.isObject() ? item : item.path(key);
    }

    private static JsonNode keyOf(JsonNode item, String key, String field) {
        JsonNode value = item.path(key);
        if (value.isMissingNode() || value.isContainerNode()) {
            throw StrategicMergePatch.malformed(
                    "an item of the list " + field + " does not contain its merge key \"" + key + '"');
        }
        return value;
    }

    /** Whether the items are objects; both lists must hold objects only or scalars only. */
    private static boolean requireOneSort(ArrayNode original, ArrayNode patch, String field) {
        int objects = 0;
        for (ArrayNode list : List.of(original, patch)) {
            for (JsonNode item : list) {
                if (item.isArray()) {
                    throw StrategicMergePatch.malformed("the list " + field + " holds lists, which cannot be merged");
                }
                objects += item.isObject() ? 1 : 0;
            }
        }
        if (objects != 0 && objects != original.size() + patch.size()) {
            throw StrategicMergePatch.malformed(
                    "the list " + field + " mixes objects and scalars, which cannot be merged");
        }
        return objects != 0;
    }
}
