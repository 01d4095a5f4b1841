package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resources.Names;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Capstan's own Secrets, in {@code capstan-system} of the management cluster. */
public final class Secrets {

    private static final String PATH = "/api/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/secrets";

    private final KubernetesApi api;

    public Secrets(KubernetesApi api) {
        this.api = api;
    }

    /** What is in the Secret of that name. */
    public Optional<Map<String, byte[]>> read(String name) {
        return api.get(PATH + "/" + name).map(Secrets::data);
    }

    private static Map<String, byte[]> data(ObjectNode secret) {
        Map<String, byte[]> data = new LinkedHashMap<>();
        secret.path("data")
                .properties()
                .forEach(entry -> data.put(
                        entry.getKey(),
                        Base64.getDecoder().decode(entry.getValue().asText())));
        return data;
    }

    /** Makes the Secret. */
    public void create(String name, Map<String, byte[]> data) throws Conflict {
        api.create(PATH, manifest(name, data));
    }

    /** Replaces the Secret, whoever wrote it last. */
    public void replace(String name, Map<String, byte[]> data) throws Conflict {
        api.replace(PATH + "/" + name, manifest(name, data));
    }

    /**
     * Changes the Secret as it was read; false if there is none.
     *
     * @throws Conflict if somebody wrote it in between
     */
    public boolean change(String name, UnaryOperator<Map<String, byte[]>> change) throws Conflict {
        Optional<ObjectNode> read = api.get(PATH + "/" + name);
        if (read.isEmpty()) {
            return false;
        }
        ObjectNode manifest = manifest(name, change.apply(data(read.get())));
        ((ObjectNode) manifest.path("metadata"))
                .put(
                        "resourceVersion",
                        read.get().at("/metadata/resourceVersion").asText());
        api.replace(PATH + "/" + name, manifest);
        return true;
    }

    /** Deletes the Secret, whatever is in it; nothing happens where there is none. */
    public void delete(String name) {
        Optional<ObjectNode> secret = api.get(PATH + "/" + name);
        if (secret.isEmpty()) {
            return;
        }
        var metadata = secret.get().path("metadata");
        try {
            api.delete(
                    PATH + "/" + name,
                    metadata.path("uid").asText(),
                    metadata.path("resourceVersion").asText());
        } catch (Conflict deletedMeanwhile) {
            // Or written meanwhile, by hand: then it is theirs.
        }
    }

    private static ObjectNode manifest(String name, Map<String, byte[]> data) {
        ObjectNode secret =
                Json.object().put("apiVersion", "v1").put("kind", "Secret").put("type", "Opaque");
        ObjectNode metadata = secret.putObject("metadata").put("name", name).put("namespace", Names.SYSTEM_NAMESPACE);
        metadata.putObject("labels").put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
        ObjectNode encoded = secret.putObject("data");
        data.forEach((key, bytes) -> encoded.put(key, Base64.getEncoder().encodeToString(bytes)));
        return secret;
    }
}
