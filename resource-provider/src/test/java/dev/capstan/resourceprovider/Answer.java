package dev.capstan.resourceprovider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * What a client got.
 *
 * @param status HTTP status
 * @param headers first value of each, by its name in lower case
 * @param text the body as it came
 * @param body the body as JSON; missing where there is none
 */
record Answer(int status, Map<String, String> headers, String text, JsonNode body) {

    JsonNode at(String pointer) {
        return body.at(pointer);
    }

    String code() {
        return body.at("/error/code").asText();
    }

    String message() {
        return body.at("/error/message").asText();
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
