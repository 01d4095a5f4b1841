package dev.capstan.cli.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.HexFormat;

/**
 * JSON as trees: what the API sends is wider than what the CLI knows of it. Trees are Jackson's, which {@code --query} searches.
 * They are read and written here, token by token, since a process this short feels what the rest of Jackson takes to start:
 * its mapper a tenth of a second (it wants calendars and number formats ready), its parser an eighth of {@code aks show}: its
 * constants make {@link java.math.BigDecimal} ready, which computes powers of five up to 5^65536 for that.
 */
public final class Json {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

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

    /** Reads a document; missing where there is none. Throws a {@link Problem} if it is no JSON. */
    public static JsonNode parse(String text) {
        if (text.isBlank()) {
            return missing();
        }
        try (var reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            return value(reader);
        } catch (MalformedJsonException | EOFException e) {
            throw Problem.failed(
                    "What was read is no JSON" + place(e) + ".",
                    "If another program answers at that address, set CAPSTAN_HOME to the right home.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text can always be read", e);
        }
    }

    /** Of Gson's words, which advise programmers, where it is. */
    private static String place(IOException e) {
        var words = String.valueOf(e.getMessage());
        var from = words.indexOf(" at line ");
        var to = words.indexOf(" path ", Math.max(from, 0));
        return from < 0 || to < 0 ? "" : words.substring(from, to);
    }

    private static JsonNode value(JsonReader reader) throws IOException {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                var object = object();
                reader.beginObject();
                while (reader.hasNext()) {
                    object.set(reader.nextName(), value(reader));
                }
                reader.endObject();
                yield object;
            }
            case BEGIN_ARRAY -> {
                var array = array();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(value(reader));
                }
                reader.endArray();
                yield array;
            }
            case STRING -> NODES.textNode(reader.nextString());
            case NUMBER -> number(reader.nextString());
            case BOOLEAN -> NODES.booleanNode(reader.nextBoolean());
            default -> {
                reader.nextNull();
                yield NODES.nullNode();
            }
        };
    }

    private static JsonNode number(String digits) {
        if (digits.contains(".") || digits.contains("e") || digits.contains("E")) {
            return NODES.numberNode(Double.parseDouble(digits));
        }
        try {
            long number = Long.parseLong(digits);
            return number == (int) number ? NODES.numberNode((int) number) : NODES.numberNode(number);
        } catch (NumberFormatException large) {
            return NODES.numberNode(new BigInteger(digits));
        }
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

    /** The text as a JSON string: what has to be escaped is (RFC 8259, 7), as Python does it and so az, and nothing else. */
    public static String quoted(String text) {
        // An array and whole pieces: almost nothing is compiled yet where a process this short writes its answer.
        var characters = text.toCharArray();
        var quoted = new StringBuilder(characters.length + 2).append('"');
        var written = 0;
        for (var at = 0; at < characters.length; at++) {
            var character = characters[at];
            if (character < ' ' || character == '"' || character == '\\') {
                quoted.append(characters, written, at - written).append(escaped(character));
                written = at + 1;
            }
        }
        return quoted.append(characters, written, characters.length - written)
                .append('"')
                .toString();
    }

    private static String escaped(char character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> "\\u00" + HexFormat.of().toHexDigits((byte) character);
        };
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
