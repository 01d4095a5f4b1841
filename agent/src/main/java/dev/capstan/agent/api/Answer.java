package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The head of an answer, and its body still to be read.
 *
 * @param status HTTP status
 * @param retryAfterSeconds how long the server asks to be left alone, at most 60; 0 where it does not
 * @param body what follows
 */
record Answer(int status, int retryAfterSeconds, Body body) {

    private static final int MAX_WORDS = 300;

    /**
     * This answer, if it is a success.
     *
     * @throws RefusedException with the server's own words, if it is none
     */
    Answer accepted() throws IOException {
        if (status / 100 != 2) {
            throw new RefusedException(status, words(body.all()), retryAfterSeconds);
        }
        return this;
    }

    /** The message of a Status object, or the beginning of any other text; one line without control characters. */
    private static String words(byte[] body) {
        String[] message = {""};
        try (JsonParser json = Json.parser(body)) {
            json.nextToken();
            Json.fields(json, name -> {
                if (name.equals("message")) {
                    message[0] = Json.text(json);
                }
            });
        } catch (IOException noJson) {
            message[0] = new String(body, 0, Math.min(body.length, MAX_WORDS), StandardCharsets.UTF_8);
        }
        return printable(message[0].isEmpty() ? "(without a word)" : message[0]);
    }

    /** The text as one line of at most 300 characters, fit for a log. */
    static String printable(String text) {
        StringBuilder line = new StringBuilder();
        for (int at = 0; at < text.length() && at < MAX_WORDS; at++) {
            char next = text.charAt(at);
            line.append(Character.isISOControl(next) ? ' ' : next);
        }
        return line.toString();
    }
}
