package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * Where the custom resources of the management cluster are read: as they are at this moment, with everything in them that
 * was acknowledged before, whoever wrote it. Trees may be shared, so nobody changes them.
 */
public interface Reads {

    /**
     * An object.
     *
     * @param plural its kind's plural name
     */
    Optional<ObjectNode> get(String plural, String name);

    /** Every object of the kind with this plural name. */
    List<ObjectNode> list(String plural);
}
