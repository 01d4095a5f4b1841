package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One committed change.
 *
 * @param resourceVersion the version this change gave the cluster; {@code object} carries it, too
 * @param key the object's address
 * @param object the object after the change; of a deletion the last state
 * @param previous the object before the change, null when it did not exist
 * @param deleted whether the object is gone
 */
public record Event(
        long resourceVersion,
        ObjectKey key,
        ObjectNode object,
        @Nullable ObjectNode previous,
        boolean deleted) {}
