package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Pending;

/** To come. */
public final class StrategicMergePatch {

    private StrategicMergePatch() {}

    /**
     * The document with the patch applied; no argument is changed.
     *
     * @param schema the schema of the document, such as {@code Kind.schema()}
     * @throws PatchException when it cannot be applied
     */
    public static ObjectNode apply(ObjectNode document, JsonNode patch, JsonNode schema) {
        return Pending.value();
    }
}
