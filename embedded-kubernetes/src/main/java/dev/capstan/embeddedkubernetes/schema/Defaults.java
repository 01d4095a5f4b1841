package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** To come. */
public final class Defaults {

    private Defaults() {}

    /** The object with the schema's defaults where fields are missing; the argument is not changed. */
    public static ObjectNode apply(ObjectNode object, JsonNode schema) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
