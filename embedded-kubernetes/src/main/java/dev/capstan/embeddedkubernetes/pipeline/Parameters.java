package dev.capstan.embeddedkubernetes.pipeline;

import dev.capstan.embeddedkubernetes.schema.FieldError;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The query parameters of a request. Names that are not known are ignored, as Kubernetes does; values that cannot be
 * understood are refused.
 *
 * @param values all values by name, in the order of the query
 */
public record Parameters(Map<String, List<String>> values) {
    /** What to do with unknown and duplicate fields of a body: query parameter {@code fieldValidation}. */
    public enum FieldValidation {
        /** Drop them silently. */
        IGNORE,
        /** Drop them and say so in {@code Warning} headers; what is done when nothing is asked for. */
        WARN,
        /** Refuse the request. */
        STRICT
    }

    /** The first value, empty when there is none. */
    public String text(String name) {
        return values.getOrDefault(name, List.of("")).getFirst();
    }

    /** A boolean, false when missing. */
    public boolean flag(String name) {
        String text = text(name);
        return switch (text) {
            case "true", "1", "True", "TRUE", "t", "T" -> true;
            case "", "false", "0", "False", "FALSE", "f", "F" -> {
                // A name without a value counts as true, as in Go's url.Values to bool conversion of Kubernetes.
                yield text.isEmpty() && values.containsKey(name);
            }
            default ->
                throw ApiFailure.badRequest(
                        "invalid value for query parameter " + name + ": \"" + text + "\" is neither true nor false");
        };
    }

    /** A number that is not negative. */
    public OptionalLong number(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException _) {
            // Told below, together with negative numbers.
        }
        throw ApiFailure.badRequest(
                "invalid value for query parameter " + name + ": \"" + text + "\" is not a whole number");
    }

    /** A resourceVersion; missing is empty. */
    public OptionalLong resourceVersion() {
        String text = text("resourceVersion");
        try {
            return number("resourceVersion");
        } catch (ApiFailure _) {
            throw ApiFailure.badRequest("Invalid value: \"" + text + "\": invalid resourceVersion: it is not a number");
        }
    }

    /** Whether {@code dryRun=All} was asked for. */
    public boolean dryRun() {
        List<String> asked = values.getOrDefault("dryRun", List.of());
        for (String value : asked) {
            if (!value.equals("All")) {
                throw ApiFailure.of(
                        422,
                        "Invalid",
                        "dryRun: "
                                + FieldError.unsupported("dryRun", "\"" + value + "\"", List.of("All"))
                                        .message());
            }
        }
        return !asked.isEmpty();
    }

    /** What to do with unknown fields. */
    public FieldValidation fieldValidation() {
        return switch (text("fieldValidation")) {
            case "", "Warn" -> FieldValidation.WARN;
            case "Ignore" -> FieldValidation.IGNORE;
            case "Strict" -> FieldValidation.STRICT;
            case String other ->
                throw ApiFailure.of(
                        422,
                        "Invalid",
                        "fieldValidation: "
                                + FieldError.unsupported(
                                                "fieldValidation",
                                                "\"" + other + "\"",
                                                List.of("Ignore", "Strict", "Warn"))
                                        .message());
        };
    }
}
