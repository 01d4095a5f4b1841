package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.capstan.resources.Names;
import java.io.IOException;

/**
 * What of an object's metadata an agent needs.
 *
 * @param name the object's name
 * @param uid the object's UID
 * @param resourceVersion the object's version; opaque
 * @param generation the version of its spec; 0 where the kind has none
 * @param probes the annotation {@link Names#PROBE_ANNOTATION}; empty where there is none
 * @param hostDirectories the annotation {@link Names#HOST_DIRECTORIES_ANNOTATION}; empty where there is none
 */
record Metadata(
        String name, String uid, String resourceVersion, long generation, String probes, String hostDirectories) {

    static final Metadata NONE = new Metadata("", "", "", 0, "", "");

    /** Reads the metadata object that the parser stands at. */
    static Metadata read(JsonParser json) throws IOException {
        String[] texts = {"", "", "", "", ""};
        long[] generation = {0};
        Json.fields(json, name -> {
            switch (name) {
                case "name" -> texts[0] = Json.text(json);
                case "uid" -> texts[1] = Json.text(json);
                case "resourceVersion" -> texts[2] = Json.text(json);
                case "generation" -> generation[0] = Json.number(json);
                case "annotations" -> annotations(json, texts);
                default -> {
                    // Nothing else is needed.
                }
            }
        });
        return new Metadata(texts[0], texts[1], texts[2], generation[0], texts[3], texts[4]);
    }

    private static void annotations(JsonParser json, String[] texts) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            Json.fields(json, name -> {
                switch (name) {
                    case Names.PROBE_ANNOTATION -> texts[3] = Json.text(json);
                    case Names.HOST_DIRECTORIES_ANNOTATION -> texts[4] = Json.text(json);
                    default -> {
                        // Somebody else's.
                    }
                }
            });
        }
    }

    /** Reads the metadata within the object that the parser stands at, and skips the rest of it. */
    static Metadata within(JsonParser json) throws IOException {
        Metadata[] found = {NONE};
        Json.fields(json, name -> {
            if (name.equals("metadata")) {
                found[0] = read(json);
            }
        });
        return found[0];
    }
}
