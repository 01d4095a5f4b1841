package dev.capstan.resourceprovider.wire;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a role holds, and where a request acts: the subscription, a resource group of it, or a cluster of that. Compared
 * part by part and never as one text: a slash that a client hid in a name must not make another scope of it.
 *
 * @param subscription in lower case, as all parts: ARM's names have no case
 * @param group null for the subscription itself
 * @param cluster null for the group itself
 */
public record AccessScope(
        String subscription,
        @Nullable String group,
        @Nullable String cluster) {

    private static final List<String> CLUSTER = List.of("providers", "microsoft.containerservice", "managedclusters");

    public AccessScope {
        subscription = subscription.toLowerCase(Locale.ROOT);
        group = group == null ? null : group.toLowerCase(Locale.ROOT);
        cluster = cluster == null ? null : cluster.toLowerCase(Locale.ROOT);
    }

    /** The scope of an ARM id; empty if it is none of the three kinds. */
    public static Optional<AccessScope> parse(String id) {
        if (!id.startsWith("/")) {
            return Optional.empty();
        }
        String path = id.substring(1);
        if (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        List<String> parts = List.of(path.toLowerCase(Locale.ROOT).split("/", -1));
        if (parts.contains("") || parts.size() < 2 || !parts.get(0).equals("subscriptions")) {
            return Optional.empty();
        }
        if (parts.size() == 2) {
            return Optional.of(new AccessScope(parts.get(1), null, null));
        }
        if (parts.size() < 4 || !parts.get(2).equals("resourcegroups")) {
            return Optional.empty();
        }
        if (parts.size() == 4) {
            return Optional.of(new AccessScope(parts.get(1), parts.get(3), null));
        }
        return parts.size() == 8 && parts.subList(4, 7).equals(CLUSTER)
                ? Optional.of(new AccessScope(parts.get(1), parts.get(3), parts.get(7)))
                : Optional.empty();
    }

    /** The scope that a path is in, from what stands for its template's variables; empty for a path of no subscription. */
    static Optional<AccessScope> of(Map<String, String> variables) {
        String subscription = variables.get("subscription");
        return subscription == null
                ? Optional.empty()
                : Optional.of(new AccessScope(subscription, variables.get("group"), variables.get("cluster")));
    }

    /** Whether the other one is this one, or in it. */
    public boolean covers(AccessScope other) {
        return subscription.equals(other.subscription)
                && (group == null || group.equals(other.group))
                && (cluster == null || cluster.equals(other.cluster));
    }

    /** The ARM id, in lower case but for ARM's own words. */
    public String id() {
        return "/subscriptions/" + subscription
                + (group == null ? "" : "/resourceGroups/" + group)
                + (cluster == null ? "" : "/providers/Microsoft.ContainerService/managedClusters/" + cluster);
    }
}
