package dev.capstan.controller;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes objects that are data: whole, by what they shall hold, any number of times. */
final class Manifests {

    static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    static final PatchContext STRATEGIC = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private Manifests() {}

    /** The value of an annotation; null where the object has none of that name, or there is no object. */
    static @Nullable String annotation(@Nullable HasMetadata object, String name) {
        Map<String, String> annotations =
                object == null ? null : object.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(name);
    }

    /**
     * Makes the object, or brings the one that is there to hold what this one says; members it does not name are left.
     * Creates first, since most objects are new when this is called.
     */
    static void ensure(KubernetesClient client, Map<String, ?> manifest) {
        GenericKubernetesResource wanted =
                client.getKubernetesSerialization().convertValue(manifest, GenericKubernetesResource.class);
        Resource<GenericKubernetesResource> resource = client.resource(wanted);
        if (createIfAbsent(resource)) {
            return;
        }
        GenericKubernetesResource there = resource.get();
        if (there == null) {
            throw new KubernetesClientException(
                    describe(wanted) + " was deleted while it was being made; it is made again");
        }
        if (!Json.holds(client.getKubernetesSerialization().convertValue(there, Map.class), manifest)) {
            resource.patch(MERGE, client.getKubernetesSerialization().asJson(manifest));
        }
    }

    /** Makes the object unless there is one of its name; says whether it was made. */
    static <T> boolean createIfAbsent(Resource<T> resource) {
        try {
            resource.create();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Whether this failure says that the object is not there. */
    static boolean isGone(KubernetesClientException failure) {
        return failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    /** Whether this failure says that somebody else wrote in between; looking again is all there is to do. */
    static boolean isConflict(Throwable failure) {
        return failure instanceof KubernetesClientException e && e.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    private static String describe(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
