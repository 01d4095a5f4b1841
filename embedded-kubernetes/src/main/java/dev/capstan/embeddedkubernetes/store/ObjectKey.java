package dev.capstan.embeddedkubernetes.store;

import java.util.Comparator;

/**
 * The address of one object. Keys sort by resource, then namespace, then name, which is the order of lists.
 *
 * @param resource plural name, with the group when there is one: {@code secrets}, {@code roles.rbac.authorization.k8s.io}
 * @param namespace empty for objects of the cluster scope
 * @param name the object's name
 */
public record ObjectKey(String resource, String namespace, String name) implements Comparable<ObjectKey> {
    private static final Comparator<ObjectKey> ORDER = Comparator.comparing(ObjectKey::resource)
            .thenComparing(ObjectKey::namespace)
            .thenComparing(ObjectKey::name);

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }
}
