package dev.capstan.embeddedkubernetes.openapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;

/** What both versions of the documents say about a kind: where it is served, and which kind is served there. */
final class ApiPaths {

    /** The extension by which clients find the path or the schema of a kind. */
    static final String GROUP_VERSION_KIND = "x-kubernetes-group-version-kind";

    private ApiPaths() {}

    /** The path of the collection, with placeholders: {@code /api/v1/namespaces/{namespace}/secrets}. */
    static String collection(Kind kind) {
        return "/" + kind.groupVersionPath() + (kind.namespaced() ? "/namespaces/{namespace}/" : "/") + kind.plural();
    }

    /** The path of one object; of the collection for kinds that are only posted. */
    static String object(Kind kind) {
        return kind.virtual() ? collection(kind) : collection(kind) + "/{name}";
    }

    static ObjectNode groupVersionKind(Kind kind) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("group", kind.group())
                .put("kind", kind.kind())
                .put("version", kind.version());
    }
}
