package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** The JSON types, as a schema names them. */
final class SchemaType {

    private SchemaType() {}

    /** The name of a value's type: {@code object}, {@code array}, {@code string}, {@code integer} ... */
    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case STRING, BINARY -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case NULL, MISSING -> "null";
        };
    }

    /** Whether a value is of the type a schema asks for; a schema that asks for none takes all. */
    static boolean fits(JsonNode value, JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return value.isTextual() || isInteger(value);
        }
        return switch (schema.path("type").asText()) {
            case "" -> true;
            case "integer" -> isInteger(value);
            case "number" -> value.isNumber();
            case String type -> type.equals(of(value));
        };
    }

    /** Whether a value is a whole number, however it is written. */
    static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber()
                || (value.isNumber()
                        && value.decimalValue().stripTrailingZeros().scale() <= 0);
    }

    /** The path of a field of an object. */
    static String child(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
