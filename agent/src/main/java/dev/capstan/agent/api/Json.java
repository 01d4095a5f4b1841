package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** JSON token by token: no object ever exists as a tree, and what is not asked for is skipped where it stands. */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxStringLength(Body.MAX_BYTES)
                    .maxNameLength(64 * 1024)
                    .build())
            .build();

    private Json() {}

    /** What to do at a field: the parser stands at its value, which may be read or left alone. */
    interface Field {
        void at(String name) throws IOException;
    }

    /** What to do at an element of an array: the parser stands at it. */
    interface Element {
        void here() throws IOException;
    }

    /** What to write. */
    interface Content {
        void to(JsonGenerator json) throws IOException;
    }

    static JsonParser parser(byte[] text) throws IOException {
        return FACTORY.createParser(text);
    }

    /** Reads a value out of a text, and says in our words if the text is not JSON. */
    static <T> T read(byte[] text, ObjectReader<T> reader) throws IOException {
        try (JsonParser json = parser(text)) {
            json.nextToken();
            return reader.read(json);
        } catch (JsonProcessingException broken) {
            // Its message would quote the text, which may be a Secret.
            throw new MalformedAnswerException("no JSON at byte "
                    + (broken.getLocation() == null ? 0 : broken.getLocation().getByteOffset()) + " of " + text.length);
        }
    }

    /** Reads a text that is one value and nothing else. */
    static <T> T whole(byte[] text, ObjectReader<T> reader) throws IOException {
        return read(text, json -> {
            T value = reader.read(json);
            if (json.nextToken() != null) {
                throw new MalformedAnswerException("something follows where the answer should end");
            }
            return value;
        });
    }

    /** Visits every field of the object that the parser stands at, and leaves the parser at the object's end. */
    static void fields(JsonParser json, Field field) throws IOException {
        expect(json, JsonToken.START_OBJECT, "an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            field.at(name);
            json.skipChildren();
        }
    }

    /** Visits every element of the array that the parser stands at; null counts as an empty array. */
    static void elements(JsonParser json, Element element) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        expect(json, JsonToken.START_ARRAY, "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            element.here();
            json.skipChildren();
        }
    }

    /** The string that the parser stands at; null counts as an empty one. */
    static String text(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return "";
        }
        expect(json, JsonToken.VALUE_STRING, "a string");
        return json.getText();
    }

    /** The truth value that the parser stands at; null counts as false. */
    static boolean truth(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (json.currentToken() == null || !json.currentToken().isBoolean()) {
            throw new MalformedAnswerException("a field holds something else than true or false");
        }
        return json.getBooleanValue();
    }

    /** The whole number that the parser stands at. */
    static long number(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_NUMBER_INT, "a whole number");
        return json.getLongValue();
    }

    /** The value that the parser stands at, as JSON again. */
    static String copy(JsonParser json) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.copyCurrentStructure(json);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** An object with this content. */
    static byte[] object(Content content) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            content.to(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("an array of bytes takes every byte", impossible);
        }
        return text.toByteArray();
    }

    private static void expect(JsonParser json, JsonToken token, String words) throws IOException {
        if (json.currentToken() != token) {
            throw new MalformedAnswerException("a field holds something else than " + words);
        }
    }
}
