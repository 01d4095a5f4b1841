package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * JSON merge patch, RFC 7386: objects are merged, a null removes a field, and everything else replaces what was there.
 */
public final class MergePatch {

    private MergePatch() {}

    /**
     * The document with the patch applied; neither argument is changed.
     *
     * @throws PatchException when the patch or the result is too large or too deep
     */
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        PatchLimits.requireBounded(patch, "the patch");
        JsonNode result = merge(document, patch);
        PatchLimits.requireBounded(result, "the patched document");
        return result;
    }

    private static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (target instanceof ObjectNode old) {
            old.properties().forEach(entry -> {
                if (!changes.has(entry.getKey())) {
                    result.set(entry.getKey(), entry.getValue().deepCopy());
                } else if (!changes.get(entry.getKey()).isNull()) {
                    result.set(entry.getKey(), merge(entry.getValue(), changes.get(entry.getKey())));
                }
            });
        }
        changes.properties().forEach(entry -> {
            if (!target.has(entry.getKey()) && !entry.getValue().isNull()) {
                result.set(entry.getKey(), merge(JsonNodeFactory.instance.nullNode(), entry.getValue()));
            }
        });
        return result;
    }
}
