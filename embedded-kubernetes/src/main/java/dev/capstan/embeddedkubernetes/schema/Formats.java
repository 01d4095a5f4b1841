package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The formats of the OpenAPI and JSON-schema standards that are checked; all others are taken as they are. */
final class Formats {

    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}");
    private static final BigDecimal INT32_MIN = BigDecimal.valueOf(Integer.MIN_VALUE);
    private static final BigDecimal INT32_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
    private static final BigDecimal INT64_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal INT64_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private Formats() {}

    /** What a text of a format must be. */
    static Predicate<String> text(String format) {
        return switch (format) {
            case "date-time" -> Formats::isDateTime;
            case "date" -> Formats::isDate;
            case "byte" -> Formats::isBase64;
            case "uuid" -> text -> UUID.matcher(text).matches();
            default -> text -> true;
        };
    }

    /** Whether a number fits a format. */
    static boolean fits(String format, JsonNode number) {
        return switch (format) {
            case "int32" -> within(number, INT32_MIN, INT32_MAX);
            case "int64" -> within(number, INT64_MIN, INT64_MAX);
            default -> true;
        };
    }

    private static boolean within(JsonNode number, BigDecimal least, BigDecimal most) {
        BigDecimal value = SchemaType.decimal(number);
        return SchemaType.isInteger(number) && value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    private static boolean isDateTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isDate(String text) {
        try {
            LocalDate.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            GoBase64.decode(text);
            return true;
        } catch (GoBase64.Malformed e) {
            return false;
        }
    }
}
