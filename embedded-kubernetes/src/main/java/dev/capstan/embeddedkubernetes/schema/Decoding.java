package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Turns a request body into an object of its kind. A real server does this in two ways, and so does this class:
 *
 * <ul>
 *   <li>Built-in kinds, and {@code metadata} of all kinds, are decoded into Go types: nulls are dropped, a value of the wrong
 *       type is refused, base64 and times come out in their one spelling.
 *   <li>Objects of CustomResourceDefinitions are only pruned; types are the business of {@link Validation}.
 * </ul>
 *
 * <p>Unknown fields are left out of the result and listed in both. Pruning follows Kubernetes' structural schemas: a field is
 * kept when {@code properties} or {@code additionalProperties} name it or {@code x-kubernetes-preserve-unknown-fields} is set.
 */
public final class Decoding {

    /**
     * A decoded object.
     *
     * @param object the object, pruned; for built-in kinds also without nulls, and with base64, times and quantities in
     *     their one spelling
     * @param unknownFields the paths of the fields that were pruned, such as {@code spec.x}
     */
    public record Decoded(ObjectNode object, List<String> unknownFields) {}

    private static final int MOST_UNKNOWN_FIELDS = 100;
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private final Kind kind;
    private final List<String> unknown = new ArrayList<>();

    private Decoding(Kind kind) {
        this.kind = kind;
    }

    /**
     * Turns a request body into an object of its kind: prunes unknown fields and, for built-in kinds, does what decoding into
     * a Go type does. The argument is not changed.
     *
     * @throws DecodingException when a value that is decoded into a Go type has the wrong type, or base64 or a time is none
     */
    public static Decoded decode(Kind kind, ObjectNode object) {
        Decoding decoding = new Decoding(kind);
        ObjectNode result = (ObjectNode) decoding.value(object, kind.schema(), "", !kind.custom());
        return new Decoded(result, List.copyOf(decoding.unknown));
    }

    /** The message of the 400 for {@code fieldValidation=Strict} when fields were unknown. */
    public static String strictMessage(Kind kind, List<String> unknownFields) {
        return cannotBeHandled(kind)
                + unknownFields.stream()
                        .map(f -> "unknown field \"" + f + '"')
                        .collect(Collectors.joining(", ", "strict decoding error: ", ""));
    }

    /** The texts of the {@code Warning} headers for {@code fieldValidation=Warn}. */
    public static List<String> warnings(List<String> unknownFields) {
        return unknownFields.stream().map(f -> "unknown field \"" + f + '"').toList();
    }

    private static String cannotBeHandled(Kind kind) {
        return kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a " + kind.kind() + ": ";
    }

    private JsonNode value(JsonNode value, JsonNode schema, String path, boolean typed) {
        if (typed && !SchemaType.fits(value, schema)) {
            throw new DecodingException(cannotBeHandled(kind) + "json: cannot unmarshal " + goType(value)
                    + " into Go struct field " + kind.kind() + "." + path + " of type " + goType(schema));
        }
        return switch (value) {
            case ObjectNode object -> object(object, schema, path, typed);
            case ArrayNode array -> array(array, schema, path, typed);
            case TextNode text when typed -> canonical(text, schema);
            // Such values of built-in kinds are quantities, which Go writes as text, unless they are IntOrString.
            case NumericNode number
            when typed
                    && schema.path("x-kubernetes-int-or-string").asBoolean()
                    && !schema.path("format").asText().equals("int-or-string") -> TextNode.valueOf(number.asText());
            default -> finite(value);
        };
    }

    /** A value no schema knows anything of. */
    private JsonNode free(JsonNode value) {
        requireFinite(value);
        return value.deepCopy();
    }

    private void requireFinite(JsonNode value) {
        finite(value);
        value.forEach(this::requireFinite);
    }

    /** A number too large for a double has become infinite, which JSON cannot express; Go refuses it, too. */
    private JsonNode finite(JsonNode value) {
        if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
            throw new DecodingException(cannotBeHandled(kind) + "json: a number is too large for float64");
        }
        return value;
    }

    private ObjectNode object(ObjectNode object, JsonNode schema, String path, boolean typed) {
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        boolean preserve = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean() || schema.isMissingNode();
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(entry -> {
            String field = entry.getKey();
            JsonNode value = entry.getValue();
            JsonNode known = properties.path(field);
            String fieldPath = SchemaType.child(path, field);
            boolean fieldTyped = typed || (path.isEmpty() && field.equals("metadata"));
            if (known.isMissingNode() && additional.isObject()) {
                known = additional;
            }
            if (fieldTyped && value.isNull() && (known.isObject() || preserve)) {
                return;
            }
            if (known.isObject()) {
                result.set(field, value(value, known, fieldPath, fieldTyped));
            } else if (preserve || additional.asBoolean()) {
                result.set(field, free(value));
            } else if (unknown.size() < MOST_UNKNOWN_FIELDS) {
                unknown.add(fieldPath);
            }
        });
        return result;
    }

    private ArrayNode array(ArrayNode array, JsonNode schema, String path, boolean typed) {
        JsonNode items = schema.path("items");
        ArrayNode result = JsonNodeFactory.instance.arrayNode(array.size());
        for (int i = 0; i < array.size(); i++) {
            result.add(items.isObject() ? value(array.get(i), items, path + "[" + i + "]", typed) : free(array.get(i)));
        }
        return result;
    }

    private JsonNode canonical(TextNode text, JsonNode schema) {
        try {
            return switch (schema.path("format").asText()) {
                case "byte" -> TextNode.valueOf(GoBase64.encode(GoBase64.decode(text.textValue())));
                case "date-time" -> {
                    Instant time = OffsetDateTime.parse(text.textValue()).toInstant();
                    DateTimeFormatter format = schema.path("x-precision").isMissingNode() ? SECONDS : MICROS;
                    yield TextNode.valueOf(format.format(time.atOffset(ZoneOffset.UTC)));
                }
                default -> text;
            };
        } catch (GoBase64.Malformed e) {
            throw new DecodingException(cannotBeHandled(kind) + e.getMessage());
        } catch (DateTimeException e) {
            throw new DecodingException(cannotBeHandled(kind) + "parsing time \"" + Shown.text(text.textValue())
                    + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it");
        }
    }

    /** What a value or a schema is called in Go: a schema's own name for the type, but for the simple ones. */
    private static String goType(JsonNode node) {
        if (!node.has("type") || node.path("type").isObject()) {
            String type = SchemaType.of(node);
            return type.equals("boolean") ? "bool" : type.equals("integer") ? "number" : type;
        }
        return switch (node.path("type").asText()) {
            case "boolean" -> "bool";
            case "integer" -> node.path("format").asText("int64");
            case "array" -> "[]" + goType(node.path("items"));
            case "object" ->
                node.path("additionalProperties").isObject()
                        ? "map[string]" + goType(node.path("additionalProperties"))
                        : "object";
            case "string" -> node.path("format").asText().equals("byte") ? "[]uint8" : "string";
            case String other -> other;
        };
    }
}
