package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON as this API reads and writes it: what is absent stays absent, nothing is nested deeper than {@value #DEPTH}. */
public final class Json {

    /** How deep a request's body may be nested; AKS's own bodies are 8 deep. */
    static final int DEPTH = 64;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A character beyond U+FFFF as itself: clients with Jackson refuse an escaped surrogate pair in a name.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A record's components are all of it: what it tells of itself in "is…" is no property.
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, null))
            .withConfigOverride(List.class, list -> list.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
            .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * A text that somebody sent, as an object.
     *
     * @throws IllegalArgumentException if it is none; says nothing of it
     */
    public static ObjectNode object(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException notJson) {
            // Told below, without a cause that could repeat it.
        }
        throw new IllegalArgumentException("no JSON object");
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** A record or a map as a tree. */
    public static ObjectNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** A list of texts as a tree. */
    public static ArrayNode tree(List<String> texts) {
        return MAPPER.valueToTree(texts);
    }

    /** A tree as a record. */
    public static <T> T as(Class<T> type, JsonNode tree) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an object of the management cluster is not a " + type.getName(), e);
        }
    }

    /** The object under this name; null where there is none or it is something else. */
    public static @Nullable ObjectNode child(JsonNode parent, String name) {
        return parent.get(name) instanceof ObjectNode child ? child : null;
    }

    /** UTF-8. */
    public static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("every tree can be written", e);
        }
    }

    public static String text(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("every tree can be written", e);
        }
    }

    /** What our own API answered. */
    public static ObjectNode own(String text) {
        try {
            return (ObjectNode) MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the management cluster answered with something else than JSON", e);
        }
    }

    /**
     * A request's body.
     *
     * @throws ArmFailure 400 if it is no JSON object. Says where, and repeats nothing of it: a private key may be in it
     */
    static ObjectNode body(byte[] bytes) {
        if (bytes.length == 0) {
            throw invalid("it is empty, and a JSON object is needed");
        }
        // As text: Jackson's reader of bytes refuses a surrogate pair that is escaped in a name, as az writes an emoji.
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid("it is not UTF-8");
        }
        try {
            if (!(MAPPER.readTree(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                    instanceof ObjectNode object)) {
                throw invalid("it is JSON, but not an object");
            }
            if (!isOfCharacters(object)) {
                throw invalid(
                        "a name or a text in it has half of a surrogate pair, an escape like \\ud83d without its other"
                                + " half, which is no character");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw invalid("it is not JSON, has a name twice or is nested deeper than " + DEPTH + " levels" + at(e));
        }
    }

    /** Whether each name and text can be written in UTF-8 again: what was stored without would break whoever reads it. */
    private static boolean isOfCharacters(JsonNode tree) {
        return isOfCharacters(tree.textValue())
                && tree.propertyStream()
                        .allMatch(property -> isOfCharacters(property.getKey()) && isOfCharacters(property.getValue()))
                && (!tree.isArray() || tree.valueStream().allMatch(Json::isOfCharacters));
    }

    private static boolean isOfCharacters(@Nullable String text) {
        return text == null || text.codePoints().allMatch(point -> Character.getType(point) != Character.SURROGATE);
    }

    private static ArmFailure invalid(String why) {
        return ArmFailure.badRequest("InvalidRequestContent", "The request content was invalid: " + why + ".");
    }

    private static String at(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        return place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
    }
}
