package dev.capstan.embeddedkubernetes.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The OpenAPI v3 document of one group version. Clients look for the {@code patch} operation of a kind and its parameters
 * {@code fieldValidation} and {@code dryRun} (then the server checks fields, not the client), and in the schemas to explain
 * fields. Only schemas that the kinds of the group version need are in it.
 */
final class OpenApiV3 {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String REFERENCE = "#/components/schemas/";

    private OpenApiV3() {}

    static ObjectNode document(Collection<Kind> kinds, Map<String, ObjectNode> definitions) {
        ObjectNode document = JSON.objectNode().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1");
        ObjectNode paths = document.putObject("paths");
        Map<String, ObjectNode> schemas = new TreeMap<>();
        for (Kind kind : kinds) {
            if (!kind.virtual()) {
                paths.putObject(ApiPaths.collection(kind)).set("get", operation(kind, "list", List.of()));
            }
            ObjectNode path = paths.withObjectProperty(ApiPaths.object(kind));
            if (kind.virtual()) {
                path.set("post", operation(kind, "post", List.of("dryRun", "fieldManager", "fieldValidation")));
            } else {
                path.set("get", operation(kind, "get", List.of()));
                path.set(
                        "patch",
                        operation(kind, "patch", List.of("dryRun", "fieldManager", "fieldValidation", "force")));
            }
            add(kind.definition(), definitions, schemas);
        }
        ObjectNode components = document.putObject("components").putObject("schemas");
        schemas.forEach(components::set);
        return document;
    }

    private static ObjectNode operation(Kind kind, String action, List<String> parameters) {
        ObjectNode operation = JSON.objectNode();
        operation.putObject("responses");
        ArrayNode list = operation.putArray("parameters");
        for (String name : parameters) {
            list.addObject()
                    .put("name", name)
                    .put("in", "query")
                    .putObject("schema")
                    .put("type", name.equals("force") ? "boolean" : "string");
        }
        operation.put("x-kubernetes-action", action);
        operation.set(ApiPaths.GROUP_VERSION_KIND, ApiPaths.groupVersionKind(kind));
        return operation;
    }

    /** Adds a definition and all it refers to. */
    private static void add(String name, Map<String, ObjectNode> definitions, Map<String, ObjectNode> schemas) {
        ObjectNode definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalStateException("There is no OpenAPI definition " + name + ", but one is referred to.");
        }
        if (schemas.containsKey(name)) {
            return;
        }
        schemas.put(name, definition); // before its parts, so that a circle ends
        ObjectNode written = (ObjectNode) written(definition, definitions);
        schemas.put(name, written);
        for (JsonNode reference : definition.findValues("$ref")) {
            // A custom schema may have a field or a default of that name, which is no reference.
            if (definitions.containsKey(reference.asText())) {
                add(reference.asText(), definitions, schemas);
            }
        }
    }

    /** A schema as it is published: references in full, and beside a description only within {@code allOf}. */
    private static JsonNode written(JsonNode node, Map<String, ObjectNode> definitions) {
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.arrayNode(array.size());
            array.forEach(item -> copy.add(written(item, definitions)));
            return copy;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode copy = JSON.objectNode();
        object.properties().forEach(e -> copy.set(e.getKey(), written(e.getValue(), definitions)));
        JsonNode reference = copy.remove("$ref");
        if (reference != null && definitions.containsKey(reference.asText())) {
            String target = REFERENCE + reference.textValue();
            if (copy.isEmpty()) {
                copy.put("$ref", target);
            } else {
                copy.putArray("allOf").addObject().put("$ref", target);
            }
        } else if (reference != null) {
            copy.set("$ref", reference); // a field or a default of that name
        }
        if (copy.path("x-kubernetes-int-or-string").asBoolean() && !copy.has("type") && !copy.has("anyOf")) {
            ArrayNode any = copy.putArray("anyOf");
            any.addObject().put("type", "integer");
            any.addObject().put("type", "string");
        }
        return copy;
    }
}
