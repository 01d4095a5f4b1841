package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All objects of a cluster, sorted. Not thread-safe: {@link ClusterStore} guards it. */
final class Memory implements View {
    private final NavigableMap<ObjectKey, ObjectNode> objects;

    Memory(NavigableMap<ObjectKey, ObjectNode> objects) {
        this.objects = objects;
    }

    @Override
    public @Nullable ObjectNode get(ObjectKey key) {
        return objects.get(key);
    }

    @Override
    public List<ObjectNode> list(String resource, @Nullable String namespace) {
        ObjectKey first = new ObjectKey(resource, namespace == null ? "" : namespace, "");
        List<ObjectNode> found = new ArrayList<>();
        for (Map.Entry<ObjectKey, ObjectNode> entry :
                objects.tailMap(first, true).entrySet()) {
            ObjectKey key = entry.getKey();
            if (!key.resource().equals(resource)
                    || (namespace != null && !key.namespace().equals(namespace))) {
                break;
            }
            found.add(entry.getValue());
        }
        return found;
    }

    void apply(Event event) {
        if (event.deleted()) {
            objects.remove(event.key());
        } else {
            objects.put(event.key(), event.object());
        }
    }

    /** The objects as they were before the events, which are undone newest first. */
    NavigableMap<ObjectKey, ObjectNode> before(List<Event> events, String resource) {
        TreeMap<ObjectKey, ObjectNode> then = new TreeMap<>();
        list(resource, null).forEach(object -> then.put(Draft.keyOf(resource, object), object));
        for (Event event : events.reversed()) {
            if (!event.key().resource().equals(resource)) {
                continue;
            }
            if (event.previous() == null) {
                then.remove(event.key());
            } else {
                then.put(event.key(), event.previous());
            }
        }
        return then;
    }
}
