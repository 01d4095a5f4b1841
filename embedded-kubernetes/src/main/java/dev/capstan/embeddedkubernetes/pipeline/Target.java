package dev.capstan.embeddedkubernetes.pipeline;

import dev.capstan.embeddedkubernetes.kinds.Kind;
import dev.capstan.embeddedkubernetes.store.ObjectKey;

/**
 * What a request is about.
 *
 * @param kind the kind in the version of the path
 * @param namespace empty for the cluster scope and for all namespaces
 * @param name empty for the whole collection
 * @param subresource empty for the object itself
 */
public record Target(Kind kind, String namespace, String name, String subresource) {
    /** The address of the object. */
    public ObjectKey key() {
        return new ObjectKey(kind.resource(), namespace, name);
    }

    ObjectKey key(String objectName) {
        return new ObjectKey(kind.resource(), namespace, objectName);
    }
}
