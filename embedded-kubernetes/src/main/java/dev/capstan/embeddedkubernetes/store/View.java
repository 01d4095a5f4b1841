package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading access to the objects at one moment. The trees are shared and must never be changed: copy first. */
public interface View {
    /** The object at the address, or null. */
    @Nullable
    ObjectNode get(ObjectKey key);

    /**
     * The objects of a resource, sorted by namespace and name.
     *
     * @param namespace null for all namespaces
     */
    List<ObjectNode> list(String resource, @Nullable String namespace);
}
