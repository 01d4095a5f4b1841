package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.output.Output;
import java.util.List;
import java.util.function.UnaryOperator;

/** Resource groups as az prints them. */
final class Groups {

    /** The columns of az's table (command_modules/resource/commands.py: transform_resource_group_list). */
    static final UnaryOperator<JsonNode> TABLE =
            Output.columns("Name", "/name", "Location", "/location", "Status", "/properties/provisioningState");

    private Groups() {}

    /** With null where az's model has a member and the API sent none. */
    static JsonNode shaped(JsonNode group) {
        var shaped = (ObjectNode) group;
        for (var member : List.of("managedBy", "tags")) {
            if (!shaped.has(member)) {
                shaped.putNull(member);
            }
        }
        return shaped;
    }
}
