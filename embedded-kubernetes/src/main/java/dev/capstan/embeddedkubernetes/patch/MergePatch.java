package dev.capstan.embeddedkubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** To come. */
public final class MergePatch {

    private MergePatch() {}

    /**
     * The document with the patch applied; neither argument is changed.
     *
     * @throws PatchException when it cannot be applied
     */
    public static JsonNode apply(JsonNode document, JsonNode patch) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
