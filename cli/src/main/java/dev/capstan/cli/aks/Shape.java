package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * Clusters and pools as az prints them. az reads the wire into its models and prints those: {@code properties} become
 * members of the object itself, names lose their runs of capitals ({@code customCATrustCertificates} becomes
 * {@code customCaTrustCertificates}), members that were not sent are null, certificates are PEM text and not base64, and
 * {@code resourceGroup} is read off the id. What az's models do not know (the previews) it drops; here it is kept, named by
 * the same rule.
 */
final class Shape {

    private Shape() {}

    static JsonNode cluster(JsonNode wire) {
        return top(wire, "ManagedCluster");
    }

    /**
     * A cluster as {@code show} and {@code list} print it: they leave out what is often null
     * (command_modules/acs/custom.py: _remove_nulls), where {@code create} and {@code update} do not.
     */
    static JsonNode shown(JsonNode wire) {
        var shaped = cluster(wire);
        removeNull(shaped, "tags");
        removeNull(shaped.path("servicePrincipalProfile"), "secret");
        for (var pool : shaped.path("agentPoolProfiles")) {
            removeNull(pool, "osDiskSizeGb");
            removeNull(pool, "vnetSubnetId");
        }
        return shaped;
    }

    private static void removeNull(JsonNode object, String member) {
        if (object.path(member).isNull()) {
            ((ObjectNode) object).remove(member);
        }
    }

    static JsonNode pool(JsonNode wire) {
        return top(wire, "AgentPool");
    }

    /** Clusters as {@code list} prints them. */
    static ArrayNode clusters(JsonNode wire) {
        return each(wire, Shape::shown);
    }

    static ArrayNode pools(JsonNode wire) {
        return each(wire, Shape::pool);
    }

    /** Versions of Kubernetes as {@code get-versions} prints them. */
    static JsonNode kubernetesVersions(JsonNode wire) {
        return object(wire, "KubernetesVersionListResult");
    }

    /** What a cluster can be upgraded to. */
    static JsonNode upgrades(JsonNode wire) {
        return top(wire, "ManagedClusterUpgradeProfile");
    }

    /** What a pool can be upgraded to. */
    static JsonNode poolUpgrades(JsonNode wire) {
        return top(wire, "AgentPoolUpgradeProfile");
    }

    /** A machine, whose {@code properties} az leaves where they are. */
    static JsonNode machine(JsonNode wire) {
        return withGroup(object(wire, "Machine"));
    }

    static ArrayNode machines(JsonNode wire) {
        return each(wire, Shape::machine);
    }

    private static ArrayNode each(JsonNode wire, UnaryOperator<JsonNode> shape) {
        var shaped = Json.array();
        wire.forEach(item -> shaped.add(shape.apply(item)));
        return shaped;
    }

    private static JsonNode top(JsonNode wire, String model) {
        var flat = Json.object();
        for (var member : wire.properties()) {
            if (!member.getKey().equals("properties")) {
                flat.set(member.getKey(), member.getValue());
            }
        }
        for (var member : wire.path("properties").properties()) {
            // Both the pool and its properties have a type; az calls the second one so.
            flat.set(flat.has(member.getKey()) ? "typePropertiesType" : member.getKey(), member.getValue());
        }
        return withGroup(object(flat, model));
    }

    /** az reads the resource group off the id of whatever has one. */
    private static ObjectNode withGroup(ObjectNode shaped) {
        var id = shaped.path("id").asText("").split("/", -1);
        if (id.length > 8 && id[3].equalsIgnoreCase("resourceGroups")) {
            shaped.put("resourceGroup", id[4]);
        }
        return shaped;
    }

    private static ObjectNode object(JsonNode wire, String model) {
        var members = AzModels.members(model);
        var shaped = Json.object();
        for (var member : wire.properties()) {
            var name = name(member.getKey());
            shaped.set(name, value(name, member.getValue(), members.getOrDefault(name, "")));
        }
        for (var name : members.keySet()) {
            if (!shaped.has(name)) {
                shaped.putNull(name);
            }
        }
        return shaped;
    }

    private static JsonNode value(String name, JsonNode wire, String model) {
        if (name.equals("customCaTrustCertificates") && wire.isArray()) {
            var texts = Json.array();
            wire.forEach(entry -> texts.add(decoded(entry.asText())));
            return texts;
        }
        if (model.isEmpty() || wire.isNull()) {
            return wire;
        }
        if (wire.isArray()) {
            var array = Json.array();
            wire.forEach(item -> array.add(item.isObject() ? object(item, model) : item));
            return array;
        }
        if (model.startsWith("{")) {
            var named = Json.object();
            var inner = model.substring(1, model.length() - 1);
            wire.properties().forEach(entry -> named.set(entry.getKey(), object(entry.getValue(), inner)));
            return named;
        }
        return wire.isObject() ? object(wire, model) : wire;
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            // az would crash here; what the API sent is shown as it is.
            return base64;
        }
    }

    /**
     * A member's name as az has it: of a run of capitals, in a word or at its end, the first stays one, and so does the one that
     * begins the next word. By hand, which starts without a regular expression.
     */
    static String name(String wire) {
        var name = new StringBuilder(wire);
        for (var begin = 1; begin < wire.length(); begin++) {
            if (!isCapital(wire, begin) || !isSmall(wire, begin - 1)) {
                continue;
            }
            var end = begin;
            while (isCapital(wire, end)) {
                end++;
            }
            var ends = end == wire.length() || isDigit(wire.charAt(end));
            var lowered = ends ? end : isSmall(wire, end) ? end - 1 : begin;
            for (var at = begin + 1; at < lowered; at++) {
                name.setCharAt(at, Character.toLowerCase(wire.charAt(at)));
            }
        }
        return name.toString();
    }

    private static boolean isCapital(String name, int at) {
        return at < name.length() && name.charAt(at) >= 'A' && name.charAt(at) <= 'Z';
    }

    private static boolean isSmall(String name, int at) {
        return (name.charAt(at) >= 'a' && name.charAt(at) <= 'z') || isDigit(name.charAt(at));
    }

    private static boolean isDigit(char letter) {
        return letter >= '0' && letter <= '9';
    }
}
