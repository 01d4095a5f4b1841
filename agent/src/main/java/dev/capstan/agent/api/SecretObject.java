package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The user's Secret. It may hold private keys by mistake, so nothing of its data is ever shown, and whoever takes it
 * drops it as soon as it is read.
 *
 * @param uid the object's UID
 * @param resourceVersion the object's version
 * @param data its values, decoded from base64, by key
 * @param probes its annotation of endpoints; empty where it has none
 */
public record SecretObject(String uid, String resourceVersion, Map<String, byte[]> data, String probes) {

    private static final byte[] NOTHING = {};

    /** Takes ownership of the data. */
    public SecretObject {
        data = Collections.unmodifiableMap(data);
    }

    /** Reads a Secret. */
    static Found<SecretObject> read(JsonParser json) throws IOException {
        Metadata[] metadata = {Metadata.NONE};
        Map<String, byte[]> data = new TreeMap<>();
        Json.fields(json, name -> {
            switch (name) {
                case "metadata" -> metadata[0] = Metadata.read(json);
                case "data" -> data(json, data);
                default -> {
                    // Its type does not matter.
                }
            }
        });
        Metadata found = metadata[0];
        return new Found<>(found, new SecretObject(found.uid(), found.resourceVersion(), data, found.probes()));
    }

    private static void data(JsonParser json, Map<String, byte[]> into) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            Json.fields(
                    json,
                    key -> into.put(
                            key, json.currentToken() == JsonToken.VALUE_NULL ? NOTHING : json.getBinaryValue()));
        }
    }

    @Override
    public String toString() {
        return "Secret of " + data.size() + " keys at resourceVersion " + resourceVersion;
    }
}
