package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.pipeline.Parameters.FieldValidation;
import dev.capstan.embeddedkubernetes.schema.Decoding;
import dev.capstan.embeddedkubernetes.schema.DecodingException;
import dev.capstan.embeddedkubernetes.wire.ProtobufBody;
import dev.capstan.embeddedkubernetes.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns request bodies into objects of the kind the path names. */
public final class Decoder {
    /** The largest body taken, in bytes, as in Kubernetes. */
    public static final int LIMIT = 3 * 1024 * 1024;

    private static final String ACCEPTED = "application/json, application/yaml, " + ProtobufBody.CONTENT_TYPE;
    private static final ObjectReader LENIENT = Json.MAPPER.reader();
    private static final ObjectReader STRICT = LENIENT.with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '([^']*)'");

    private Decoder() {}

    /**
     * A decoded body.
     *
     * @param object of the kind asked for, pruned; the caller's own
     * @param warnings what was dropped, for {@code Warning} headers
     */
    public record Body(ObjectNode object, List<String> warnings) {}

    /** An object of the kind; absent content type counts as JSON (kubectl 1.20 sends none). */
    public static Body decode(Kind kind, String contentType, byte[] bytes, FieldValidation validation) {
        return decode(List.of(kind), contentType, bytes, validation);
    }

    /** As the other, for a kind whose versions are all accepted; a body that does not name one is of the first. */
    public static Body decode(List<Kind> versions, String contentType, byte[] bytes, FieldValidation validation) {
        List<String> warnings = new ArrayList<>();
        ObjectNode object = tree(contentType, bytes, validation, warnings);
        String named = object.path("apiVersion").asText("");
        Kind kind = versions.stream()
                .filter(version -> version.apiVersion().equals(named))
                .findFirst()
                .orElse(versions.getFirst());
        requireType(kind, object);
        return new Body(prune(kind, object, validation, warnings), warnings);
    }

    /** Drops unknown fields of a tree and checks the types of the rest; also for the results of patches. */
    static ObjectNode prune(Kind kind, ObjectNode tree, FieldValidation validation, List<String> warnings) {
        try {
            Decoding.Decoded decoded = Decoding.decode(kind, tree);
            if (!decoded.unknownFields().isEmpty()) {
                switch (validation) {
                    case STRICT -> throw ApiFailure.badRequest(Decoding.strictMessage(kind, decoded.unknownFields()));
                    case WARN -> warnings.addAll(Decoding.warnings(decoded.unknownFields()));
                    case IGNORE -> {}
                }
            }
            return decoded.object();
        } catch (DecodingException e) {
            throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The body as it is. */
    public static ObjectNode tree(String contentType, byte[] bytes, FieldValidation validation, List<String> warnings) {
        if (bytes.length > LIMIT) {
            throw ApiFailure.tooLarge(LIMIT);
        }
        JsonNode tree = switch (mediaType(contentType)) {
            case "", "application/json" -> json(bytes, validation, warnings);
            case "application/yaml" -> yaml(bytes);
            case ProtobufBody.CONTENT_TYPE -> protobuf(bytes);
            default -> throw ApiFailure.unsupportedMediaType(ACCEPTED);
        };
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw ApiFailure.badRequest("the body of the request is not an object");
    }

    /** The media type without parameters, in lower case. */
    public static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** A JSON body; duplicate fields are refused, warned of or ignored. */
    static JsonNode json(byte[] bytes, FieldValidation validation, List<String> warnings) {
        // As text: Jackson's reader of bytes refuses a surrogate pair that is escaped in a name (RFC 8259, 7).
        return SurrogateHalves.replaced(json(new String(bytes, StandardCharsets.UTF_8), validation, warnings));
    }

    private static JsonNode json(String text, FieldValidation validation, List<String> warnings) {
        try {
            if (validation == FieldValidation.IGNORE) {
                return LENIENT.readTree(text);
            }
            try {
                return STRICT.readTree(text);
            } catch (JsonProcessingException e) {
                Matcher duplicate = DUPLICATE.matcher(e.getOriginalMessage());
                if (!duplicate.find()) {
                    throw e;
                }
                String words = "duplicate field \"" + duplicate.group(1) + "\"";
                if (validation == FieldValidation.STRICT) {
                    throw ApiFailure.badRequest("strict decoding error: " + words);
                }
                warnings.add(words);
                return LENIENT.readTree(text);
            }
        } catch (JsonProcessingException e) {
            throw ApiFailure.badRequest("the body of the request is not JSON: line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        }
    }

    private static JsonNode yaml(byte[] bytes) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(LIMIT)
                .setMaxAliasesForCollections(50)
                .build();
        try {
            return SurrogateHalves.replaced(Json.MAPPER.valueToTree(
                    new Load(settings).loadFromString(new String(bytes, StandardCharsets.UTF_8))));
        } catch (YamlEngineException | IllegalArgumentException _) {
            // Its message quotes the body, which may be a Secret.
            throw ApiFailure.badRequest("the body of the request is not YAML");
        }
    }

    private static ObjectNode protobuf(byte[] bytes) {
        try {
            return ProtobufBody.decode(bytes);
        } catch (WireException e) {
            if (e.reason() == WireException.Reason.UNSUPPORTED) {
                throw ApiFailure.of(415, "UnsupportedMediaType", String.valueOf(e.getMessage()));
            }
            throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static void requireType(Kind kind, ObjectNode object) {
        String apiVersion = object.path("apiVersion").asText("");
        String type = object.path("kind").asText("");
        if (!apiVersion.isEmpty() && !apiVersion.equals(kind.apiVersion())) {
            throw ApiFailure.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + kind.apiVersion() + ")");
        }
        if (!type.isEmpty() && !type.equals(kind.kind())) {
            throw ApiFailure.badRequest(
                    "the kind in the data (" + type + ") does not match the expected kind (" + kind.kind() + ")");
        }
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    }
}
