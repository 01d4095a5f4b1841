package dev.capstan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The custom resource {@code ManagedCluster} of {@code capstan.dev/v1}, in the management cluster: what an ARM request
 * would write, written by the CLI. Nodes, pools and everything else are derived from it by the controller.
 *
 * @param object the object as the API sent it
 */
record ManagedCluster(JsonNode object) {

    static final String COLLECTION = "/clusters/management/apis/capstan.dev/v1/managedclusters";

    /** Name that AKS gives a cluster's first pool (az aks create: --nodepool-name). */
    static final String FIRST_POOL = "nodepool1";

    static String path(ClusterId id) {
        return COLLECTION + "/" + id.objectName();
    }

    /** The object that asks for a new cluster with one pool. */
    static ObjectNode request(ClusterId id, String pool, int nodes, boolean enableCustomCaTrust, Instant now) {
        var request = Json.object();
        request.put("apiVersion", "capstan.dev/v1").put("kind", "ManagedCluster");
        request.putObject("metadata").put("name", id.objectName());
        var spec = request.putObject("spec");
        spec.put("id", id.armId());
        spec.put("resourceGroup", id.group());
        spec.put("name", id.name());
        spec.put("location", "local");
        spec.putArray("agentPoolProfiles")
                .addObject()
                .put("name", pool)
                .put("count", nodes)
                .put("enableCustomCATrust", enableCustomCaTrust);
        spec.putObject("operation")
                .put("id", UUID.randomUUID().toString())
                .put("kind", "Create")
                .put("started", now.truncatedTo(ChronoUnit.SECONDS).toString());
        return request;
    }

    String objectName() {
        return object.at("/metadata/name").asText();
    }

    String resourceVersion() {
        return object.at("/metadata/resourceVersion").asText();
    }

    String uid() {
        return object.at("/metadata/uid").asText();
    }

    String group() {
        return object.at("/spec/resourceGroup").asText();
    }

    String name() {
        return object.at("/spec/name").asText();
    }

    /** URL of the cluster's own API; empty until it is served. */
    String endpoint() {
        return object.at("/status/endpoint").asText("");
    }

    boolean isBeingDeleted() {
        return !object.at("/metadata/deletionTimestamp").isMissingNode();
    }

    /** How many nodes its pools shall have. */
    int nodes() {
        var sum = 0;
        for (var pool : object.at("/spec/agentPoolProfiles")) {
            sum += pool.path("count").asInt();
        }
        return sum;
    }

    /** Whether any pool follows the Secret. */
    boolean followsSecret() {
        for (var pool : object.at("/spec/agentPoolProfiles")) {
            if (pool.path("enableCustomCATrust").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the controller has done all that the spec as it now is asks for. */
    boolean isReady() {
        var ready = readyCondition();
        return ready != null
                && ready.path("status").asText().equals("True")
                && object.at("/status/observedGeneration").asLong()
                        >= object.at("/metadata/generation").asLong();
    }

    /** Where it stands, in words. */
    String message() {
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
    ObjectNode toJson() {
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
