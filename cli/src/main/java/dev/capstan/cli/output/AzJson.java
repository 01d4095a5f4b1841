package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.util.TreeMap;

/**
 * JSON as az prints it (knack: {@code json.dumps(indent=2, sort_keys=True, ensure_ascii=False)}): members sorted by name,
 * two blanks a level, every item on a line of its own.
 */
final class AzJson {

    private static final String RESET = "\u001b[39;49;00m";
    private static final String NAME = "\u001b[94m";
    private static final String TEXT = "\u001b[33m";
    private static final String WORD = "\u001b[34m";

    private final StringBuilder out = new StringBuilder();
    private final boolean coloured;

    private AzJson(boolean coloured) {
        this.coloured = coloured;
    }

    static String plain(JsonNode node) {
        var json = new AzJson(false);
        json.write(node, 0);
        return json.out.append('\n').toString();
    }

    static String coloured(JsonNode node) {
        var json = new AzJson(true);
        json.write(node, 0);
        return json.out.append('\n').toString();
    }

    private void write(JsonNode node, int level) {
        if (node.isObject() && !node.isEmpty()) {
            var members = new TreeMap<String, JsonNode>();
            node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            var first = true;
            out.append('{');
            for (var member : members.entrySet()) {
                newLine(first, level + 1);
                first = false;
                colour(NAME, Json.quoted(member.getKey()));
                out.append(": ");
                write(member.getValue(), level + 1);
            }
            out.append('\n').repeat(' ', 2 * level).append('}');
        } else if (node.isArray() && !node.isEmpty()) {
            var first = true;
            out.append('[');
            for (var item : node) {
                newLine(first, level + 1);
                first = false;
                write(item, level + 1);
            }
            out.append('\n').repeat(' ', 2 * level).append(']');
        } else if (node.isContainerNode()) {
            out.append(node.isObject() ? "{}" : "[]");
        } else {
            colour(node.isTextual() ? TEXT : WORD, Json.scalar(node));
        }
    }

    private void newLine(boolean first, int level) {
        out.append(first ? "\n" : ",\n").repeat(' ', 2 * level);
    }

    private void colour(String colour, String text) {
        if (coloured) {
            out.append(colour).append(text).append(RESET);
        } else {
            out.append(text);
        }
    }
}
