package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Structural defaulting: a field of an object that is missing, or null where the schema does not allow null, gets the schema's
 * {@code default}; then the fields below it. A missing parent without a default stays missing, as in Kubernetes.
 */
public final class Defaults {

    private Defaults() {}

    /** The object with the schema's defaults where fields are missing; the argument is not changed. */
    public static ObjectNode apply(ObjectNode object, JsonNode schema) {
        ObjectNode result = object.deepCopy();
        fill(result, schema);
        return result;
    }

    private static void fill(JsonNode value, JsonNode schema) {
        switch (value) {
            case ObjectNode object -> {
                schema.path("properties").properties().forEach(entry -> {
                    JsonNode property = entry.getValue();
                    JsonNode present = object.get(entry.getKey());
                    boolean absent = present == null
                            || (present.isNull() && !property.path("nullable").asBoolean());
                    if (absent && property.has("default")) {
                        object.set(entry.getKey(), property.get("default").deepCopy());
                    }
                });
                JsonNode additional = schema.path("additionalProperties");
                object.properties().forEach(entry -> {
                    JsonNode property = schema.path("properties").path(entry.getKey());
                    fill(entry.getValue(), property.isMissingNode() ? additional : property);
                });
            }
            case ArrayNode array -> array.forEach(item -> fill(item, schema.path("items")));
            default -> {}
        }
    }
}
