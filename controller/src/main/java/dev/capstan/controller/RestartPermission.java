package dev.capstan.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A permission to restart a node's runtime, as the annotation of its NodeTrust keeps it, so that a controller that comes
 * after this one knows what was tried.
 *
 * @param given when, RFC 3339
 * @param set fingerprint of the set that the node was to load; once it has helped, of the one that the node has loaded
 * @param process the process that was to be restarted, as {@link dev.capstan.resources.NodeRuntime#process} tells it from others; once
 *     it has helped, the one that has loaded the set; null where that was not known
 * @param outcome what became of it
 */
record RestartPermission(
        String given, @Nullable String set, @Nullable String process, Outcome outcome) {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** What became of it. */
    enum Outcome {
        /** It stands. */
        GIVEN,
        /** The runtime is no longer stale. */
        HELPED,
        /** The runtime was restarted, and is as stale as before. */
        DID_NOT_HELP,
        /** The runtime was not restarted in time. */
        TIMED_OUT,
        /** It was taken back before it was used, since restarts are not allowed any more. */
        WITHDRAWN
    }

    /** The permission that the annotation tells of; null where there is none, or what stands there is none. */
    static @Nullable RestartPermission parse(@Nullable String annotation) {
        if (annotation == null) {
            return null;
        }
        try {
            RestartPermission permission = JSON.readValue(annotation, RestartPermission.class);
            permission.at();
            return permission;
        } catch (JsonProcessingException | DateTimeException | NullPointerException notOne) {
            return null;
        }
    }

    Instant at() {
        return Instant.parse(given);
    }

    RestartPermission ended(Outcome how) {
        return new RestartPermission(given, set, process, how);
    }

    /**
     * It was of use.
     *
     * @param loaded the set that the node has loaded, which may be another one than the permission was given for, also than
     *     the one that it wants by now; null where it has not said
     * @param by the process that has loaded it
     */
    RestartPermission helped(@Nullable String loaded, @Nullable String by) {
        return new RestartPermission(given, loaded == null ? set : loaded, by, Outcome.HELPED);
    }

    /** The annotation's text. */
    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of texts is always JSON", e);
        }
    }
}
