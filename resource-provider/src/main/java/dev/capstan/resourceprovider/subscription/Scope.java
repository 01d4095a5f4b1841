package dev.capstan.resourceprovider.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one subscription of a home, and what names in it look like.
 *
 * @param subscription its UUID
 * @param tenant the tenant's UUID
 */
public record Scope(String subscription, String tenant) {

    /** AKS's provider. */
    public static final String CONTAINER_SERVICE = "Microsoft.ContainerService";

    /** Azure's rule for resource groups: up to 90 of these, and no period at the end. */
    private static final Pattern GROUP = Pattern.compile("[\\p{L}\\p{N}_().-]{0,89}[\\p{L}\\p{N}_()-]");

    private static final Pattern LOCATION = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    /**
     * Whether this is the subscription.
     *
     * @throws ArmFailure 404 if not
     */
    public void check(String given) {
        if (!given.equalsIgnoreCase(subscription)) {
            throw ArmFailure.of(404, "SubscriptionNotFound", "The subscription '" + given + "' could not be found.");
        }
    }

    public String id() {
        return "/subscriptions/" + subscription;
    }

    public String groupId(String group) {
        return id() + "/resourceGroups/" + group;
    }

    public String providerId(String namespace) {
        return id() + "/providers/" + namespace;
    }

    public String featureId(String namespace, String feature) {
        return id() + "/providers/Microsoft.Features/providers/" + namespace + "/features/" + feature;
    }

    /** Whether a resource group can be called that. */
    static boolean isGroupName(String name) {
        return GROUP.matcher(name).matches();
    }

    /**
     * A location as ARM writes it: {@code West Europe} is {@code westeurope}. Any name of that form is taken: what Azure
     * has where says nothing of where Capstan's machines can be.
     *
     * @throws ArmFailure 400 if it is no name of a location
     */
    public static String location(@Nullable JsonNode given) {
        String text = given == null || given.isNull() ? "" : given.asText();
        if (text.isEmpty()) {
            throw ArmFailure.badRequest("LocationRequired", "The location property is required for this definition.");
        }
        String name = text.toLowerCase(Locale.ROOT).replace(" ", "");
        if (!LOCATION.matcher(name).matches()) {
            throw ArmFailure.badRequest(
                    "InvalidLocation",
                    "The provided location is no name of a location: letters, digits, blanks and hyphens only, such as"
                            + " 'West Europe' or 'local'.");
        }
        return name;
    }

    /**
     * Tags of a body; null where it has none.
     *
     * @throws ArmFailure 400 if a value is no text
     */
    public static @Nullable Map<String, String> tags(ObjectNode body) {
        JsonNode given = body.get("tags");
        if (given == null || given.isNull()) {
            return null;
        }
        Map<String, String> tags = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> tag : given.properties()) {
            if (!tag.getValue().isTextual()) {
                throw invalidTags();
            }
            tags.put(tag.getKey(), tag.getValue().asText());
        }
        if (!given.isObject()) {
            throw invalidTags();
        }
        return tags;
    }

    private static ArmFailure invalidTags() {
        return ArmFailure.badRequest("InvalidTags", "The property 'tags' is an object with texts as its values.");
    }

    /** Tags as ARM shows them: none are null. */
    public static JsonNode shown(@Nullable Map<String, String> tags) {
        return tags == null ? Json.object().nullNode() : Json.tree(tags);
    }
}
