package dev.capstan.embeddedkubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** Values as messages show them: like Kubernetes, but never longer than a screen or two. */
final class Shown {

    private static final int LONGEST = 512;

    private Shown() {}

    /** The value as JSON, cut when it is long. */
    static String value(JsonNode value) {
        return value.isTextual() ? quoted(value.textValue()) : text(value.toString());
    }

    /** The text in quotes, cut when it is long. */
    static String quoted(String text) {
        return '"' + text(text) + '"';
    }

    /** The text, cut when it is long. */
    static String text(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
