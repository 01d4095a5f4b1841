package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Tables and tab-separated values as az prints them (knack 0.11: _TableOutput, _TsvOutput; tabulate's format
 * {@code simple}). Of an object only its scalar members are columns, and {@code id}, {@code type} and {@code etag} are
 * none; a column is as wide as its widest cell, and at least two wider than its heading.
 */
final class AzTable {

    private static final Set<String> SKIPPED = Set.of("id", "type", "etag");

    /** The one member that the API's previews have and az's models have not. */
    private static final String LAST = "enableCustomCaTrust";

    private static final Comparator<String> LAST_IS_LAST =
            Comparator.<String, Boolean>comparing(LAST::equals).thenComparing(Comparator.naturalOrder());

    private AzTable() {}

    /**
     * The table of a result; empty if there is nothing in it.
     *
     * @param sorted whether columns are sorted by name, as az has it where neither the command nor a query chose them
     */
    static String of(JsonNode result, boolean sorted) {
        var rows = new ArrayList<Map<String, String>>();
        for (var item : items(result)) {
            rows.add(row(item, sorted));
        }
        var widths = new LinkedHashMap<String, Integer>();
        for (var row : rows) {
            row.forEach((name, cell) -> widths.merge(name, Math.max(name.length() + 2, cell.length()), Math::max));
        }
        if (widths.isEmpty()) {
            return "";
        }
        var text = new StringBuilder();
        line(text, widths, name -> name);
        line(text, widths, name -> "-".repeat(widths.getOrDefault(name, 0)));
        for (var row : rows) {
            line(text, widths, name -> row.getOrDefault(name, ""));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, Map<String, Integer> widths, UnaryOperator<String> cell) {
        var line = new StringBuilder();
        widths.forEach((name, width) -> {
            var value = cell.apply(name);
            line.append(line.isEmpty() && name.equals(widths.keySet().iterator().next()) ? "" : "  ")
                    .append(value)
                    .repeat(' ', width - value.length());
        });
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static Map<String, String> row(JsonNode item, boolean sorted) {
        var row = new LinkedHashMap<String, String>();
        if (item.isObject()) {
            Map<String, JsonNode> members = sorted ? new TreeMap<>() : new LinkedHashMap<>();
            item.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            members.forEach((name, value) -> {
                if (!SKIPPED.contains(name) && !value.isNull() && !value.isMissingNode() && !value.isContainerNode()) {
                    row.put(Character.toUpperCase(name.charAt(0)) + name.substring(1), python(value));
                }
            });
        } else if (item.isArray()) {
            for (var column = 0; column < item.size(); column++) {
                row.put("Column" + (column + 1), python(item.get(column)));
            }
        } else {
            row.put("Result", python(item));
        }
        return row;
    }

    /**
     * The same with the members of every object sorted by name, as az has them for {@code tsv}; what a query makes anew
     * keeps the query's order. What az's models do not know stands last, so that az's columns keep their places.
     */
    static JsonNode sorted(JsonNode result) {
        if (result.isArray()) {
            var items = Json.array();
            result.forEach(item -> items.add(sorted(item)));
            return items;
        }
        if (!result.isObject()) {
            return result;
        }
        Map<String, JsonNode> members = new TreeMap<>(LAST_IS_LAST);
        result.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
        var sorted = Json.object();
        members.forEach(sorted::set);
        return sorted;
    }

    /** The result as tab-separated values: a list's length stands for the list, nothing for an object. */
    static String tsv(JsonNode result) {
        var text = new StringBuilder();
        for (var item : items(result)) {
            var cells = new ArrayList<String>();
            if (item.isObject() || item.isArray()) {
                item.forEach(value -> cells.add(cell(value)));
            } else {
                cells.add(item.isBoolean() ? item.asText() : python(item));
            }
            text.append(String.join("\t", cells)).append('\n');
        }
        return text.toString();
    }

    private static String cell(JsonNode value) {
        return value.isArray() ? Integer.toString(value.size()) : value.isObject() ? "" : python(value);
    }

    private static List<JsonNode> items(JsonNode result) {
        var items = new ArrayList<JsonNode>();
        if (result.isArray()) {
            result.forEach(items::add);
        } else {
            items.add(result);
        }
        return items;
    }

    /** A scalar as Python's {@code str} has it. */
    private static String python(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean() ? "True" : "False";
        }
        return value.isNull() ? "None" : value.isContainerNode() ? value.toString() : value.asText();
    }
}
