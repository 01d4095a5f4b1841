package dev.capstan.cli.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the API answered.
 *
 * @param status HTTP status
 * @param headers HTTP headers by name in lower case; of one that came twice the first
 * @param body the body; empty where there is none
 */
public record Answer(int status, Map<String, String> headers, String body) {

    private static final Pattern WARNING = Pattern.compile("\\d{3} (\\S+) \"((?:[^\"\\\\]|\\\\.)*)\"");

    public boolean isGood() {
        return status / 100 == 2;
    }

    /** The body; a missing node where there is none. */
    public JsonNode json() {
        return body.isBlank() ? Json.missing() : Json.parse(body);
    }

    /**
     * The header, or an empty text.
     *
     * @param name in lower case
     */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /**
     * A warning of an answer that is good all the same.
     *
     * @param agent who says it: {@code certificates} of what is in a list, {@code capstan} of everything else
     */
    public record Warning(String agent, String text) {}

    /** The header {@code Warning} (RFC 7234, 5.5): code, agent, quoted text; one after the other. */
    public List<Warning> warnings() {
        return WARNING.matcher(header("warning"))
                .results()
                .map(warning -> new Warning(warning.group(1), warning.group(2).replaceAll("\\\\(.)", "$1")))
                .toList();
    }

    /**
     * How long the API asks to wait before the next request: {@code x-ms-retry-after-ms}, else {@code Retry-After} in
     * seconds, else what is usual.
     */
    public Duration pause(Duration usual) {
        try {
            var millis = header("x-ms-retry-after-ms");
            if (!millis.isEmpty()) {
                return Duration.ofMillis(Math.clamp(Long.parseLong(millis), 50, 60_000));
            }
            var seconds = header("retry-after");
            return seconds.isEmpty() ? usual : Duration.ofSeconds(Math.clamp(Long.parseLong(seconds), 1, 60));
        } catch (NumberFormatException dateOrNonsense) {
            // Retry-After may be a date (RFC 9110, 10.2.3); the usual pause is as good.
            return usual;
        }
    }
}
