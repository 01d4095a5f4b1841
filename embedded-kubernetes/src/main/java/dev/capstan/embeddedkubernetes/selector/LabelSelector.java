package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.kinds.Pending;

/** To come. */
@SuppressWarnings("UnusedMethod")
public final class LabelSelector {

    private LabelSelector() {}

    /**
     * Reads a selector; the empty text selects everything.
     *
     * @throws SelectorException when the text is not a selector
     */
    public static LabelSelector parse(String text) {
        return Pending.value();
    }

    /** Whether it selects everything. */
    public boolean everything() {
        return Pending.value();
    }

    /** Whether it selects an object, by its {@code metadata.labels}. */
    public boolean matches(JsonNode object) {
        return Pending.value();
    }
}
