package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** The JSON types, as a schema names them. */
final class SchemaType {

    private static final BigDecimal HUGE = new BigDecimal("1e400");
    private static final BigDecimal NONE = new BigDecimal("0.5");

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
                || (value.isNumber() && decimal(value).stripTrailingZeros().scale() <= 0);
    }

    /** The path of a field of an object. */
    static String child(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /**
     * A number exactly, as far as it is one that anybody compares: what does not fit a double has become infinite when it was
     * read, and is then taken as a very large number.
     */
    static BigDecimal decimal(JsonNode number) {
        if (number.isIntegralNumber()) {
            return new BigDecimal(number.bigIntegerValue());
        }
        double value = number.doubleValue();
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value)
                : Double.isNaN(value) ? NONE : value > 0 ? HUGE : HUGE.negate();
    }
}
