package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * What a PUT makes of what is there: a property that is absent or null is kept, an object is merged into the one that is
 * there, everything else replaces, {@code []} and {@code false} too. Clients of an older api-version leave out what they
 * do not know, and must not lose it by that (AKS lost {@code enableCustomCATrust} so until 2023-07-02).
 */
public final class Merge {

    private Merge() {}

    /** The merged object, a new one. */
    public static ObjectNode of(ObjectNode present, ObjectNode request) {
        ObjectNode merged = present.deepCopy();
        for (Map.Entry<String, JsonNode> property : request.properties()) {
            String name = property.getKey();
            JsonNode value = property.getValue();
            if (value.isNull()) {
                continue;
            }
            if (value instanceof ObjectNode object && !PropertyNames.isFree(name)) {
                ObjectNode below = Json.child(merged, name);
                merged.set(name, of(below == null ? Json.object() : below, object));
            } else {
                merged.set(name, value.deepCopy());
            }
        }
        return merged;
    }
}
