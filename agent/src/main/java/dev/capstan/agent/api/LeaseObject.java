package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The node's Lease, as far as it must be known to write it again: a PUT replaces all of it, so what the controller put
 * into its metadata goes back as it came.
 *
 * @param resourceVersion the version that the next PUT replaces
 * @param kept fields of the metadata that are the controller's, as JSON
 */
record LeaseObject(String resourceVersion, Map<String, String> kept) {

    private static final int DURATION_SECONDS = 90;

    static LeaseObject read(JsonParser json) throws IOException {
        String[] version = {""};
        Map<String, String> kept = new TreeMap<>();
        Json.fields(json, name -> {
            if (name.equals("metadata")) {
                Json.fields(json, field -> {
                    switch (field) {
                        case "resourceVersion" -> version[0] = Json.text(json);
                        case "labels", "annotations", "ownerReferences", "finalizers" ->
                            kept.put(field, Json.copy(json));
                        default -> {
                            // The server's own.
                        }
                    }
                });
            }
        });
        return new LeaseObject(version[0], kept);
    }

    /**
     * The Lease, renewed.
     *
     * @param node name of the node, of the Lease and of its holder
     * @param namespace namespace of the Lease
     * @param now RFC 3339 with six digits of fraction, as Kubernetes' MicroTime wants it
     */
    byte[] renewed(String node, String namespace, String now) {
        return Json.object(json -> {
            json.writeStringField("apiVersion", "coordination.k8s.io/v1");
            json.writeStringField("kind", "Lease");
            json.writeObjectFieldStart("metadata");
            json.writeStringField("name", node);
            json.writeStringField("namespace", namespace);
            json.writeStringField("resourceVersion", resourceVersion);
            for (Map.Entry<String, String> field : kept.entrySet()) {
                json.writeFieldName(field.getKey());
                json.writeRawValue(field.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("spec");
            json.writeStringField("holderIdentity", node);
            json.writeNumberField("leaseDurationSeconds", DURATION_SECONDS);
            json.writeStringField("renewTime", now);
            json.writeEndObject();
        });
    }
}
