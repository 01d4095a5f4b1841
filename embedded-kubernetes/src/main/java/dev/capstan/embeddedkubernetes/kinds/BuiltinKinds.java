package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The kinds every server has, and the OpenAPI definitions they are made of, read from {@code kinds.json} and
 * {@code definitions.json} beside the root package. Immutable; readers must not write to the JSON they are given.
 */
public final class BuiltinKinds {

    private final List<Kind> kinds;
    private final List<Kind> bodies;
    private final Map<String, ObjectNode> definitions;

    private BuiltinKinds(List<Kind> kinds, List<Kind> bodies, Map<String, ObjectNode> definitions) {
        this.kinds = List.copyOf(kinds);
        this.bodies = List.copyOf(bodies);
        this.definitions = Collections.unmodifiableMap(definitions);
    }

    /** Reads them; each call gives an equal value, one per process is enough. */
    public static BuiltinKinds load() {
        Definitions definitions = Definitions.BUILT_IN;
        ObjectNode file = JsonResource.read("kinds.json");
        return new BuiltinKinds(
                kinds(file.path("kinds"), definitions),
                kinds(file.path("bodies"), definitions),
                definitions.published());
    }

    /** All kinds, stored and virtual. */
    public List<Kind> all() {
        return kinds;
    }

    /**
     * A kind that is the body of requests only and has no resource of its own, such as {@code TokenRequest}: all its versions,
     * best first.
     *
     * @throws IllegalArgumentException when there is no such kind
     */
    public List<Kind> body(String kind) {
        List<Kind> versions = bodies.stream().filter(k -> k.kind().equals(kind)).toList();
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("kinds.json has no body " + kind);
        }
        return versions;
    }

    /** The schema of {@code metadata}, all references resolved. */
    public static ObjectNode objectMetaSchema() {
        return Definitions.BUILT_IN.resolved("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    }

    /** OpenAPI definitions by name; a {@code $ref} is the bare name of another one, and every one referred to is there. */
    public Map<String, ObjectNode> definitions() {
        return definitions;
    }

    private static List<Kind> kinds(JsonNode list, Definitions definitions) {
        List<Kind> kinds = new ArrayList<>();
        list.forEach(node -> kinds.add(kind(node, definitions)));
        return kinds;
    }

    private static Kind kind(JsonNode node, Definitions definitions) {
        String name = node.path("kind").asText();
        String definition = node.path("definition").asText();
        Set<String> fieldSelectors = new HashSet<>(strings(node.path("fieldSelectors")));
        fieldSelectors.add("metadata.name");
        if (node.path("namespaced").asBoolean()) {
            fieldSelectors.add("metadata.namespace");
        }
        return new Kind(
                node.path("group").asText(),
                node.path("version").asText(),
                name,
                name + "List",
                node.path("plural").asText(),
                Kind.singularOf(name),
                strings(node.path("shortNames")),
                strings(node.path("categories")),
                node.path("namespaced").asBoolean(),
                node.path("storage").asBoolean(strings(node.path("verbs")).contains("get")),
                false,
                Set.copyOf(strings(node.path("verbs"))),
                stream(node.path("subresources")).map(BuiltinKinds::subresource).toList(),
                definition,
                definitions.resolved(definition),
                stream(node.path("columns")).map(BuiltinKinds::column).toList(),
                fieldSelectors,
                NameFormat.valueOf(node.path("nameFormat").asText("SUBDOMAIN")));
    }

    private static Subresource subresource(JsonNode node) {
        return new Subresource(
                node.path("name").asText(),
                node.path("group").asText(),
                node.path("version").asText(),
                node.path("kind").asText(),
                Set.copyOf(strings(node.path("verbs"))));
    }

    private static PrinterColumn column(JsonNode node) {
        return new PrinterColumn(
                node.path("name").asText(),
                node.path("type").asText(),
                node.path("format").asText(),
                node.path("description").asText(),
                node.path("priority").asInt(),
                node.path("source").asText());
    }

    private static List<String> strings(JsonNode list) {
        return stream(list).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
