package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.schema.CrdKinds;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The life of CustomResourceDefinitions: a sound one is established in the very write that stores it, so its kinds are
 * served when the answer arrives; one that takes a name already taken is stored with {@code NamesAccepted=False} and not
 * served. A deleted one stays, marked, until {@link Cleanup} has deleted its objects.
 */
final class CustomResources implements Admission {
    static final String GROUP = "apiextensions.k8s.io";
    static final String RESOURCE = "customresourcedefinitions." + GROUP;

    /** Whether its kinds are to be served. */
    static boolean isEstablished(ObjectNode definition) {
        for (JsonNode condition : definition.path("status").path("conditions")) {
            if (condition.path("type").asText("").equals("Established")) {
                return condition.path("status").asText("").equals("True");
            }
        }
        return false;
    }

    /** The resource its objects are stored under, such as {@code trusts.example.org}. */
    static String resourceOf(ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        return spec.path("names").path("plural").asText("") + "."
                + spec.path("group").asText("");
    }

    @Override
    public void admit(Attempt attempt) {
        if (attempt.deletion()) {
            return;
        }
        if (attempt.kind().custom() && attempt.isCreation()) {
            requireLivingDefinition(attempt);
        }
        if (attempt.isAbout(RESOURCE)) {
            admitDefinition(attempt);
        }
    }

    /** The kind was looked up before the write began: its definition may be gone or going by now. */
    private static void requireLivingDefinition(Attempt attempt) {
        ObjectNode definition =
                attempt.view().get(new ObjectKey(RESOURCE, "", attempt.kind().resource()));
        if (definition == null) {
            throw ApiFailure.notServed();
        }
        if (definition.path("metadata").has("deletionTimestamp")) {
            throw ApiFailure.of(
                    405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating");
        }
    }

    private static void admitDefinition(Attempt attempt) {
        ObjectNode definition = attempt.object();
        definition.setAll(CrdKinds.withDefaults(definition));
        CrdKinds read = CrdKinds.of(definition);
        attempt.errors().addAll(read.problems());
        if (!read.problems().isEmpty()) {
            return;
        }
        ObjectNode old = attempt.old();
        if (old != null
                && !old.path("spec")
                        .path("scope")
                        .equals(definition.path("spec").path("scope"))) {
            attempt.errors()
                    .add(FieldError.invalid(
                            "spec.scope", definition.path("spec").path("scope").toString(), "field is immutable"));
        }
        if (attempt.subresource().isEmpty()) {
            setStatus(definition, namesTaken(attempt), read);
        }
    }

    /** Another definition of the same group whose names collide, in words; empty when there is none. */
    private static String namesTaken(Attempt attempt) {
        JsonNode spec = attempt.object().path("spec");
        String name = Json.meta(attempt.object(), "name");
        for (ObjectNode other : attempt.view().list(RESOURCE, null)) {
            JsonNode otherSpec = other.path("spec");
            if (Json.meta(other, "name").equals(name)
                    || !otherSpec.path("group").equals(spec.path("group"))) {
                continue;
            }
            for (String part : new String[] {"kind", "listKind", "singular"}) {
                String own = spec.path("names").path(part).asText("");
                if (!own.isEmpty()
                        && otherSpec.path("names").path(part).asText("").equals(own)) {
                    return "\"" + own + "\" is already in use";
                }
            }
        }
        return "";
    }

    private static void setStatus(ObjectNode definition, String taken, CrdKinds read) {
        ObjectNode status = definition.withObjectProperty("status");
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode there ? there : status.putArray("conditions");
        boolean accepted = taken.isEmpty();
        set(
                conditions,
                "NamesAccepted",
                accepted,
                accepted ? "NoConflicts" : "NameConflict",
                accepted ? "no conflicts found" : taken);
        set(
                conditions,
                "Established",
                accepted,
                accepted ? "InitialNamesAccepted" : "NotAccepted",
                accepted ? "the initial names have been accepted" : "not all names are accepted");
        if (accepted) {
            status.set("acceptedNames", definition.path("spec").path("names").deepCopy());
            ArrayNode versions =
                    status.get("storedVersions") instanceof ArrayNode there ? there : status.putArray("storedVersions");
            for (Kind kind : read.kinds()) {
                if (kind.storage() && !Json.texts(versions).contains(kind.version())) {
                    versions.add(kind.version());
                }
            }
        } else {
            status.putObject("acceptedNames").put("kind", "").put("plural", "");
        }
    }

    /** Sets a condition; its transition time moves only when its status does. */
    static void set(ArrayNode conditions, String type, boolean value, String reason, String message) {
        ObjectNode condition = null;
        for (JsonNode each : conditions) {
            if (each instanceof ObjectNode there
                    && there.path("type").asText("").equals(type)) {
                condition = there;
            }
        }
        if (condition == null) {
            condition = conditions.addObject();
        }
        String text = value ? "True" : "False";
        if (!condition.path("status").asText("").equals(text)) {
            condition.put(
                    "lastTransitionTime",
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("type", type).put("status", text).put("reason", reason).put("message", message);
    }
}
