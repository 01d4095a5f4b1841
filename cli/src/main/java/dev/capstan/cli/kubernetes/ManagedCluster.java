package dev.capstan.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import org.jspecify.annotations.Nullable;

/**
 * The custom resource {@code ManagedCluster} of {@code capstan.dev/v1}, in the management cluster: what an ARM request
 * wrote. Nodes, pools and everything else are derived from it by the controller.
 *
 * @param object the object as the API sent it
 */
public record ManagedCluster(JsonNode object) {

    public static final String COLLECTION = "/clusters/management/apis/capstan.dev/v1/managedclusters";

    public static String path(ClusterId id) {
        return COLLECTION + "/" + id.objectName();
    }

    public String objectName() {
        return object.at("/metadata/name").asText();
    }

    public String resourceVersion() {
        return object.at("/metadata/resourceVersion").asText();
    }

    public String uid() {
        return object.at("/metadata/uid").asText();
    }

    public String group() {
        return object.at("/spec/resourceGroup").asText();
    }

    public String name() {
        return object.at("/spec/name").asText();
    }

    /** URL of the cluster's own API; empty until it is served. */
    public String endpoint() {
        return object.at("/status/endpoint").asText("");
    }

    public boolean isBeingDeleted() {
        return !object.at("/metadata/deletionTimestamp").isMissingNode();
    }

    /** How many nodes its pools shall have. */
    public int nodes() {
        var sum = 0;
        for (var pool : object.at("/spec/agentPoolProfiles")) {
            sum += pool.path("count").asInt();
        }
        return sum;
    }

    /** Whether any pool follows the Secret. */
    public boolean followsSecret() {
        for (var pool : object.at("/spec/agentPoolProfiles")) {
            if (pool.path("enableCustomCATrust").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the controller has done all that the spec as it now is asks for. */
    public boolean isReady() {
        var ready = readyCondition();
        return ready != null
                && ready.path("status").asText().equals("True")
                && object.at("/status/observedGeneration").asLong()
                        >= object.at("/metadata/generation").asLong();
    }

    /** Where it stands, in words. */
    public String message() {
        if (isBeingDeleted()) {
            return "deleting";
        }
        var ready = readyCondition();
        if (ready == null) {
            return "waiting for the controller";
        }
        var message = ready.path("message").asText("");
        return message.isEmpty() ? ready.path("reason").asText("") : message;
    }

    private @Nullable JsonNode readyCondition() {
        for (var condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition;
            }
        }
        return null;
    }

    /** The cluster as {@code -o json} tells it. */
    public ObjectNode toJson() {
        var json = Json.object();
        json.put("id", object.at("/spec/id").asText());
        json.put("resourceGroup", group());
        json.put("name", name());
        json.put("location", object.at("/spec/location").asText());
        json.put("objectName", objectName());
        json.put("endpoint", endpoint());
        json.put("ready", isReady());
        json.put("message", message());
        json.set("agentPoolProfiles", object.at("/spec/agentPoolProfiles"));
        return json;
    }
}
