package dev.capstan.embeddedkubernetes.schema;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing wrong with one field of an object, as in {@code details.causes} of a Kubernetes Status.
 *
 * @param reason the machine-readable cause, such as {@code FieldValueInvalid}
 * @param field the path of the field, such as {@code spec.max} or {@code spec.items[2].name}
 * @param message what is wrong, without the path, such as {@code Invalid value: 0: must be greater than 0}
 */
public record FieldError(String reason, String field, String message) {

    /** The value is there but breaks a rule: {@code Invalid value: <value>: <detail>}. */
    public static FieldError invalid(String field, String value, String detail) {
        return new FieldError("FieldValueInvalid", field, "Invalid value: " + value + ": " + detail);
    }

    /** The value has the wrong JSON type: {@code Invalid value: <value>: <detail>}. */
    public static FieldError wrongType(String field, String value, String detail) {
        return new FieldError("FieldValueTypeInvalid", field, "Invalid value: " + value + ": " + detail);
    }

    /** The value is missing: {@code Required value} and the detail when there is one. */
    public static FieldError required(String field, String detail) {
        return new FieldError(
                "FieldValueRequired", field, detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /** The value is none of those allowed: {@code Unsupported value: "x": supported values: "a", "b"}. */
    public static FieldError unsupported(String field, String value, List<String> supported) {
        String list = supported.stream().map(s -> '"' + s + '"').collect(Collectors.joining(", "));
        return new FieldError(
                "FieldValueNotSupported", field, "Unsupported value: " + value + ": supported values: " + list);
    }

    /** A value that must be unique is there twice: {@code Duplicate value: <value>}. */
    public static FieldError duplicate(String field, String value) {
        return new FieldError("FieldValueDuplicate", field, "Duplicate value: " + value);
    }

    /** The value names something that is not there: {@code Not found: "x"}. */
    public static FieldError notFound(String field, String value) {
        return new FieldError("FieldValueNotFound", field, "Not found: \"" + value + '"');
    }

    /** The field must not be set or changed: {@code Forbidden: <detail>}. */
    public static FieldError forbidden(String field, String detail) {
        return new FieldError("FieldValueForbidden", field, "Forbidden: " + detail);
    }

    /** The value is longer than allowed: {@code Too long: <detail>}. */
    public static FieldError tooLong(String field, String detail) {
        return new FieldError("FieldValueTooLong", field, "Too long: " + detail);
    }

    /** The list or map has more entries than allowed: {@code Too many: <actual>: must have at most <limit> items}. */
    public static FieldError tooMany(String field, int actual, long limit) {
        return new FieldError(
                "FieldValueTooMany", field, "Too many: " + actual + ": must have at most " + limit + " items");
    }

    /** The errors as Kubernetes puts them into the message of a Status: one as it is, several in brackets. */
    public static String join(List<FieldError> errors) {
        String all = errors.stream().map(FieldError::toString).collect(Collectors.joining(", "));
        return errors.size() == 1 ? all : "[" + all + "]";
    }

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
