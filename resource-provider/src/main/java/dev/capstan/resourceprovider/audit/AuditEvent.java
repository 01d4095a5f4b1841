package dev.capstan.resourceprovider.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmAnswer.Change;
import dev.capstan.resourceprovider.wire.Json;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened: one write, refused or done, or one login. Made of names, numbers and words of this program alone; nothing
 * of a body and nothing of a credential is in it.
 *
 * @param kind what it is
 * @param time when it ended; of a write whose end is unknown, when it began
 * @param request id of the request
 * @param caller who; empty where that is not known
 * @param address from where
 * @param method HTTP method
 * @param resource path, cut where it is long
 * @param action what that does, as roles name it; empty where nothing is served
 * @param status HTTP status of the answer; 0 where there is none
 * @param code ARM's or OAuth's word for a refusal; empty where it was done
 * @param change the certificate set before and after; null where it was about none
 */
public record AuditEvent(
        Kind kind,
        Instant time,
        String request,
        String caller,
        String address,
        String method,
        String resource,
        String action,
        int status,
        String code,
        @Nullable Change change) {

    /** Kinds of events. */
    public enum Kind {
        /** A request that asks for a change of a resource. */
        WRITE,
        /** The same of a service principal. */
        PRINCIPAL,
        /** Somebody asked for a token. */
        LOGIN,
        /** The log itself: what was found of it at a start. */
        LOG
    }

    /** The word for a write whose end nobody knows: the server was killed before it was recorded. */
    static final String END_UNKNOWN = "EndUnknown";

    /**
     * The record of a write that a crash cut off.
     *
     * @param intention what {@link #json} made of it when it was let in
     */
    static AuditEvent cutOff(ObjectNode intention) {
        return new AuditEvent(
                Kind.valueOf(intention.path("kind").asText().toUpperCase(Locale.ROOT)),
                Instant.parse(intention.path("time").asText()),
                intention.path("request").asText(),
                intention.path("caller").asText(),
                intention.path("address").asText(),
                intention.path("method").asText(),
                intention.path("resource").asText(),
                intention.path("action").asText(),
                0,
                END_UNKNOWN,
                null);
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("time", time.toString())
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("caller", caller)
                .put("address", address)
                .put("method", method)
                .put("resource", resource)
                .put("action", action)
                .put("status", status)
                .put("code", code)
                .put("request", request);
        if (change != null) {
            json.put("before", change.before() == null ? "" : change.before());
            json.put("after", change.after() == null ? "" : change.after());
        }
        return json;
    }
}
