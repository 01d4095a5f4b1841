package dev.capstan.embeddedkubernetes.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.BuiltinKinds;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The OpenAPI documents of a set of kinds. Each is made when it is first asked for and kept; a new set of kinds needs a new
 * value. Equal kinds give equal bytes, so hashes may be used by clients to keep documents for good.
 */
public final class OpenApi {

    /** The content type of {@link #v2()}: clients ask for a name that is no valid media type, so it is never echoed. */
    public static final String V2_CONTENT_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /**
     * A document ready to be sent.
     *
     * @param body its bytes; not to be changed
     * @param hash SHA-256 of the body in upper-case hex, good as an ETag and as {@code ?hash=}
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is the hash; the bytes are only ever written out
    public record Document(byte[] body, String hash) {

        static Document of(byte[] body) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
                return new Document(body, HexFormat.of().withUpperCase().formatHex(hash));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("This Java has no SHA-256, which every Java must have.", e);
            }
        }

        static Document of(JsonNode json) {
            return of(json.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private final List<Kind> kinds;
    private final Map<String, List<Kind>> kindsByPath = new TreeMap<>();
    private final Map<String, ObjectNode> definitions;
    private final Map<String, Document> made = new ConcurrentHashMap<>();

    private OpenApi(List<Kind> kinds, Map<String, ObjectNode> definitions) {
        this.kinds = kinds;
        this.definitions = definitions;
        kinds.forEach(k -> kindsByPath
                .computeIfAbsent(k.groupVersionPath(), p -> new ArrayList<>())
                .add(k));
    }

    /** The documents of a set of kinds: the built-in ones and those defined by CustomResourceDefinitions. */
    public static OpenApi of(BuiltinKinds builtin, Collection<Kind> custom) {
        List<Kind> kinds = Stream.concat(builtin.all().stream(), custom.stream())
                .sorted(Comparator.comparing(Kind::groupVersionPath).thenComparing(Kind::plural))
                .toList();
        Map<String, ObjectNode> definitions = new TreeMap<>(builtin.definitions());
        custom.forEach(k -> definitions.put(k.definition(), customDefinition(k)));
        for (Kind kind : kinds) {
            ObjectNode named = JsonNodeFactory.instance.objectNode().setAll(definitionOf(definitions, kind));
            named.putArray(ApiPaths.GROUP_VERSION_KIND).add(ApiPaths.groupVersionKind(kind));
            definitions.put(kind.definition(), named);
        }
        return new OpenApi(kinds, definitions);
    }

    /** {@code GET /openapi/v2} in protobuf. */
    public Document v2() {
        return made("v2", () -> Document.of(OpenApiV2.document(kinds, definitions)));
    }

    /** {@code GET /openapi/v3}: the index, JSON. */
    public Document v3Index() {
        return made("v3", () -> {
            ObjectNode index = JsonNodeFactory.instance.objectNode();
            ObjectNode paths = index.putObject("paths");
            kindsByPath
                    .keySet()
                    .forEach(path -> v3(path).ifPresent(document -> paths.putObject(path)
                            .put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + document.hash())));
            return Document.of(index);
        });
    }

    /** {@code GET /openapi/v3/PATH}, JSON, where the path is {@code api/v1} or {@code apis/GROUP/VERSION}. */
    public Optional<Document> v3(String path) {
        return Optional.ofNullable(kindsByPath.get(path))
                .map(members -> made("v3/" + path, () -> Document.of(OpenApiV3.document(members, definitions))));
    }

    private Document made(String name, Supplier<Document> maker) {
        // Not computeIfAbsent: the index is made of the other documents. Made twice, a document is the same.
        Document known = made.get(name);
        if (known == null) {
            known = maker.get();
            made.put(name, known);
        }
        return known;
    }

    private static ObjectNode definitionOf(Map<String, ObjectNode> definitions, Kind kind) {
        ObjectNode definition = definitions.get(kind.definition());
        if (definition == null) {
            throw new IllegalStateException("definitions.json has no definition " + kind.definition());
        }
        return definition;
    }

    /** The schema of a custom kind, with its metadata referred to rather than repeated. */
    private static ObjectNode customDefinition(Kind kind) {
        ObjectNode definition = JsonNodeFactory.instance.objectNode().setAll(kind.schema());
        ObjectNode properties = JsonNodeFactory.instance.objectNode().setAll((ObjectNode)
                kind.schema().get("properties"));
        properties.set(
                "metadata",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("description", "Standard object metadata.")
                        .put("$ref", OBJECT_META));
        definition.set("properties", properties);
        return definition;
    }
}
