package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.schema.CrdKinds;
import java.util.List;

/** JSON and kinds for tests. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final BuiltinKinds KINDS = BuiltinKinds.load();

    private Json() {}

    /** Reads JSON in which single quotes stand for double ones. */
    public static JsonNode of(String text) {
        try {
            return MAPPER.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Reads a JSON object in which single quotes stand for double ones. */
    public static ObjectNode object(String text) {
        return (ObjectNode) of(text);
    }

    /** The built-in kind of that name. */
    public static Kind builtin(String kind) {
        return KINDS.all().stream()
                .filter(k -> k.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** A custom kind {@code Trust} in {@code example.org/v1} with a schema for its spec. */
    public static Kind trust(String specSchema) {
        CrdKinds kinds = CrdKinds.of(crd(specSchema));
        if (!kinds.problems().isEmpty()) {
            throw new IllegalArgumentException(kinds.problems().toString());
        }
        return kinds.kinds().getFirst();
    }

    /** The definition of {@link #trust}. */
    public static ObjectNode crd(String specSchema) {
        return object("""
                {'metadata': {'name': 'trusts.example.org'}, 'spec': {
                  'group': 'example.org', 'scope': 'Namespaced',
                  'names': {'plural': 'trusts', 'kind': 'Trust', 'shortNames': ['tr'], 'categories': ['all']},
                  'versions': [{'name': 'v1', 'served': true, 'storage': true, 'subresources': {'status': {}},
                    'additionalPrinterColumns': [
                      {'name': 'Max', 'type': 'integer', 'jsonPath': '.spec.max'},
                      {'name': 'Ready', 'type': 'string', 'jsonPath': '.status.conditions[?(@.type==\\'Ready\\')].status'},
                      {'name': 'Since', 'type': 'date', 'jsonPath': '.spec.since', 'priority': 1}],
                    'schema': {'openAPIV3Schema': {'type': 'object', 'properties': {
                      'spec': SPEC, 'status': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': true}}}}}]}}
                """.replace("SPEC", specSchema));
    }

    /** The texts of some values. */
    public static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }
}
