package dev.capstan.embeddedkubernetes.kinds;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads the JSON files that are part of this build. */
public final class JsonResource {

    private JsonResource() {}

    /** The object in a file beside the root package of this module; a new one each time. */
    public static ObjectNode read(String file) {
        String path = "/dev/capstan/embeddedkubernetes/" + file;
        try (InputStream in = JsonResource.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("The file " + path + " is missing from this build; build it again.");
            }
            return (ObjectNode) new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + path + " of this build cannot be read; build it again.", e);
        }
    }
}
