package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** YAML with members sorted by name, in block style; several lines of text are a literal block. */
final class AzYaml {

    private AzYaml() {}

    static String of(JsonNode node) {
        var settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(Integer.MAX_VALUE)
                .build();
        return new Dump(settings).dumpToString(value(node));
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            var members = new TreeMap<String, Object>();
            node.properties().forEach(member -> members.put(member.getKey(), value(member.getValue())));
            return members;
        }
        if (node.isArray()) {
            var items = new ArrayList<Object>();
            node.forEach(item -> items.add(value(item)));
            return items;
        }
        // The dumper writes an empty Optional as null.
        return Objects.requireNonNullElse(Json.plain(node), Optional.empty());
    }
}
