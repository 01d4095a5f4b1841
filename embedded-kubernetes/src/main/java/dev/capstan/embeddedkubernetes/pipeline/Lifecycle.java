package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import dev.capstan.embeddedkubernetes.store.Draft;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The fields of an object that the server owns, from creation to deletion (k8s.io/apiserver/pkg/registry/rest:
 * BeforeCreate, BeforeUpdate, BeforeDelete). Static and pure but for {@link #delete}, which writes to a draft.
 */
final class Lifecycle {
    private static final Set<String> SERVER_OWNED = Set.of(
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "selfLink",
            "managedFields");
    /** A kubelet registers its node together with the status; nodeStrategy keeps it. */
    private static final Set<String> CREATED_WITH_STATUS = Set.of("nodes");

    /** Namespaces and nodes have no generation in Kubernetes. */
    private static final Set<String> UNCOUNTED = Set.of("namespaces", "nodes");

    private Lifecycle() {}

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Makes the body of a creation a new object. */
    static void create(Kind kind, ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        metadata.remove(SERVER_OWNED);
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        dropEmpty(metadata);
        if (hasGeneration(kind)) {
            metadata.put("generation", 1);
        }
        if (kind.hasStatus() && !CREATED_WITH_STATUS.contains(kind.resource())) {
            object.remove("status");
        }
    }

    /** Makes the body of an update of the main resource the successor of what is stored. */
    static void update(Kind kind, ObjectNode object, ObjectNode old) {
        ObjectNode metadata = Json.metadata(object);
        JsonNode before = old.path("metadata");
        for (String field : SERVER_OWNED) {
            keep(metadata, before, field);
        }
        keep(metadata, before, "generateName");
        dropEmpty(metadata);
        if (kind.hasStatus()) {
            keep(object, old, "status");
        }
    }

    /** The successor of what is stored when only the status of the body counts. */
    static ObjectNode updateStatus(ObjectNode body, ObjectNode old) {
        ObjectNode object = old.deepCopy();
        keep(object, body, "status");
        return object;
    }

    /** Counts the generation up when more than metadata and status has changed. */
    static void countGeneration(Kind kind, ObjectNode object, ObjectNode old) {
        if (!hasGeneration(kind)) {
            return;
        }
        ObjectNode after = meaning(kind, object);
        if (!Json.same(after, meaning(kind, old))) {
            Json.metadata(object)
                    .put("generation", old.path("metadata").path("generation").asLong(0) + 1);
        }
    }

    /** New finalizers cannot be added to an object that is being deleted. */
    static void checkFinalizers(ObjectNode object, ObjectNode old, List<FieldError> errors) {
        if (!old.path("metadata").has("deletionTimestamp")) {
            return;
        }
        List<String> before = finalizers(old);
        List<String> added = finalizers(object).stream()
                .filter(finalizer -> !before.contains(finalizer))
                .toList();
        if (!added.isEmpty()) {
            errors.add(FieldError.forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers " + added));
        }
    }

    static List<String> finalizers(ObjectNode object) {
        return Json.texts(object.path("metadata").path("finalizers"));
    }

    /** Whether the object is being deleted and nothing holds it any more. */
    static boolean isReadyToGo(ObjectNode object) {
        return object.path("metadata").has("deletionTimestamp") && !isHeld(object);
    }

    private static boolean isHeld(ObjectNode object) {
        return !finalizers(object).isEmpty()
                || isDefinition(object)
                || (isNamespace(object)
                        && !object.path("spec").path("finalizers").isEmpty());
    }

    /** Only {@link Cleanup} removes a definition, when its objects are gone. */
    private static boolean isDefinition(ObjectNode object) {
        return object.path("kind").asText("").equals("CustomResourceDefinition")
                && object.path("apiVersion").asText("").startsWith(CustomResources.GROUP + "/");
    }

    private static boolean isNamespace(ObjectNode object) {
        return object.path("kind").asText("").equals("Namespace")
                && object.path("apiVersion").asText("").equals("v1");
    }

    /**
     * What a deletion did.
     *
     * @param object the last state, or the marked object that waits for its finalizers
     * @param gone whether it is gone
     */
    record Deletion(ObjectNode object, boolean gone) {}

    /** Deletes the object or, when something holds it, marks it as being deleted. */
    static Deletion delete(Draft draft, ObjectKey key, ObjectNode current, List<String> newFinalizers) {
        boolean marked = current.path("metadata").has("deletionTimestamp");
        if (!isHeld(current) && newFinalizers.isEmpty()) {
            return new Deletion(draft.delete(key), true);
        }
        if (marked) {
            return new Deletion(current, false);
        }
        ObjectNode object = current.deepCopy();
        ObjectNode metadata = Json.metadata(object);
        metadata.put("deletionTimestamp", now()).put("deletionGracePeriodSeconds", 0);
        if (metadata.has("generation")) {
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
        ArrayNode finalizers =
                metadata.get("finalizers") instanceof ArrayNode there ? there : metadata.putArray("finalizers");
        List<String> present = Json.texts(finalizers);
        newFinalizers.stream().filter(each -> !present.contains(each)).forEach(finalizers::add);
        dropEmpty(metadata);
        if (isNamespace(object)) {
            object.withObjectProperty("status").put("phase", "Terminating");
        }
        return new Deletion(draft.put(key, object), false);
    }

    /** Custom objects and all built-in kinds with a status count generations, but for two of the core kinds. */
    private static boolean hasGeneration(Kind kind) {
        return kind.custom() || (kind.hasStatus() && !UNCOUNTED.contains(kind.resource()));
    }

    private static ObjectNode meaning(Kind kind, ObjectNode object) {
        ObjectNode rest = Json.object();
        rest.setAll(object);
        rest.remove(List.of("metadata", "apiVersion", "kind"));
        if (kind.hasStatus()) {
            rest.remove("status");
        }
        return rest;
    }

    private static void keep(ObjectNode object, JsonNode old, String field) {
        JsonNode before = old.get(field);
        if (before == null) {
            object.remove(field);
        } else {
            object.set(field, before.deepCopy());
        }
    }

    /** An empty map or list in metadata is the same as none, and Kubernetes does not show it. */
    private static void dropEmpty(ObjectNode metadata) {
        for (String field : List.of("labels", "annotations", "finalizers", "ownerReferences")) {
            JsonNode value = metadata.get(field);
            if (value != null && value.isEmpty()) {
                metadata.remove(field);
            }
        }
        metadata.remove("managedFields");
    }
}
