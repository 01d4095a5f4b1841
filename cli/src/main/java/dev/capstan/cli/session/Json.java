package dev.capstan.cli.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * JSON as trees: what the API sends is wider than what the CLI knows of it. Trees are read and written here, token by token,
 * since Jackson's mapper alone takes a tenth of a second to start (it wants calendars and number formats ready).
 */
public final class Json {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory TOKENS = new JsonFactory();

    private Json() {}

    public static ObjectNode object() {
        return NODES.objectNode();
    }

    public static ArrayNode array() {
        return NODES.arrayNode();
    }

    public static JsonNode text(String text) {
        return NODES.textNode(text);
    }

    public static JsonNode truth(boolean value) {
        return NODES.booleanNode(value);
    }

    public static JsonNode nothing() {
        return NODES.nullNode();
    }

    /** What is found where nothing is. */
    public static JsonNode missing() {
        return MissingNode.getInstance();
    }

    /** Reads a document. Throws a {@link Problem} if it is none. */
    public static JsonNode parse(String text) {
        try (var parser = TOKENS.createParser(text)) {
            var first = parser.nextToken();
            return first == null ? missing() : value(parser, first);
        } catch (JsonProcessingException e) {
            throw Problem.failed(
                    "What was read is no JSON: " + e.getOriginalMessage() + ".",
                    "If another program answers at that address, set CAPSTAN_HOME to the right home.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text can always be read", e);
        }
    }

    private static JsonNode value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                var object = object();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var name = parser.currentName();
                    object.set(name, value(parser, parser.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                var array = array();
                for (var next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    array.add(value(parser, next));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> NODES.numberNode(parser.getIntValue());
                    case LONG -> NODES.numberNode(parser.getLongValue());
                    default -> NODES.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    /** The document on one line, as it is sent. */
    public static String write(JsonNode node) {
        var text = new StringBuilder();
        write(node, text);
        return text.toString();
    }

    private static void write(JsonNode node, StringBuilder text) {
        if (node.isObject()) {
            var separator = "{";
            for (var member : node.properties()) {
                text.append(separator).append(quoted(member.getKey())).append(':');
                write(member.getValue(), text);
                separator = ",";
            }
            text.append(node.isEmpty() ? "{}" : "}");
        } else if (node.isArray()) {
            var separator = "[";
            for (var item : node) {
                text.append(separator);
                write(item, text);
                separator = ",";
            }
            text.append(node.isEmpty() ? "[]" : "]");
        } else {
            text.append(scalar(node));
        }
    }

    /** What is neither object nor array, as JSON has it. */
    public static String scalar(JsonNode node) {
        return node.isTextual() ? quoted(node.asText()) : node.isMissingNode() ? "null" : node.asText();
    }

    /** The text as a JSON string. */
    public static String quoted(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }

    /** The document for people and programs: indented, as Jackson has it. */
    public static String print(JsonNode node) {
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be printed", e);
        }
    }

    /** The document as maps, lists and scalars. */
    public static Object plain(JsonNode scalar) {
        return new ObjectMapper().convertValue(scalar, Object.class);
    }
}
