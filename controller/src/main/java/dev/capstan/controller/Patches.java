package dev.capstan.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text of merge patches: here, and only here, null is written, for it removes a member (RFC 7396). */
final class Patches {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Patches() {}

    static String text(Map<String, @Nullable Object> patch) {
        try {
            return MAPPER.writeValueAsString(patch);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a patch of maps, lists, texts and numbers is always JSON", e);
        }
    }
}
