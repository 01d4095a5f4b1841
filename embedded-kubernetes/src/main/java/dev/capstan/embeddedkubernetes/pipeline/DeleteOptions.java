package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * How to delete: the body of a DELETE, or its query parameters. A grace period is taken and means nothing here: of all
 * kinds only pods have one, and nothing runs them.
 *
 * @param finalizers what the propagation policy adds to the object before it goes
 * @param uid the object must have, or empty
 * @param resourceVersion the object must have, or empty
 * @param dryRun whether to change nothing
 */
public record DeleteOptions(List<String> finalizers, String uid, String resourceVersion, boolean dryRun) {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /** Deletes at once, dependents in the background. */
    public static final DeleteOptions BACKGROUND = new DeleteOptions(List.of(), "", "", false);

    /** Reads the body, which may be empty, and the query parameters; the body wins. */
    public static DeleteOptions parse(String contentType, byte[] body, Parameters parameters) {
        JsonNode options = body.length == 0
                ? Json.object()
                : Decoder.tree(contentType, body, Parameters.FieldValidation.IGNORE, new ArrayList<>());
        return of(options, parameters);
    }

    /** The options in a tree, which may be missing, and in the query parameters; the tree wins. */
    public static DeleteOptions of(JsonNode options, Parameters parameters) {
        String policy = options.path("propagationPolicy").asText(parameters.text("propagationPolicy"));
        if (policy.isEmpty()
                && (options.path("orphanDependents").asBoolean(false) || parameters.flag("orphanDependents"))) {
            policy = "Orphan";
        }
        List<String> finalizers = switch (policy) {
            case "", "Background" -> List.of();
            case "Foreground" -> List.of(FOREGROUND);
            case "Orphan" -> List.of(ORPHAN);
            default ->
                throw ApiFailure.of(
                        422,
                        "Invalid",
                        "DeleteOptions is invalid: propagationPolicy: Unsupported value: \"" + policy
                                + "\": supported values: \"Foreground\", \"Background\", \"Orphan\"");
        };
        boolean dryRun = parameters.dryRun();
        for (String value : Json.texts(options.path("dryRun"))) {
            if (!value.equals("All")) {
                throw ApiFailure.badRequest("dryRun of a deletion is \"All\" or nothing, not \"" + value + "\"");
            }
            dryRun = true;
        }
        JsonNode preconditions = options.path("preconditions");
        return new DeleteOptions(
                finalizers,
                preconditions.path("uid").asText(""),
                preconditions.path("resourceVersion").asText(""),
                dryRun);
    }

    /** The same for whatever object is there. */
    public DeleteOptions withoutPreconditions() {
        return new DeleteOptions(finalizers, "", "", dryRun);
    }

    /** Refuses with 409 when the object is not the one that was meant. */
    public void require(Kind kind, String name, ObjectNode current) {
        String currentUid = Json.meta(current, "uid");
        if (!uid.isEmpty() && !uid.equals(currentUid)) {
            throw ApiFailure.conflict(
                    kind,
                    name,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + currentUid);
        }
        String currentVersion = Json.meta(current, "resourceVersion");
        if (!resourceVersion.isEmpty() && !resourceVersion.equals(currentVersion)) {
            throw ApiFailure.conflict(
                    kind,
                    name,
                    "Precondition failed: ResourceVersion in precondition: " + resourceVersion
                            + ", ResourceVersion in object meta: " + currentVersion);
        }
    }
}
