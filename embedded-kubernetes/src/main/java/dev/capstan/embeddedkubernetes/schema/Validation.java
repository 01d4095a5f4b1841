package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** To come. */
public final class Validation {

    private Validation() {}

    /** All that is wrong with an object against its schema; empty when it is valid. */
    public static List<FieldError> validate(JsonNode object, JsonNode schema) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
