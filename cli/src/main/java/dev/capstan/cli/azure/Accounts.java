package dev.capstan.cli.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.arm.Arm;
import dev.capstan.cli.arm.ArmPath;
import dev.capstan.cli.output.Output;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.function.UnaryOperator;

/** Subscriptions as az prints them; who asks is the administrator of CAPSTAN_HOME. */
final class Accounts {

    static final UnaryOperator<JsonNode> TABLE = Output.columns(
            "Name", "/name",
            "CloudName", "/cloudName",
            "SubscriptionId", "/id",
            "TenantId", "/tenantId",
            "State", "/state",
            "IsDefault", "/isDefault");

    private Accounts() {}

    /** As {@code account list} prints them; {@code show} has another name for the cloud. */
    static ArrayNode list(Session session, Arm arm) {
        var accounts = Json.array();
        for (var subscription : arm.list(ArmPath.subscriptions())) {
            var id = subscription.path("subscriptionId").asText();
            var tenant = subscription.path("tenantId").asText(session.home().tenant());
            var account = accounts.addObject()
                    .put("cloudName", "capstan")
                    .put("homeTenantId", tenant)
                    .put("id", id)
                    .put("isDefault", id.equalsIgnoreCase(arm.subscription()));
            account.putArray("managedByTenants");
            account.put("name", subscription.path("displayName").asText(id))
                    .put("state", subscription.path("state").asText("Enabled"))
                    .put("tenantId", tenant)
                    .putObject("user")
                    .put("name", "administrator")
                    .put("type", "user");
        }
        return accounts;
    }

    /** One of the list as {@code account show} prints it. */
    static ObjectNode shown(JsonNode account) {
        var shown = (ObjectNode) account;
        shown.set("environmentName", shown.remove("cloudName"));
        return shown;
    }
}
