package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link Write} sees and changes: the state below it with its own changes on top. Every change takes the next
 * resourceVersion; numbers of a dropped draft are given out again, nobody has seen them.
 */
public final class Draft implements View {
    private final View below;
    private final List<Event> events = new ArrayList<>();
    private final TreeMap<ObjectKey, Event> latest = new TreeMap<>();
    private long resourceVersion;

    Draft(View below, long resourceVersion) {
        this.below = below;
        this.resourceVersion = resourceVersion;
    }

    @Override
    public @Nullable ObjectNode get(ObjectKey key) {
        Event own = latest.get(key);
        if (own == null) {
            return below.get(key);
        }
        return own.deleted() ? null : own.object();
    }

    @Override
    public List<ObjectNode> list(String resource, @Nullable String namespace) {
        List<Event> changed = latest.values().stream()
                .filter(event -> event.key().resource().equals(resource))
                .filter(event -> namespace == null || event.key().namespace().equals(namespace))
                .toList();
        if (changed.isEmpty()) {
            return below.list(resource, namespace);
        }
        TreeMap<ObjectKey, ObjectNode> merged = new TreeMap<>();
        for (ObjectNode object : below.list(resource, namespace)) {
            merged.put(keyOf(resource, object), object);
        }
        for (Event event : changed) {
            if (event.deleted()) {
                merged.remove(event.key());
            } else {
                merged.put(event.key(), event.object());
            }
        }
        return List.copyOf(merged.values());
    }

    /**
     * Writes the object, new or changed.
     *
     * @param object becomes the store's own: the caller does not touch it again
     * @return the same tree, with its new {@code metadata.resourceVersion}
     */
    public ObjectNode put(ObjectKey key, ObjectNode object) {
        return record(key, object, false);
    }

    /**
     * Deletes the object.
     *
     * @return its last state as watchers see it, with the resourceVersion of the deletion
     * @throws IllegalStateException if there is none
     */
    public ObjectNode delete(ObjectKey key) {
        ObjectNode last = get(key);
        if (last == null) {
            throw new IllegalStateException("There is nothing to delete at " + key + ".");
        }
        return record(key, last.deepCopy(), true);
    }

    /** Deletes the object, whose last state is the given one: a change and the deletion in one step. */
    public ObjectNode delete(ObjectKey key, ObjectNode last) {
        return record(key, last, true);
    }

    private ObjectNode record(ObjectKey key, ObjectNode object, boolean deleted) {
        ObjectNode previous = get(key);
        resourceVersion++;
        object.withObjectProperty("metadata").put("resourceVersion", Long.toString(resourceVersion));
        Event event = new Event(resourceVersion, key, object, previous, deleted);
        events.add(event);
        latest.put(key, event);
        return object;
    }

    /** All changes so far, in their order; a view. */
    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }

    /** Takes over the changes of a draft that was made on top of this one. */
    void accept(Draft above) {
        events.addAll(above.events);
        latest.putAll(above.latest);
        resourceVersion = above.resourceVersion;
    }

    long resourceVersion() {
        return resourceVersion;
    }

    /** The last change of every address. */
    Iterable<Event> outcome() {
        return latest.values();
    }

    /** The address an object has by its metadata. */
    public static ObjectKey keyOf(String resource, ObjectNode object) {
        return new ObjectKey(
                resource,
                object.path("metadata").path("namespace").asText(""),
                object.path("metadata").path("name").asText(""));
    }
}
