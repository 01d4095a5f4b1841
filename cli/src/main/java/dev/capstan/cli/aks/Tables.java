package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.Json;
import java.util.function.UnaryOperator;

/** The columns of az's tables (command_modules/acs/_format.py). */
final class Tables {

    static final UnaryOperator<JsonNode> CLUSTER = Output.columns(
            "name", "/name",
            "location", "/location",
            "resourceGroup", "/resourceGroup",
            "kubernetesVersion", "/kubernetesVersion",
            "currentKubernetesVersion", "/currentKubernetesVersion",
            "provisioningState", "/provisioningState",
            "fqdn", "/fqdn");

    static final UnaryOperator<JsonNode> POOL = Output.columns(
            "name", "/name",
            "osType", "/osType",
            "kubernetesVersion", "/orchestratorVersion",
            "vmSize", "/vmSize",
            "osDiskSizeGB", "/osDiskSizeGb",
            "count", "/count",
            "maxPods", "/maxPods",
            "provisioningState", "/provisioningState",
            "mode", "/mode");

    private Tables() {}

    /** One machine or a list of them, each with all its addresses in one cell. */
    static JsonNode machines(JsonNode result) {
        var rows = Json.array();
        (result.isArray() ? result : Json.array().add(result)).forEach(machine -> {
            var addresses = new StringBuilder();
            machine.at("/properties/network/ipAddresses")
                    .forEach(address -> addresses
                            .append("ip:")
                            .append(address.path("ip").asText())
                            .append(",family:")
                            .append(address.path("family").asText())
                            .append(';'));
            var row = rows.addObject();
            row.set("name", machine.path("name"));
            row.put("ip", addresses.toString());
        });
        return rows;
    }
}
