package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Clusters and pools as az prints them. az reads the wire into its models and prints those: {@code properties} become
 * members of the object itself, names lose their runs of capitals ({@code customCATrustCertificates} becomes
 * {@code customCaTrustCertificates}), members that were not sent are null, certificates are PEM text and not base64, and
 * {@code resourceGroup} is read off the id. What az's models do not know (the previews) it drops; here it is kept, named by
 * the same rule.
 */
final class Shape {

    /** A run of capitals, but for the one that begins the next word. */
    private static final Pattern CAPITALS = Pattern.compile("(?<=[a-z0-9])([A-Z])([A-Z]+)(?=[A-Z][a-z]|$|[0-9])");

    /** az takes these off where they are null (command_modules/acs/custom.py: _remove_nulls). */
    private static final Set<String> ABSENT = Set.of("tags", "osDiskSizeGb", "vnetSubnetId", "secret");

    private static final Map<String, Map<String, String>> MODELS = read();

    private Shape() {}

    static JsonNode cluster(JsonNode wire) {
        return top(wire, "ManagedCluster");
    }

    static JsonNode pool(JsonNode wire) {
        return top(wire, "AgentPool");
    }

    static ArrayNode clusters(JsonNode wire) {
        return each(wire, "ManagedCluster");
    }

    static ArrayNode pools(JsonNode wire) {
        return each(wire, "AgentPool");
    }

    private static ArrayNode each(JsonNode wire, String model) {
        var shaped = Json.array();
        wire.forEach(item -> shaped.add(top(item, model)));
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
        var shaped = object(flat, model);
        var id = wire.path("id").asText("").split("/", -1);
        if (id.length > 8 && id[3].equalsIgnoreCase("resourceGroups")) {
            shaped.put("resourceGroup", id[4]);
        }
        return shaped;
    }

    private static ObjectNode object(JsonNode wire, String model) {
        var members = MODELS.getOrDefault(model, Map.of());
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
        for (var name : ABSENT) {
            if (shaped.path(name).isNull()) {
                shaped.remove(name);
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

    /** A member's name as az has it. */
    static String name(String wire) {
        return CAPITALS.matcher(wire)
                .replaceAll(run -> run.group(1) + run.group(2).toLowerCase(Locale.ROOT));
    }

    private static Map<String, Map<String, String>> read() {
        var models = new LinkedHashMap<String, Map<String, String>>();
        try (var text = Objects.requireNonNull(Shape.class.getResourceAsStream("shapes.txt"))) {
            for (var line : new String(text.readAllBytes(), StandardCharsets.US_ASCII).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    var words = line.split(" ", -1);
                    var members = new LinkedHashMap<String, String>();
                    for (var word = 1; word < words.length; word++) {
                        var colon = words[word].indexOf(':');
                        members.put(
                                colon < 0 ? words[word] : words[word].substring(0, colon),
                                colon < 0 ? "" : words[word].substring(colon + 1));
                    }
                    models.put(words[0], members);
                }
            }
            return models;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
