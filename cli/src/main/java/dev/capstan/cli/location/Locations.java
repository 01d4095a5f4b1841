package dev.capstan.cli.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Attached clusters as the command prints them. */
final class Locations {

    private static final String VERSION = "?api-version=2026-11-01";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    private Locations() {}

    static String path(String subscription) {
        return "/subscriptions/" + subscription + "/providers/Capstan.Locations/locations" + VERSION;
    }

    /**
     * One of them, or an action on it.
     *
     * @param rest empty, or a path that begins with a slash
     */
    static String path(String subscription, String name, String rest) {
        return "/subscriptions/" + subscription + "/providers/Capstan.Locations/locations/" + name + rest + VERSION;
    }

    /** What a user gave as a name, which becomes part of a path. */
    static String name(String given) {
        var name = given.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw Problem.failed(
                    "'" + given + "' is no name of a location.",
                    "It is up to 64 lower-case letters, digits and hyphens, such as corp-cluster.");
        }
        return name;
    }

    /** One of a list. */
    static ObjectNode listed(JsonNode location) {
        var listed = Json.object();
        listed.put("name", location.path("name").asText());
        location.path("properties")
                .properties()
                .forEach(property -> listed.set(property.getKey(), property.getValue()));
        return listed;
    }

    static final UnaryOperator<JsonNode> TABLE = locations -> {
        var rows = Json.array();
        for (var location : locations) {
            rows.addObject()
                    .put("Name", location.path("name").asText())
                    .put("Kind", location.path("kind").asText())
                    .put("Server", location.path("server").asText())
                    .put("KubernetesVersion", location.path("kubernetesVersion").asText())
                    .put("PoolLabel", location.path("poolLabel").asText())
                    .put(
                            "ManagedCluster",
                            lastOf(location.path("managedCluster").asText()));
        }
        return rows;
    };

    private static String lastOf(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}
