package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import java.util.List;

/**
 * A request that is refused: an HTTP status and a Kubernetes Status body, in the words of a real API server (messages
 * from k8s.io/apimachinery/pkg/api/errors).
 */
public final class ApiFailure extends RuntimeException {
    private final int code;
    private final String reason;
    private final transient ObjectNode details;

    private ApiFailure(int code, String reason, String message, ObjectNode details) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    /** A failure without details; the reason may be empty. */
    public static ApiFailure of(int code, String reason, String message) {
        return new ApiFailure(code, reason, message, Json.object());
    }

    /** 400: the request cannot be understood. */
    public static ApiFailure badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    /** 401: no valid credential. */
    public static ApiFailure unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    /** 403 about an object or, with an empty name, a whole resource. */
    public static ApiFailure forbidden(String group, String plural, String name, String why) {
        String resource = group.isEmpty() ? plural : plural + "." + group;
        String subject = name.isEmpty() ? resource : resource + " \"" + name + "\"";
        return new ApiFailure(403, "Forbidden", subject + " is forbidden: " + why, about(group, plural, name));
    }

    /** 403 about a path that is no resource. */
    public static ApiFailure forbiddenPath(String why) {
        return of(403, "Forbidden", "forbidden: " + why);
    }

    /** 404: there is no such object. */
    public static ApiFailure notFound(Kind kind, String name) {
        return notFound(kind.group(), kind.plural(), name);
    }

    /** 404: there is no such object. */
    public static ApiFailure notFound(String group, String plural, String name) {
        String resource = group.isEmpty() ? plural : plural + "." + group;
        return new ApiFailure(404, "NotFound", resource + " \"" + name + "\" not found", about(group, plural, name));
    }

    /** 404: nothing is served at the path. */
    public static ApiFailure notServed() {
        return of(404, "NotFound", "the server could not find the requested resource");
    }

    /** 405. */
    public static ApiFailure methodNotAllowed() {
        return of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    /** 406. */
    public static ApiFailure notAcceptable(String supported) {
        return of(406, "NotAcceptable", "only the following media types are accepted: " + supported);
    }

    /** 415. */
    public static ApiFailure unsupportedMediaType(String accepted) {
        return of(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: " + accepted);
    }

    /** 409: an object of that name exists. */
    public static ApiFailure alreadyExists(Kind kind, String name) {
        return new ApiFailure(
                409,
                "AlreadyExists",
                kind.resource() + " \"" + name + "\" already exists",
                about(kind.group(), kind.plural(), name));
    }

    /** 409: the object has changed since it was read. */
    public static ApiFailure modified(Kind kind, String name) {
        return conflict(
                kind,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** 409 for another reason. */
    public static ApiFailure conflict(Kind kind, String name, String why) {
        return new ApiFailure(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + kind.resource() + " \"" + name + "\": " + why,
                about(kind.group(), kind.plural(), name));
    }

    /** 422: fields are wrong, all of them named. */
    public static ApiFailure invalid(Kind kind, String name, List<FieldError> errors) {
        ObjectNode details = about(kind.group(), kind.kind(), name);
        ArrayNode causes = details.putArray("causes");
        errors.forEach(error -> causes.addObject()
                .put("reason", error.reason())
                .put("message", error.message())
                .put("field", error.field()));
        return new ApiFailure(
                422,
                "Invalid",
                kind.qualifiedKind() + " \"" + name + "\" is invalid: " + FieldError.join(errors),
                details);
    }

    /** 410: the resourceVersion asked for is no longer known. */
    public static ApiFailure expired(String message) {
        return of(410, "Expired", message);
    }

    /** 429 with its cause; there is no {@code Retry-After}, with which clients would wait without a word. */
    public static ApiFailure tooManyRequests(String message, String causeReason, String causeMessage) {
        ObjectNode details = Json.object();
        details.putArray("causes").addObject().put("reason", causeReason).put("message", causeMessage);
        return new ApiFailure(429, "TooManyRequests", message, details);
    }

    /** 413. */
    public static ApiFailure tooLarge(long limit) {
        return of(413, "RequestEntityTooLarge", "Request entity too large: limit is " + limit);
    }

    private static ObjectNode about(String group, String kind, String name) {
        ObjectNode details = Json.object();
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        return details.put("kind", kind);
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** The machine-readable reason, such as {@code NotFound}. */
    public String reason() {
        return reason;
    }

    /** The {@code v1} Status object that is the body of the answer. */
    public ObjectNode toStatus() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", getMessage());
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (!details.isEmpty()) {
            status.set("details", details);
        }
        return status.put("code", code);
    }
}
