package dev.capstan.embeddedkubernetes.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.wire.Messages.Field;
import dev.capstan.embeddedkubernetes.wire.WireException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Request bodies in Kubernetes' protobuf encoding, which new clients send for a few commands and do not send otherwise when
 * refused: four bytes {@code k8s\0}, then the message {@code runtime.Unknown} with {@code typeMeta} (1), the object (2),
 * {@code contentEncoding} (3) and {@code contentType} (4). The answer may always be JSON.
 *
 * <p>The result is what the client would have sent as JSON: empty values of fields that are no pointers in Go are left out.
 * At most {@value #MOST_VALUES} values are read, since two bytes can ask for an object of a hundred.
 */
public final class ProtobufBody {

    /** The content type of such bodies. */
    public static final String CONTENT_TYPE = "application/vnd.kubernetes.protobuf";

    static final int MOST_VALUES = 100_000;
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private int values;

    private ProtobufBody() {}

    /**
     * The object in a body, with its {@code apiVersion} and {@code kind}.
     *
     * @throws WireException when the body is malformed or holds a kind that is not known here
     */
    public static ObjectNode decode(byte[] body) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (i >= body.length || body[i] != MAGIC[i]) {
                throw ProtobufReader.malformed("it does not begin with k8s and a zero byte");
            }
        }
        ProtobufReader envelope = new ProtobufReader(body, MAGIC.length, body.length);
        String apiVersion = "";
        String kind = "";
        String encoding = "";
        ProtobufReader raw = new ProtobufReader(body, 0, 0);
        while (!envelope.atEnd()) {
            int tag = envelope.tag();
            switch (tag) {
                case 1 << 3 | ProtobufReader.BYTES -> {
                    ProtobufReader type = envelope.delimited();
                    while (!type.atEnd()) {
                        int field = type.tag();
                        switch (field) {
                            case 1 << 3 | ProtobufReader.BYTES ->
                                apiVersion = type.delimited().text();
                            case 2 << 3 | ProtobufReader.BYTES ->
                                kind = type.delimited().text();
                            default -> type.skip(field & 7);
                        }
                    }
                }
                case 2 << 3 | ProtobufReader.BYTES -> raw = envelope.delimited();
                case 3 << 3 | ProtobufReader.BYTES ->
                    encoding = envelope.delimited().text();
                default -> envelope.skip(tag & 7);
            }
        }
        if (!encoding.isEmpty() || !Messages.knows(apiVersion, kind)) {
            throw new WireException(
                    Reason.UNSUPPORTED,
                    "the body of the request was in an unknown format: " + shown(kind) + " in version \""
                            + shown(apiVersion)
                            + "\" is accepted in JSON only (Content-Type: application/json), not in protobuf");
        }
        ObjectNode object = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", apiVersion)
                .put("kind", kind);
        new ProtobufBody().message(raw, kind, object);
        return object;
    }

    private void message(ProtobufReader reader, String message, ObjectNode out) {
        while (!reader.atEnd()) {
            int tag = reader.tag();
            if (++values > MOST_VALUES) {
                throw ProtobufReader.malformed("it has more than " + MOST_VALUES + " values");
            }
            Field field = Messages.field(message, tag >>> 3);
            if (field == null) {
                reader.skip(tag & 7);
            } else {
                value(reader, tag & 7, field, out);
            }
        }
    }

    private void value(ProtobufReader reader, int wireType, Field field, ObjectNode out) {
        String name = field.name();
        String type = field.element();
        boolean number = type.startsWith("int") || type.startsWith("bool");
        if (wireType != (number ? ProtobufReader.VARINT : ProtobufReader.BYTES)) {
            throw ProtobufReader.malformed("the field " + name + " has the wrong wire type");
        }
        switch (type) {
            case "int", "int?" -> {
                long value = reader.varint();
                if (value != 0 || type.endsWith("?")) {
                    out.set(name, number(value));
                }
            }
            case "bool", "bool?" -> {
                boolean value = reader.varint() != 0;
                if (value || type.endsWith("?")) {
                    out.put(name, value);
                }
            }
            case "string", "string?" -> {
                String value = reader.delimited().text();
                if (field.repeated()) {
                    out.withArrayProperty(name).add(value);
                } else if (!value.isEmpty() || type.endsWith("?")) {
                    out.put(name, value);
                }
            }
            case "map", "bytes", "lists" -> entry(reader.delimited(), type, out.withObjectProperty(name));
            case "time" -> time(reader.delimited(), name, out);
            case "amount" -> amount(reader.delimited(), name, out);
            case "fields" -> out.set(name, fields(reader.delimited()));
            default -> {
                ObjectNode child =
                        field.repeated() ? out.withArrayProperty(name).addObject() : out.withObjectProperty(name);
                message(reader.delimited(), type, child);
            }
        }
    }

    /** The node a JSON parser would have made, since nodes of different width are not equal. */
    private static JsonNode number(long value) {
        return value == (int) value
                ? JsonNodeFactory.instance.numberNode((int) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    /** One entry of a map: the key is field 1, the value field 2; both may be missing, which stands for empty. */
    private void entry(ProtobufReader reader, String type, ObjectNode map) {
        String key = "";
        ProtobufReader value = new ProtobufReader(new byte[0], 0, 0);
        while (!reader.atEnd()) {
            int tag = reader.tag();
            switch (tag) {
                case 1 << 3 | ProtobufReader.BYTES -> key = reader.delimited().text();
                case 2 << 3 | ProtobufReader.BYTES -> value = reader.delimited();
                default -> reader.skip(tag & 7);
            }
        }
        switch (type) {
            case "bytes" -> map.put(key, Base64.getEncoder().encodeToString(value.rest()));
            case "lists" -> {
                ArrayNode items = map.withArrayProperty(key);
                while (!value.atEnd()) {
                    int tag = value.tag();
                    if (++values > MOST_VALUES) {
                        throw ProtobufReader.malformed("it has more than " + MOST_VALUES + " values");
                    }
                    if (tag == (1 << 3 | ProtobufReader.BYTES)) {
                        items.add(value.delimited().text());
                    } else {
                        value.skip(tag & 7);
                    }
                }
            }
            default -> map.put(key, value.text());
        }
    }

    private void time(ProtobufReader reader, String name, ObjectNode out) {
        if (reader.atEnd()) {
            return; // no time at all
        }
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        message(reader, "Time", parts);
        try {
            out.put(name, Instant.ofEpochSecond(parts.path("seconds").asLong()).toString());
        } catch (DateTimeException e) {
            throw ProtobufReader.malformed("the time " + name + " is out of range");
        }
    }

    /** A number or a text, as the type (field 1) says: 0 for the number, which is then left out itself when it is 0. */
    private void amount(ProtobufReader reader, String name, ObjectNode out) {
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        message(reader, "IntOrString", parts);
        if (parts.path("type").asInt() == 0) {
            out.put(name, parts.path("intVal").asInt());
        } else {
            out.put(name, parts.path("strVal").asText());
        }
    }

    private static JsonNode fields(ProtobufReader reader) {
        byte[] json = new byte[0];
        while (!reader.atEnd()) {
            int tag = reader.tag();
            if (tag == (1 << 3 | ProtobufReader.BYTES)) {
                json = reader.delimited().rest();
            } else {
                reader.skip(tag & 7);
            }
        }
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw ProtobufReader.malformed("its managed fields are no JSON");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static String shown(String text) {
        return text.length() <= 128 ? text : text.substring(0, 128) + "...";
    }
}
