package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.List;

/** To come. */
public final class ObjectMeta {

    private ObjectMeta() {}

    /** All that is wrong with an object's {@code metadata}: name, namespace, labels, annotations, owners, finalizers. */
    public static List<FieldError> validate(Kind kind, ObjectNode object) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
