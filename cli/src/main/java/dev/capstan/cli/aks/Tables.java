package dev.capstan.cli.aks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.output.Output;
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
}
