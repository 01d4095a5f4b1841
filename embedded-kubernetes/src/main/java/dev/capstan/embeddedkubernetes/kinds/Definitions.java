package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The OpenAPI definitions of the built-in kinds, as written in {@code definitions.json}: a {@code $ref} is the bare name of
 * another definition, and beside {@code required} (what clients are told) there may be {@code enforced} (what the server
 * refuses to do without). The two differ because Kubernetes' own servers ask for far less than they document.
 * {@code x-keys} and {@code x-precision} are for this server's checks only.
 *
 * <p>Two views are made of them: {@link #published()} for OpenAPI documents, and {@link #resolved} for checking objects. In the
 * second, parts that are referred to twice are shared, not copied.
 */
final class Definitions {

    /** Those of this build. */
    static final Definitions BUILT_IN = new Definitions(JsonResource.read("definitions.json"));

    private final ObjectNode source;
    private final Map<String, ObjectNode> resolved = new HashMap<>();

    Definitions(ObjectNode source) {
        this.source = source;
        source.fieldNames().forEachRemaining(this::resolve);
    }

    /** All definitions with their references, as clients shall see them. */
    Map<String, ObjectNode> published() {
        Map<String, ObjectNode> all = new TreeMap<>();
        source.properties().forEach(e -> {
            ObjectNode definition = ((ObjectNode) e.getValue()).deepCopy();
            definition.remove("enforced");
            definition.remove("x-precision");
            definition.path("properties").forEach(p -> ((ObjectNode) p).remove("x-keys"));
            all.put(e.getKey(), definition);
        });
        return all;
    }

    /** One definition with all references resolved and with {@code enforced} in the place of {@code required}. */
    ObjectNode resolved(String name) {
        return Objects.requireNonNull(resolved.get(name), () -> "definitions.json has no definition " + name);
    }

    private ObjectNode resolve(String name) {
        ObjectNode known = resolved.get(name);
        if (known != null) {
            return known;
        }
        if (!(source.get(name) instanceof ObjectNode definition)) {
            throw new IllegalStateException("definitions.json has no definition " + name + ", but one is referred to");
        }
        ObjectNode result = (ObjectNode) resolveNode(definition);
        JsonNode enforced = result.remove("enforced");
        result.remove("required");
        if (enforced != null) {
            result.set("required", enforced);
        }
        resolved.put(name, result);
        return result;
    }

    private JsonNode resolveNode(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(resolveNode(item)));
            return copy;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        if (object.path("$ref").isTextual()) {
            ObjectNode target = resolve(object.get("$ref").textValue());
            ObjectNode merged = JsonNodeFactory.instance.objectNode().setAll(target);
            object.properties().stream()
                    .filter(e -> !e.getKey().equals("$ref"))
                    .forEach(e -> merged.set(e.getKey(), e.getValue()));
            return merged;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(e -> copy.set(e.getKey(), resolveNode(e.getValue())));
        return copy;
    }
}
