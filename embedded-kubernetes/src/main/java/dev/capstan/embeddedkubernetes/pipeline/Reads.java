package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.ExpiredVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Getting and listing. Everything comes from memory. The pages of a limited list all show the state at its first page;
 * when the history no longer reaches back to that, the next page is answered with 410 Expired, as in Kubernetes.
 */
public final class Reads {
    private final ClusterStore store;

    Reads(ClusterStore store) {
        this.store = store;
    }

    /**
     * A page of a list.
     *
     * @param metadata of the list: resourceVersion, continue, remainingItemCount
     * @param objects in the version asked for
     */
    public record Page(ObjectNode metadata, List<ObjectNode> objects) {}

    /** GET of one object. */
    public ObjectNode get(Target target, Parameters parameters) {
        requireReached(parameters.resourceVersion());
        ObjectNode object = store.get(target.key());
        if (object == null) {
            throw ApiFailure.notFound(target.kind(), target.name());
        }
        return Writes.inVersion(target.kind(), object);
    }

    /** GET of a collection. */
    public Page list(Target target, Parameters parameters) {
        Selection selection = Selection.parse(target, parameters);
        String resume = parameters.text("continue");
        OptionalLong version = parameters.resourceVersion();
        Place place = resume.isEmpty() ? null : Place.parse(resume);
        if (place != null && version.orElse(0) != 0) {
            throw ApiFailure.badRequest("specifying resource version is not allowed when using continue");
        }
        ClusterStore.Snapshot snapshot = snapshot(target, parameters, version, place);
        List<ObjectNode> matching = new ArrayList<>();
        for (ObjectNode object : snapshot.objects()) {
            if ((place == null || place.isBefore(object)) && selection.matches(object)) {
                matching.add(Writes.inVersion(target.kind(), object));
            }
        }
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(snapshot.resourceVersion()));
        int limit = (int) Math.min(parameters.number("limit").orElse(0), Integer.MAX_VALUE);
        if (limit == 0 || matching.size() <= limit) {
            return new Page(metadata, matching);
        }
        List<ObjectNode> page = matching.subList(0, limit);
        metadata.put("continue", Place.after(snapshot.resourceVersion(), page.getLast()));
        if (selection.everything()) {
            metadata.put("remainingItemCount", matching.size() - limit);
        }
        return new Page(metadata, page);
    }

    private ClusterStore.Snapshot snapshot(
            Target target, Parameters parameters, OptionalLong version, @Nullable Place place) {
        String resource = target.kind().resource();
        String namespace = target.namespace().isEmpty() ? null : target.namespace();
        try {
            if (place != null) {
                return store.listAt(resource, namespace, place.resourceVersion());
            }
            switch (parameters.text("resourceVersionMatch")) {
                case "Exact" -> {
                    if (version.orElse(0) == 0) {
                        throw ApiFailure.badRequest(
                                "resourceVersionMatch \"Exact\" needs a resourceVersion that is not 0");
                    }
                    requireReached(version);
                    return store.listAt(resource, namespace, version.getAsLong());
                }
                case "NotOlderThan", "" -> {
                    requireReached(version);
                    return store.list(resource, namespace);
                }
                case String other ->
                    throw ApiFailure.badRequest("resourceVersionMatch: Unsupported value: \"" + other
                            + "\": supported values: \"Exact\", \"NotOlderThan\"");
            }
        } catch (ExpiredVersion e) {
            throw ApiFailure.expired(
                    place == null
                            ? String.valueOf(e.getMessage())
                            : "The provided continue parameter is too old to display a consistent list result. You must"
                                    + " start a new list without the continue parameter.");
        }
    }

    private void requireReached(OptionalLong version) {
        long current = store.resourceVersion();
        if (version.orElse(0) > current) {
            throw ApiFailure.of(
                    504, "Timeout", "Too large resource version: " + version.getAsLong() + ", current: " + current);
        }
    }

    /** Where the next page begins, opaque to clients. */
    private record Place(long resourceVersion, String namespace, String name) {
        static String after(long version, ObjectNode last) {
            ObjectNode token = Json.object()
                    .put("rv", version)
                    .put("namespace", Json.meta(last, "namespace"))
                    .put("name", Json.meta(last, "name"));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(token));
        }

        static Place parse(String text) {
            try {
                JsonNode token = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(text));
                if (token.path("rv").isIntegralNumber()) {
                    return new Place(
                            token.path("rv").asLong(),
                            token.path("namespace").asText(""),
                            token.path("name").asText(""));
                }
            } catch (IllegalArgumentException | IOException _) {
                // Told below: it is not a token of ours.
            }
            throw ApiFailure.badRequest("continue key is not valid: it is not one that this server gave out");
        }

        boolean isBefore(ObjectNode object) {
            int order = namespace.compareTo(Json.meta(object, "namespace"));
            return order < 0 || (order == 0 && name.compareTo(Json.meta(object, "name")) < 0);
        }
    }
}
