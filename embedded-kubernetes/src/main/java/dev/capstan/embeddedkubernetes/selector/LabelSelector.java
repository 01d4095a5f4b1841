package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;

/** To come. */
public final class LabelSelector {

    private LabelSelector() {}

    /**
     * Reads a selector; the empty text selects everything.
     *
     * @throws SelectorException when the text is not a selector
     */
    public static LabelSelector parse(String text) {
        throw new UnsupportedOperationException("written in the next commit");
    }

    /** Whether it selects everything. */
    public boolean everything() {
        throw new UnsupportedOperationException("written in the next commit");
    }

    /** Whether it selects an object, by its {@code metadata.labels}. */
    public boolean matches(JsonNode object) {
        throw new UnsupportedOperationException("written in the next commit");
    }
}
