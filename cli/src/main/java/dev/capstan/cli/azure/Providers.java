package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Resource providers as az prints them. */
final class Providers {

    private Providers() {}

    /** With null where az's model has a member and the API sent none (azure-mgmt-resource 2024-11-01). */
    static JsonNode shaped(JsonNode provider) {
        nulls(provider, List.of("providerAuthorizationConsentState"));
        for (var type : provider.path("resourceTypes")) {
            nulls(
                    type,
                    List.of(
                            "aliases",
                            "apiProfiles",
                            "defaultApiVersion",
                            "locationMappings",
                            "properties",
                            "zoneMappings"));
        }
        return provider;
    }

    private static void nulls(JsonNode object, List<String> members) {
        for (var member : members) {
            if (!object.has(member)) {
                ((ObjectNode) object).putNull(member);
            }
        }
    }
}
