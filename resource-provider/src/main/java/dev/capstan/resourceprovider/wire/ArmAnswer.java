package dev.capstan.resourceprovider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param status HTTP status
 * @param headers headers besides those of every answer
 * @param body null for none
 */
public record ArmAnswer(
        int status, Map<String, String> headers, @Nullable JsonNode body) {

    public ArmAnswer {
        headers = Map.copyOf(headers);
    }

    public static ArmAnswer of(int status, JsonNode body) {
        return new ArmAnswer(status, Map.of(), body);
    }

    public static ArmAnswer ok(JsonNode body) {
        return of(200, body);
    }

    public static ArmAnswer empty(int status) {
        return new ArmAnswer(status, Map.of(), null);
    }

    /** The same with one header more. */
    public ArmAnswer with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new ArmAnswer(status, all, body);
    }

    /**
     * The same, telling a client to ask again soon. Azure's clients wait 30 seconds where nothing says so, and take the
     * finer header where they know it.
     */
    public ArmAnswer askAgain() {
        return with("Retry-After", "1").with("x-ms-retry-after-ms", "300");
    }
}
