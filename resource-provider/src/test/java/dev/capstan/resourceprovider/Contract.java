package dev.capstan.resourceprovider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The OpenAPI description that the server serves, as a judge of its answers: each is of a path that is in it, with a status that
 * it names, and a body that is valid by its schema.
 */
final class Contract {

    private static final Contract SERVED = new Contract();

    private final JsonNode document;
    private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private Contract() {
        try (InputStream in = Contract.class.getResourceAsStream("openapi.json")) {
            document = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Contract served() {
        return SERVED;
    }

    JsonNode document() {
        return document;
    }

    /** Every operation, such as {@code GET /subscriptions/{}}: in lower case, the names of variables left out. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> !member.getKey().equals("parameters"))
                        .forEach(member -> operations.add(operation(member.getKey(), path.getKey()))));
        return operations;
    }

    /** Operations whose answers were judged so far, with their status. */
    Set<String> judged() {
        return seen;
    }

    static String operation(String method, String path) {
        return method.toUpperCase(Locale.ROOT) + " "
                + path.toLowerCase(Locale.ROOT).replaceAll("\\{[^}]*}", "{}");
    }

    /**
     * What is wrong with an answer; empty if nothing is, if the path is none that is described and was refused, or if it is
     * the Kubernetes API's.
     *
     * @param path without the query
     */
    List<String> faults(String method, String path, int status, String mediaType, JsonNode body) {
        if (path.startsWith("/clusters/")) {
            return List.of();
        }
        Optional<Map.Entry<String, JsonNode>> found = find(method, path);
        if (found.isEmpty()) {
            return status >= 400 ? List.of() : List.of("it is not described, and was answered with " + status);
        }
        JsonNode operation = found.get().getValue();
        seen.add(operation(method, found.get().getKey()) + " " + status);
        JsonNode answer = operation.path("responses").path(Integer.toString(status));
        if (answer.isMissingNode() && status >= 400) {
            answer = operation.path("responses").path("default");
        }
        if (answer.has("$ref")) {
            answer = document.at(answer.path("$ref").asText().substring(1));
        }
        if (answer.isMissingNode()) {
            return List.of("the status " + status + " is not described");
        }
        JsonNode content = answer.path("content");
        if (content.isEmpty()) {
            return body.isMissingNode() ? List.of() : List.of("a body is not described: " + body);
        }
        String type = mediaType.split(";", 2)[0];
        if (!content.has(type)) {
            return List.of("the media type " + mediaType + " is not described");
        }
        JsonNode reference = content.path(type).path("schema").path("$ref");
        return reference.isMissingNode() ? List.of() : faults(reference.asText(), body);
    }

    private List<String> faults(String reference, JsonNode body) {
        List<String> faults = new ArrayList<>();
        for (ValidationMessage message :
                schemas.computeIfAbsent(reference, this::schema).validate(body)) {
            faults.add(message.getMessage());
        }
        return faults;
    }

    private JsonSchema schema(String reference) {
        ObjectNode schema = new ObjectMapper().createObjectNode().put("$ref", reference);
        schema.putObject("components").set("schemas", document.at("/components/schemas"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
    }

    /** The operation of a path: the one with the fewest variables in it. */
    private Optional<Map.Entry<String, JsonNode>> find(String method, String path) {
        List<String> asked = segments(path);
        return document.path("paths").properties().stream()
                .filter(entry -> entry.getValue().has(method.toLowerCase(Locale.ROOT)))
                .filter(entry -> fits(segments(entry.getKey()), asked))
                .min((one, other) -> Long.compare(variables(one.getKey()), variables(other.getKey())))
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().path(method.toLowerCase(Locale.ROOT))));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1)).stream()
                .filter(segment -> !segment.isEmpty())
                .collect(Collectors.toList());
    }

    private static boolean fits(List<String> template, List<String> asked) {
        if (template.size() != asked.size()) {
            return false;
        }
        for (int i = 0; i < asked.size(); i++) {
            if (!template.get(i).startsWith("{") && !template.get(i).equalsIgnoreCase(asked.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static long variables(String template) {
        return template.chars().filter(c -> c == '{').count();
    }
}
