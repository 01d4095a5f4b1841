package dev.capstan.cli.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as trees: what the API sends is wider than what the CLI knows of it. */
public final class Json {

    public static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** What is found where nothing is. */
    public static JsonNode missing() {
        return MissingNode.getInstance();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** Reads a document. Throws a {@link Problem} if it is none. */
    public static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw Problem.failed(
                    "What was read is no JSON: " + e.getOriginalMessage() + ".",
                    "If another program answers at that address, set CAPSTAN_HOME to the right home.",
                    e);
        }
    }

    /** The document for people and programs: indented. */
    public static String print(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be printed", e);
        }
    }
}
