package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.kinds.Pending;
import java.util.Optional;

/** To come. */
@SuppressWarnings("UnusedMethod")
public final class FieldSelector {

    private FieldSelector() {}

    /**
     * Reads a selector for objects of a kind; the empty text selects everything.
     *
     * @throws SelectorException when the text is not a selector or names a field the kind cannot be selected by
     */
    public static FieldSelector parse(String text, Kind kind) {
        return Pending.value();
    }

    /** Whether it selects everything. */
    public boolean everything() {
        return Pending.value();
    }

    /** The value a field must have, when the selector fixes one, such as {@code metadata.name}. */
    public Optional<String> exact(String field) {
        return Pending.value();
    }

    /** Whether it selects an object. */
    public boolean matches(JsonNode object) {
        return Pending.value();
    }
}
