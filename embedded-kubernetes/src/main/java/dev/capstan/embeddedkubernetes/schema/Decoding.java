package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.List;

/** To come. */
public final class Decoding {

    /**
     * A decoded object.
     *
     * @param object the object, pruned; for built-in kinds also without nulls and with base64 in its canonical form
     * @param unknownFields the paths of the fields that were pruned, such as {@code spec.x}
     */
    public record Decoded(ObjectNode object, List<String> unknownFields) {}

    private Decoding() {}

    /**
     * Turns a request body into an object of its kind: prunes unknown fields and, for built-in kinds, does what decoding into
     * a Go type does. The argument is not changed.
     *
     * @throws DecodingException for a built-in kind, when a value has the wrong type or base64 is none
     */
    public static Decoded decode(Kind kind, ObjectNode object) {
        throw new UnsupportedOperationException("written in the next commit");
    }

    /** The message of the 400 for {@code fieldValidation=Strict} when fields were unknown. */
    public static String strictMessage(Kind kind, List<String> unknownFields) {
        throw new UnsupportedOperationException("written in the next commit");
    }

    /** The texts of the {@code Warning} headers for {@code fieldValidation=Warn}. */
    public static List<String> warnings(List<String> unknownFields) {
        return unknownFields.stream().map(f -> "unknown field \"" + f + '"').toList();
    }
}
