package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;

/** Capstan's finalizer on an object: added before anything is made for it, removed after all of that went. */
final class Finalizers {

    private Finalizers() {}

    /** The object with the finalizer. */
    static <T extends HasMetadata> T add(KubernetesClient client, T object) {
        if (object.hasFinalizer(Names.FINALIZER)) {
            return object;
        }
        List<String> finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
        finalizers.add(Names.FINALIZER);
        return patch(client, object, finalizers);
    }

    /** Removes the finalizer, and with the last one the object. */
    static <T extends HasMetadata> void remove(KubernetesClient client, T object) {
        if (object.hasFinalizer(Names.FINALIZER)) {
            List<String> finalizers = new ArrayList<>(object.getMetadata().getFinalizers());
            finalizers.remove(Names.FINALIZER);
            patch(client, object, finalizers);
        }
    }

    private static <T extends HasMetadata> T patch(KubernetesClient client, T object, List<String> finalizers) {
        return client.resource(object)
                .patch(
                        Manifests.MERGE,
                        Patches.text(Json.object(
                                "metadata",
                                Json.object(
                                        "finalizers",
                                        finalizers,
                                        "resourceVersion",
                                        object.getMetadata().getResourceVersion()))));
    }
}
