package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * az's tables of versions (command_modules/acs/_format.py). Apart from the others: a comparator that is put together is code that
 * Java makes anew in each process, and every {@code aks show} would pay for it.
 */
final class VersionTables {

    /** Versions such as 1.31.10: number by number, where they are numbers. */
    private static final Comparator<String> BY_NUMBER = Comparator.comparing(
                    (String version) -> version.split("\\.", -1),
                    (one, other) -> Arrays.compare(
                            one,
                            other,
                            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder())))
            .thenComparing(Comparator.naturalOrder());

    private static final String NONE = "None available";

    private VersionTables() {}

    /** A row for each patch version, the newest first; what it can be upgraded to in one cell. */
    static JsonNode kubernetesVersions(JsonNode list) {
        var rows = new TreeMap<String, ObjectNode>(BY_NUMBER.reversed());
        for (var minor : list.path("values")) {
            for (var patch : minor.path("patchVersions").properties()) {
                var row = Json.object().put("kubernetesVersion", patch.getKey());
                row.set("isPreview", minor.path("isPreview"));
                row.put("upgrades", versions(patch.getValue().path("upgrades")))
                        .put("supportPlan", joined(minor.at("/capabilities/supportPlan")));
                rows.put(patch.getKey(), row);
            }
        }
        return Json.array().addAll(rows.values());
    }

    /** What a cluster can be upgraded to, in one cell. */
    static JsonNode upgrades(JsonNode profile) {
        var plane = profile.path("controlPlaneProfile");
        var versions = Json.array();
        var previews = new HashSet<String>();
        for (var upgrade : plane.path("upgrades")) {
            var version = upgrade.path("kubernetesVersion").asText();
            versions.add(version);
            if (upgrade.path("isPreview").asBoolean()) {
                previews.add(version);
            }
        }
        var row = Json.object();
        row.set("name", profile.path("name"));
        row.set("resourceGroup", profile.path("resourceGroup"));
        row.put("masterVersion", plane.path("kubernetesVersion").asText("unknown"))
                .put(
                        "upgrades",
                        versions.isEmpty()
                                ? NONE
                                : sorted(versions).stream()
                                        .map(version -> previews.contains(version) ? version + "(preview)" : version)
                                        .collect(Collectors.joining(", ")));
        return row;
    }

    private static String versions(JsonNode array) {
        return array.isEmpty() ? NONE : String.join(", ", sorted(array));
    }

    private static List<String> sorted(JsonNode array) {
        return texts(array).sorted(BY_NUMBER).toList();
    }

    private static String joined(JsonNode array) {
        return texts(array).collect(Collectors.joining(", "));
    }

    private static Stream<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText);
    }
}
