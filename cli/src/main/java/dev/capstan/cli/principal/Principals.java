package dev.capstan.cli.principal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import java.util.ArrayList;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Service principals as az prints them. */
final class Principals {

    private static final String VERSION = "?api-version=2026-11-01";
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private Principals() {}

    static String path(String subscription) {
        return "/subscriptions/" + subscription + "/providers/Capstan.Identity/principals" + VERSION;
    }

    /**
     * One of them, or an action on it.
     *
     * @param rest empty, or a path that begins with a slash
     */
    static String path(String subscription, String id, String rest) {
        return "/subscriptions/" + subscription + "/providers/Capstan.Identity/principals/" + id + rest + VERSION;
    }

    /** What a user gave as an id, which becomes part of a path. */
    static String id(String given) {
        var id = given.toLowerCase(Locale.ROOT);
        if (!UUID.matcher(id).matches()) {
            throw Problem.failed(
                    "'" + given + "' is no appId of a service principal.",
                    "'capstan principal list' tells which there are.");
        }
        return id;
    }

    /** As {@code az ad sp create-for-rbac} prints it. */
    static ObjectNode withPassword(JsonNode principal) {
        var properties = principal.path("properties");
        return Json.object()
                .put("appId", properties.path("appId").asText())
                .put("displayName", properties.path("displayName").asText())
                .put("password", properties.path("password").asText())
                .put("tenant", properties.path("tenant").asText());
    }

    /** One of a list. */
    static ObjectNode listed(JsonNode principal) {
        var properties = principal.path("properties");
        var listed = Json.object();
        listed.put("appId", properties.path("appId").asText());
        listed.set("assignments", properties.path("assignments"));
        listed.set("created", properties.path("created").isTextual() ? properties.path("created") : Json.nothing());
        listed.put("displayName", properties.path("displayName").asText())
                .put("tenant", properties.path("tenant").asText());
        return listed;
    }

    /** One row for each assignment. */
    static final UnaryOperator<JsonNode> TABLE = principals -> {
        var rows = Json.array();
        for (var principal : principals) {
            var assignments = new ArrayList<JsonNode>();
            principal.path("assignments").forEach(assignments::add);
            for (var assignment : assignments) {
                rows.addObject()
                        .put("AppId", principal.path("appId").asText())
                        .put("DisplayName", principal.path("displayName").asText())
                        .put("Role", assignment.path("role").asText())
                        .put("Scope", assignment.path("scope").asText());
            }
        }
        return rows;
    };
}
