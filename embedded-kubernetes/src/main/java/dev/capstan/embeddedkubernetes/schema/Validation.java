package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * Checks an object against a structural schema and collects everything that is wrong, in the words of Kubernetes' own
 * validation ({@code spec.max: Invalid value: 0: spec.max in body should be greater than or equal to 1}).
 *
 * <p>{@code metadata} of the root is left to {@link ObjectMeta}. Not evaluated: {@code x-kubernetes-validations} (CEL) and
 * {@code x-kubernetes-embedded-resource}. At most {@value #MOST_ERRORS} errors are collected, so that a hostile object cannot
 * make an answer of any size.
 */
public final class Validation {

    static final int MOST_ERRORS = 100;

    private final List<FieldError> errors = new ArrayList<>();

    private Validation() {}

    /** All that is wrong with an object against its schema; empty when it is valid. */
    public static List<FieldError> validate(JsonNode object, JsonNode schema) {
        Validation validation = new Validation();
        validation.check(object, schema, "");
        return List.copyOf(validation.errors);
    }

    private void add(FieldError error) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(error);
        }
    }

    private void check(JsonNode value, JsonNode schema, String path) {
        if (errors.size() >= MOST_ERRORS || !schema.isObject()) {
            return;
        }
        if (value.isNull() && schema.path("nullable").asBoolean()) {
            return;
        }
        if (!SchemaType.fits(value, schema)) {
            String type = schema.path("x-kubernetes-int-or-string").asBoolean()
                    ? "integer,string"
                    : schema.path("type").asText();
            String actual = '"' + SchemaType.of(value) + '"';
            add(FieldError.wrongType(path, actual, path + " in body must be of type " + type + ": " + actual));
            return;
        }
        switch (value) {
            case ObjectNode object -> object(object, schema, path);
            case ArrayNode array -> array(array, schema, path);
            default -> {
                if (value.isTextual()) {
                    text(value.textValue(), schema, path);
                } else if (value.isNumber()) {
                    number(value, schema, path);
                }
            }
        }
        JsonNode allowed = schema.path("enum");
        if (allowed.isArray() && !contains(allowed, value)) {
            List<String> texts = new ArrayList<>();
            allowed.forEach(a -> texts.add(a.asText()));
            add(FieldError.unsupported(path, Shown.value(value), texts));
        }
        combinations(value, schema, path);
    }

    private void object(ObjectNode object, JsonNode schema, String path) {
        schema.path("required").forEach(name -> {
            JsonNode present = object.get(name.asText());
            if (present == null) {
                add(FieldError.required(SchemaType.child(path, name.asText()), ""));
            }
        });
        limit(object.size(), schema.path("minProperties"), schema.path("maxProperties"), "properties", path, object);
        boolean configKeys = schema.path("x-keys").asText().equals("config-key");
        object.properties().forEach(entry -> {
            String name = entry.getKey();
            if (configKeys) {
                Names.configKeyProblems(name)
                        .forEach(p ->
                                add(FieldError.invalid(path + "[" + Shown.text(name) + "]", Shown.quoted(name), p)));
            }
            if (path.isEmpty() && name.equals("metadata")) {
                return;
            }
            JsonNode property = schema.path("properties").path(name);
            check(
                    entry.getValue(),
                    property.isMissingNode() ? schema.path("additionalProperties") : property,
                    SchemaType.child(path, name));
        });
    }

    private void array(ArrayNode array, JsonNode schema, String path) {
        limit(array.size(), schema.path("minItems"), schema.path("maxItems"), "items", path, array);
        for (int i = 0; i < array.size(); i++) {
            check(array.get(i), schema.path("items"), path + "[" + i + "]");
        }
        switch (schema.path("x-kubernetes-list-type").asText()) {
            case "set" -> unique(array, path, item -> item);
            case "map" ->
                unique(array, path, item -> {
                    ObjectNode key = JsonNodeFactory.instance.objectNode();
                    schema.path("x-kubernetes-list-map-keys").forEach(k -> {
                        JsonNode part = item.get(k.asText());
                        key.set(k.asText(), part == null ? JsonNodeFactory.instance.nullNode() : part);
                    });
                    return key;
                });
            default -> {}
        }
    }

    private void unique(ArrayNode array, String path, UnaryOperator<JsonNode> key) {
        Set<JsonNode> seen = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode value = key.apply(array.get(i));
            if (!seen.add(value)) {
                add(FieldError.duplicate(path + "[" + i + "]", Shown.value(value)));
            }
        }
    }

    private void limit(int size, JsonNode least, JsonNode most, String what, String path, JsonNode value) {
        if (least.isNumber() && size < least.asLong()) {
            add(FieldError.invalid(
                    path, Shown.value(value), path + " in body should have at least " + least.asLong() + " " + what));
        }
        if (most.isNumber() && size > most.asLong()) {
            add(FieldError.tooMany(path, size, most.asLong()));
        }
    }

    private void text(String text, JsonNode schema, String path) {
        int length = text.codePointCount(0, text.length());
        JsonNode least = schema.path("minLength");
        JsonNode most = schema.path("maxLength");
        if (least.isNumber() && length < least.asLong()) {
            add(invalid(path, text, "should be at least " + least.asLong() + " chars long"));
        }
        if (most.isNumber() && length > most.asLong()) {
            add(FieldError.tooLong(path, "may not be more than " + most.asLong() + " bytes"));
        }
        if (schema.path("pattern").isTextual()) {
            String pattern = schema.path("pattern").textValue();
            SafePattern.Outcome outcome =
                    SafePattern.of(pattern).map(p -> p.find(text)).orElse(SafePattern.Outcome.GIVEN_UP);
            switch (outcome) {
                case MATCHES -> {}
                case DIFFERS -> add(invalid(path, text, "should match '" + pattern + "'"));
                case GIVEN_UP ->
                    add(invalid(path, text, "should match '" + pattern + "', which took too many steps to find out"));
            }
        }
        String format = schema.path("format").asText();
        if (!Formats.text(format).test(text)) {
            add(invalid(path, text, "must be of type " + format + ": " + Shown.quoted(text)));
        }
    }

    private void number(JsonNode value, JsonNode schema, String path) {
        BigDecimal number = SchemaType.decimal(value);
        bound(value, schema.path("minimum"), schema.path("exclusiveMinimum"), path, "greater than", d -> d > 0, number);
        bound(value, schema.path("maximum"), schema.path("exclusiveMaximum"), path, "less than", d -> d < 0, number);
        JsonNode multiple = schema.path("multipleOf");
        if (multiple.isNumber()
                && SchemaType.decimal(multiple).signum() != 0
                && number.remainder(SchemaType.decimal(multiple)).signum() != 0) {
            add(FieldError.invalid(
                    path, Shown.value(value), path + " in body should be a multiple of " + multiple.asText()));
        }
        String format = schema.path("format").asText();
        if (!Formats.fits(format, value)) {
            add(FieldError.invalid(
                    path, Shown.value(value), path + " in body must be of type " + format + ": " + Shown.value(value)));
        }
    }

    private void bound(
            JsonNode value,
            JsonNode bound,
            JsonNode exclusive,
            String path,
            String words,
            IntPredicate inside,
            BigDecimal number) {
        if (!bound.isNumber()) {
            return;
        }
        int comparison = number.compareTo(SchemaType.decimal(bound));
        boolean open = exclusive.asBoolean();
        if (!inside.test(comparison) && (open || comparison != 0)) {
            add(FieldError.invalid(
                    path,
                    Shown.value(value),
                    path + " in body should be " + words + (open ? " " : " or equal to ") + bound.asText()));
        }
    }

    private void combinations(JsonNode value, JsonNode schema, String path) {
        schema.path("allOf").forEach(part -> check(value, part, path));
        JsonNode any = schema.path("anyOf");
        if (any.isArray() && valid(value, any, path) == 0) {
            add(combination(path, value, "must validate at least one schema (anyOf)"));
        }
        JsonNode one = schema.path("oneOf");
        if (one.isArray()) {
            long valid = valid(value, one, path);
            if (valid != 1) {
                String found = valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives";
                add(combination(path, value, "must validate one and only one schema (oneOf). " + found));
            }
        }
        if (schema.path("not").isObject() && isValid(value, schema.path("not"), path)) {
            add(combination(path, value, "must not validate the schema (not)"));
        }
    }

    private static long valid(JsonNode value, JsonNode schemas, String path) {
        long count = 0;
        for (JsonNode schema : schemas) {
            count += isValid(value, schema, path) ? 1 : 0;
        }
        return count;
    }

    private static boolean isValid(JsonNode value, JsonNode schema, String path) {
        Validation part = new Validation();
        part.check(value, schema, path);
        return part.errors.isEmpty();
    }

    private static boolean contains(JsonNode allowed, JsonNode value) {
        for (JsonNode one : allowed) {
            if (one.equals(value)
                    || (one.isNumber()
                            && value.isNumber()
                            && SchemaType.decimal(one).compareTo(SchemaType.decimal(value)) == 0)) {
                return true;
            }
        }
        return false;
    }

    private static FieldError combination(String path, JsonNode value, String words) {
        return FieldError.invalid(path, Shown.value(value), '"' + path + "\" " + words);
    }

    private static FieldError invalid(String path, String text, String words) {
        return FieldError.invalid(path, Shown.quoted(text), path + " in body " + words);
    }
}
