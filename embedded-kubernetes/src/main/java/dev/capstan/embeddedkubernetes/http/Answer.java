package dev.capstan.embeddedkubernetes.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.pipeline.Watching;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a request is answered with. */
sealed interface Answer {
    /**
     * An answer that is sent at once.
     *
     * @param code the HTTP status
     * @param contentType of the body
     * @param body its bytes
     * @param headers further ones
     * @param warnings sent as {@code Warning} headers, which kubectl prints
     */
    @SuppressWarnings("ArrayRecordComponent") // only ever written out
    record Whole(int code, String contentType, byte[] body, Map<String, String> headers, List<String> warnings)
            implements Answer {}

    /** A watch: events for as long as it lasts. */
    record Stream(Watching watching, Form form) implements Answer {}

    static Whole json(int code, JsonNode tree) {
        return new Whole(code, "application/json", Json.bytes(tree), Map.of(), List.of());
    }

    static Whole json(int code, JsonNode tree, List<String> warnings) {
        return new Whole(code, "application/json", Json.bytes(tree), Map.of(), warnings);
    }

    static Whole text(int code, String text) {
        return new Whole(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of(), List.of());
    }
}
