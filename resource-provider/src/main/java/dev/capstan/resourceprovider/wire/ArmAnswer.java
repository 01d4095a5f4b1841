package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param status HTTP status
 * @param headers headers besides those of every answer
 * @param body null for none; a {@link BinaryNode} stands for its bytes, which are sent as they are
 * @param change what the request did to a certificate set, for the audit log; null where it is about none
 */
public record ArmAnswer(
        int status,
        Map<String, String> headers,
        @Nullable JsonNode body,
        @Nullable Change change) {

    /**
     * A certificate set before and after.
     *
     * @param before its fingerprint; null where there was none
     * @param after its fingerprint; null where there is none
     */
    public record Change(@Nullable String before, @Nullable String after) {}

    /** The media type of JSON, as ARM says it. */
    static final String JSON = "application/json; charset=utf-8";

    public ArmAnswer {
        headers = Map.copyOf(headers);
    }

    public static ArmAnswer of(int status, JsonNode body) {
        return new ArmAnswer(status, Map.of(), body, null);
    }

    public static ArmAnswer ok(JsonNode body) {
        return of(200, body);
    }

    /** JSON that is bytes already. */
    public static ArmAnswer json(byte[] bytes) {
        return bytes(JSON, bytes);
    }

    /** Bytes that are no JSON. */
    public static ArmAnswer bytes(String mediaType, byte[] bytes) {
        return of(200, BinaryNode.valueOf(bytes)).with("Content-Type", mediaType);
    }

    public static ArmAnswer empty(int status) {
        return new ArmAnswer(status, Map.of(), null, null);
    }

    /** The same with one header more. */
    public ArmAnswer with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new ArmAnswer(status, all, body, change);
    }

    /** The same, telling the audit log what became of a certificate set: its fingerprint before and after. */
    public ArmAnswer audited(@Nullable String before, @Nullable String after) {
        return new ArmAnswer(status, headers, body, new Change(before, after));
    }

    /**
     * The same, telling a client to ask again soon. Azure's clients wait 30 seconds where nothing says so, and take the
     * finer header where they know it.
     */
    public ArmAnswer askAgain() {
        return with("Retry-After", "1").with("x-ms-retry-after-ms", "300");
    }
}
