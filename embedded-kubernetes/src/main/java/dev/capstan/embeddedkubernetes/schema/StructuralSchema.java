package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks that the schema of a CustomResourceDefinition is structural, which all else in this package relies on: every field
 * has one type, nothing is referred to, and patterns can be matched. Rules and words: Kubernetes documentation, "Specifying a
 * structural schema".
 */
public final class StructuralSchema {

    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");
    private static final int DEEPEST = 64;
    private static final int MOST_ERRORS = 100;

    /** The JSON types that keywords must have, so that nothing else in this package needs to ask. */
    private static final Map<String, Set<JsonNodeType>> KEYWORD_TYPES = Map.ofEntries(
            Map.entry("properties", Set.of(JsonNodeType.OBJECT)),
            Map.entry("additionalProperties", Set.of(JsonNodeType.OBJECT, JsonNodeType.BOOLEAN)),
            Map.entry("required", Set.of(JsonNodeType.ARRAY)),
            Map.entry("enum", Set.of(JsonNodeType.ARRAY)),
            Map.entry("allOf", Set.of(JsonNodeType.ARRAY)),
            Map.entry("anyOf", Set.of(JsonNodeType.ARRAY)),
            Map.entry("oneOf", Set.of(JsonNodeType.ARRAY)),
            Map.entry("not", Set.of(JsonNodeType.OBJECT)),
            Map.entry("type", Set.of(JsonNodeType.STRING)),
            Map.entry("format", Set.of(JsonNodeType.STRING)),
            Map.entry("description", Set.of(JsonNodeType.STRING)),
            Map.entry("pattern", Set.of(JsonNodeType.STRING)),
            Map.entry("minimum", Set.of(JsonNodeType.NUMBER)),
            Map.entry("maximum", Set.of(JsonNodeType.NUMBER)),
            Map.entry("multipleOf", Set.of(JsonNodeType.NUMBER)),
            Map.entry("minLength", Set.of(JsonNodeType.NUMBER)),
            Map.entry("maxLength", Set.of(JsonNodeType.NUMBER)),
            Map.entry("minItems", Set.of(JsonNodeType.NUMBER)),
            Map.entry("maxItems", Set.of(JsonNodeType.NUMBER)),
            Map.entry("minProperties", Set.of(JsonNodeType.NUMBER)),
            Map.entry("maxProperties", Set.of(JsonNodeType.NUMBER)),
            Map.entry("x-kubernetes-list-map-keys", Set.of(JsonNodeType.ARRAY)));

    private final List<FieldError> errors = new ArrayList<>();

    private StructuralSchema() {}

    /**
     * All that is wrong with a schema.
     *
     * @param path where the schema is, such as {@code spec.versions[0].schema.openAPIV3Schema}
     */
    public static List<FieldError> problems(JsonNode schema, String path) {
        StructuralSchema check = new StructuralSchema();
        String type = schema.path("type").asText();
        if (type.isEmpty()) {
            check.add(FieldError.required(path + ".type", "must not be empty at the root"));
        } else if (!type.equals("object")) {
            check.add(FieldError.invalid(path + ".type", Shown.quoted(type), "must be object at the root"));
        }
        check.node(schema, path, 0, "at the root");
        return List.copyOf(check.errors);
    }

    private void add(FieldError error) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(error);
        }
    }

    private void node(JsonNode schema, String path, int depth, String where) {
        if (!schema.isObject()) {
            add(FieldError.wrongType(path, Shown.value(schema), "must be an object"));
            return;
        }
        if (depth > DEEPEST) {
            add(FieldError.forbidden(path, "schemas may not be nested deeper than " + DEEPEST + " levels"));
            return;
        }
        type(schema, path, depth, where);
        keywords(schema, path);
        if (schema.path("additionalProperties").isObject()
                || schema.path("additionalProperties").asBoolean()) {
            if (!schema.path("properties").isEmpty()) {
                add(FieldError.forbidden(
                        path + ".additionalProperties", "additionalProperties and properties are mutual exclusive"));
            }
        }
        schema.path("properties")
                .properties()
                .forEach(p -> node(
                        p.getValue(),
                        path + ".properties[" + Shown.text(p.getKey()) + "]",
                        depth + 1,
                        "for specified object fields"));
        if (schema.path("additionalProperties").isObject()) {
            node(
                    schema.path("additionalProperties"),
                    path + ".additionalProperties",
                    depth + 1,
                    "for specified object fields");
        }
        if (schema.path("type").asText().equals("array")) {
            JsonNode items = schema.path("items");
            if (items.isMissingNode()) {
                add(FieldError.required(path + ".items", "must be specified"));
            } else {
                node(items, path + ".items", depth + 1, "for specified array items");
            }
        }
    }

    private void type(JsonNode schema, String path, int depth, String where) {
        String type = schema.path("type").asText();
        boolean free = schema.path("x-kubernetes-int-or-string").asBoolean()
                || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        if (type.isEmpty()) {
            if (!free && depth > 0) {
                add(FieldError.required(path + ".type", "must not be empty " + where));
            }
        } else if (!TYPES.contains(type)) {
            add(FieldError.unsupported(
                    path + ".type", Shown.quoted(type), TYPES.stream().sorted().toList()));
        }
    }

    /** Checks the parts of allOf, anyOf, oneOf and not: they say nothing about types, but have patterns and parts. */
    private void combinations(JsonNode schema, String path, int depth) {
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            for (int i = 0; i < schema.path(keyword).size(); i++) {
                part(schema.path(keyword).path(i), path + "." + keyword + "[" + i + "]", depth + 1);
            }
        }
        if (schema.has("not")) {
            part(schema.path("not"), path + ".not", depth + 1);
        }
    }

    private void part(JsonNode schema, String path, int depth) {
        if (depth > DEEPEST) {
            add(FieldError.forbidden(path, "schemas may not be nested deeper than " + DEEPEST + " levels"));
            return;
        }
        keywords(schema, path);
        combinations(schema, path, depth);
        schema.path("properties")
                .properties()
                .forEach(p -> part(p.getValue(), path + ".properties[" + Shown.text(p.getKey()) + "]", depth + 1));
        for (String keyword : List.of("items", "additionalProperties")) {
            if (schema.path(keyword).isObject()) {
                part(schema.path(keyword), path + "." + keyword, depth + 1);
            }
        }
    }

    private void keywords(JsonNode schema, String path) {
        schema.properties().forEach(keyword -> {
            Set<JsonNodeType> types = KEYWORD_TYPES.getOrDefault(keyword.getKey(), Set.of());
            if (!types.isEmpty() && !types.contains(keyword.getValue().getNodeType())) {
                add(FieldError.wrongType(
                        path + "." + keyword.getKey(),
                        Shown.value(keyword.getValue()),
                        "must be of type "
                                + types.stream()
                                        .map(t -> t.name().toLowerCase(Locale.ROOT))
                                        .sorted()
                                        .collect(Collectors.joining(" or "))));
            }
        });
        if (schema.has("$ref")) {
            add(FieldError.forbidden(path + ".$ref", "$ref is not supported"));
        }
        if (schema.path("uniqueItems").asBoolean()) {
            add(FieldError.forbidden(
                    path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        if (schema.path("pattern").isTextual()) {
            String pattern = schema.path("pattern").textValue();
            String problem = SafePattern.problem(pattern);
            if (!problem.isEmpty()) {
                add(FieldError.invalid(path + ".pattern", Shown.quoted(pattern), problem));
            }
        }
        JsonNode listType = schema.path("x-kubernetes-list-type");
        if (!listType.isMissingNode()) {
            if (!Set.of("atomic", "set", "map").contains(listType.asText())) {
                add(FieldError.unsupported(
                        path + ".x-kubernetes-list-type", Shown.value(listType), List.of("atomic", "map", "set")));
            } else if (listType.asText().equals("map")
                    && schema.path("x-kubernetes-list-map-keys").isEmpty()) {
                add(FieldError.required(
                        path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
            }
        }
        if (schema.has("default")) {
            Validation.validate(schema.get("default"), schema).stream()
                    .map(e -> new FieldError(e.reason(), path + ".default", e.message()))
                    .forEach(this::add);
        }
    }
}
