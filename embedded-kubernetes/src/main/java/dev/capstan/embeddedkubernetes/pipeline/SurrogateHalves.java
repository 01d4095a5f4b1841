package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;

/**
 * Replaces halves of surrogate pairs, which JSON and YAML can say by an escape and which are no characters, as Kubernetes does
 * (Go, {@code encoding/json}: "replaced by the Unicode replacement character U+FFFD"). Stored as they are they could not be
 * written as UTF-8, and nobody could read a list any more that such an object is in.
 */
final class SurrogateHalves {

    private static final int REPLACEMENT = 0xFFFD;

    private SurrogateHalves() {}

    /** The tree with each half in a name or a text replaced; changes the tree that it is given. */
    static JsonNode replaced(JsonNode tree) {
        switch (tree) {
            case ObjectNode object -> ofObject(object);
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, replaced(array.get(i)));
                }
            }
            case TextNode text
            when has(text.textValue()) -> {
                return TextNode.valueOf(replaced(text.textValue()));
            }
            default -> {}
        }
        return tree;
    }

    private static void ofObject(ObjectNode object) {
        boolean isNamed = false;
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            property.setValue(replaced(property.getValue()));
            isNamed |= has(property.getKey());
        }
        if (isNamed) {
            List<Map.Entry<String, JsonNode>> properties =
                    object.properties().stream().map(Map.Entry::copyOf).toList();
            object.removeAll();
            properties.forEach(property -> object.set(replaced(property.getKey()), property.getValue()));
        }
    }

    private static boolean has(String text) {
        return text.codePoints().anyMatch(SurrogateHalves::isHalf);
    }

    private static String replaced(String text) {
        return text.codePoints()
                .map(point -> isHalf(point) ? REPLACEMENT : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isHalf(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
