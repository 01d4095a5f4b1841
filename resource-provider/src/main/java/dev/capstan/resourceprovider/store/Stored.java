package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * An object as it was read.
 *
 * @param tree all of it
 * @param spec its spec
 * @param status its status; null until it has one
 */
public record Stored<S, T>(
        ObjectNode tree, S spec, @Nullable T status) {

    static <S, T> Stored<S, T> of(Kind<S, T> kind, ObjectNode tree) {
        JsonNode status = tree.get("status");
        return new Stored<>(
                tree, Json.as(kind.spec(), tree.path("spec")), status == null ? null : Json.as(kind.status(), status));
    }

    /** Whether this is what the tree says: the very tree, or one of the same object and version. */
    @SuppressWarnings("ReferenceEquality") // the very tree needs no comparing
    boolean isOf(ObjectNode other) {
        return other == tree
                || (other.path("metadata")
                                .path("uid")
                                .equals(tree.path("metadata").path("uid"))
                        && other.path("metadata")
                                .path("resourceVersion")
                                .equals(tree.path("metadata").path("resourceVersion")));
    }

    public String name() {
        return metadata("name");
    }

    public String uid() {
        return metadata("uid");
    }

    public String resourceVersion() {
        return metadata("resourceVersion");
    }

    public long generation() {
        return tree.path("metadata").path("generation").asLong();
    }

    /** Whether it was deleted with kubectl, and only waits for its finalizers. */
    public boolean isBeingDeleted() {
        return tree.path("metadata").has("deletionTimestamp");
    }

    /** What changes with every change of the spec and with nothing else: status changes do not break {@code If-Match}. */
    public String eTag() {
        return uid() + "-" + generation();
    }

    private String metadata(String name) {
        return tree.path("metadata").path(name).asText();
    }
}
