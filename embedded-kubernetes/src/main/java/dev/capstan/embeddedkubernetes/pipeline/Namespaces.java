package dev.capstan.embeddedkubernetes.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.store.ObjectKey;
import java.util.Set;

/**
 * The life of namespaces: nothing is created in a missing or terminating one; a new one is Active and holds the
 * finalizer {@code kubernetes} until all in it is gone (see {@link Cleanup}); the system's own cannot be deleted.
 */
final class Namespaces implements Admission {
    static final String RESOURCE = "namespaces";
    static final Set<String> AT_START = Set.of("default", "kube-system", "kube-public", "kube-node-lease");
    // The three that NamespaceLifecycle of Kubernetes protects.
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

    static ObjectKey key(String name) {
        return new ObjectKey(RESOURCE, "", name);
    }

    @Override
    public void admit(Attempt attempt) {
        if (attempt.isAbout(RESOURCE)) {
            admitNamespace(attempt);
        } else if (attempt.isCreation() && attempt.kind().namespaced()) {
            requireLiving(attempt);
        }
    }

    private static void admitNamespace(Attempt attempt) {
        ObjectNode object = attempt.object();
        String name = Json.meta(object, "name");
        if (attempt.deletion()) {
            if (IMMORTAL.contains(name)) {
                throw ApiFailure.forbidden("", RESOURCE, name, "this namespace may not be deleted");
            }
            return;
        }
        Json.metadata(object).withObjectProperty("labels").put("kubernetes.io/metadata.name", name);
        ObjectNode old = attempt.old();
        if (old == null) {
            object.putObject("spec").putArray("finalizers").add("kubernetes");
            object.putObject("status").put("phase", "Active");
        } else {
            object.set("spec", old.path("spec").deepCopy());
            object.set("status", old.path("status").deepCopy());
        }
    }

    private static void requireLiving(Attempt attempt) {
        String namespace = Json.meta(attempt.object(), "namespace");
        ObjectNode found = attempt.view().get(key(namespace));
        if (found == null) {
            throw ApiFailure.notFound("", RESOURCE, namespace);
        }
        if (found.path("metadata").has("deletionTimestamp")) {
            throw ApiFailure.forbidden(
                    attempt.kind().group(),
                    attempt.kind().plural(),
                    Json.meta(attempt.object(), "name"),
                    "unable to create new content in namespace " + namespace + " because it is being terminated");
        }
    }
}
