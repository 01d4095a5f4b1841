package dev.capstan.embeddedkubernetes.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The OpenAPI v2 document in protobuf, for clients before 1.27: they check manifests with it themselves, explain fields, and
 * look in it whether a kind can be dry-run. The message is {@code openapi.v2.Document} of
 * https://github.com/google/gnostic (openapiv2/OpenAPIv2.proto), whose field numbers stand here as constants. Extensions are
 * YAML texts in it; JSON is YAML.
 *
 * <p>Version 2 knows less than version 3: int-or-string is told as a string (clients let numbers pass for it), and below
 * {@code nullable} and {@code x-kubernetes-preserve-unknown-fields} nothing is told, as in Kubernetes.
 */
final class OpenApiV2 {

    private static final int DOCUMENT_SWAGGER = 1;
    private static final int DOCUMENT_INFO = 2;
    private static final int DOCUMENT_PATHS = 8;
    private static final int DOCUMENT_DEFINITIONS = 9;
    private static final int INFO_TITLE = 1;
    private static final int INFO_VERSION = 2;
    private static final int NAMED_NAME = 1;
    private static final int NAMED_VALUE = 2;
    private static final int PATHS_PATH = 2;
    private static final int PATH_ITEM_POST = 4;
    private static final int PATH_ITEM_PATCH = 8;
    private static final int OPERATION_ID = 5;
    private static final int OPERATION_PARAMETERS = 8;
    private static final int OPERATION_RESPONSES = 9;
    private static final int OPERATION_EXTENSION = 13;
    private static final int QUERY_IN = 2;
    private static final int QUERY_NAME = 4;
    private static final int QUERY_TYPE = 6;
    private static final int SCHEMA_REF = 1;
    private static final int SCHEMA_FORMAT = 2;
    private static final int SCHEMA_DESCRIPTION = 4;
    private static final int SCHEMA_REQUIRED = 19;
    private static final int SCHEMA_ADDITIONAL = 21;
    private static final int SCHEMA_TYPE = 22;
    private static final int SCHEMA_ITEMS = 23;
    private static final int SCHEMA_PROPERTIES = 25;
    private static final int SCHEMA_EXTENSION = 31;
    private static final int ANY_YAML = 2;

    private OpenApiV2() {}

    static byte[] document(Collection<Kind> kinds, Map<String, ObjectNode> definitions) {
        ProtobufWriter paths = new ProtobufWriter();
        kinds.forEach(k -> paths.message(PATHS_PATH, named(ApiPaths.object(k), path(k))));
        ProtobufWriter schemas = new ProtobufWriter();
        definitions.forEach((name, schema) -> schemas.message(1, named(name, schema(schema))));
        return new ProtobufWriter()
                .text(DOCUMENT_SWAGGER, "2.0")
                .message(
                        DOCUMENT_INFO,
                        new ProtobufWriter().text(INFO_TITLE, "Kubernetes").text(INFO_VERSION, "v1"))
                .message(DOCUMENT_PATHS, paths)
                .message(DOCUMENT_DEFINITIONS, schemas)
                .toBytes();
    }

    private static ProtobufWriter path(Kind kind) {
        ProtobufWriter operation =
                new ProtobufWriter().text(OPERATION_ID, (kind.virtual() ? "create" : "patch") + kind.definition());
        List.of("dryRun", "fieldManager", "fieldValidation")
                .forEach(p -> operation.message(OPERATION_PARAMETERS, queryParameter(p)));
        operation.message(OPERATION_RESPONSES, new ProtobufWriter());
        extension(operation, OPERATION_EXTENSION, ApiPaths.GROUP_VERSION_KIND, ApiPaths.groupVersionKind(kind));
        return new ProtobufWriter().message(kind.virtual() ? PATH_ITEM_POST : PATH_ITEM_PATCH, operation);
    }

    private static ProtobufWriter queryParameter(String name) {
        ProtobufWriter query = new ProtobufWriter()
                .text(QUERY_IN, "query")
                .text(QUERY_NAME, name)
                .text(QUERY_TYPE, "string");
        // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
        ProtobufWriter nonBody = new ProtobufWriter().message(3, query);
        ProtobufWriter parameter = new ProtobufWriter().message(2, nonBody);
        return new ProtobufWriter().message(1, parameter);
    }

    private static ProtobufWriter schema(JsonNode schema) {
        ProtobufWriter out = new ProtobufWriter();
        if (schema.has("$ref")) {
            out.text(SCHEMA_REF, "#/definitions/" + schema.get("$ref").asText());
        }
        text(out, SCHEMA_FORMAT, schema.path("format"));
        text(out, SCHEMA_DESCRIPTION, schema.path("description"));
        schema.path("required").forEach(r -> text(out, SCHEMA_REQUIRED, r));
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        boolean nullable = schema.path("nullable").asBoolean();
        String type = schema.path("x-kubernetes-int-or-string").asBoolean()
                ? "string"
                : schema.path("type").asText();
        if (!nullable && !type.isEmpty()) {
            out.message(SCHEMA_TYPE, new ProtobufWriter().text(1, type));
        }
        if (!nullable && !open) {
            if (schema.path("additionalProperties").isObject()) {
                out.message(
                        SCHEMA_ADDITIONAL, new ProtobufWriter().message(1, schema(schema.get("additionalProperties"))));
            }
            if (schema.path("items").isObject()) {
                out.message(SCHEMA_ITEMS, new ProtobufWriter().message(1, schema(schema.get("items"))));
            }
            if (!schema.path("properties").isEmpty()) {
                ProtobufWriter properties = new ProtobufWriter();
                schema.get("properties")
                        .properties()
                        .forEach(p -> properties.message(1, named(p.getKey(), schema(p.getValue()))));
                out.message(SCHEMA_PROPERTIES, properties);
            }
        }
        schema.properties().forEach(e -> {
            if (e.getKey().startsWith("x-kubernetes-") && !e.getKey().equals("x-kubernetes-validations")) {
                extension(out, SCHEMA_EXTENSION, e.getKey(), e.getValue());
            }
        });
        return out;
    }

    private static void text(ProtobufWriter out, int field, JsonNode text) {
        if (text.isTextual()) {
            out.text(field, text.textValue());
        }
    }

    private static void extension(ProtobufWriter out, int field, String name, JsonNode value) {
        out.message(field, named(name, new ProtobufWriter().text(ANY_YAML, value.toString())));
    }

    private static ProtobufWriter named(String name, ProtobufWriter value) {
        return new ProtobufWriter().text(NAMED_NAME, name).message(NAMED_VALUE, value);
    }
}
