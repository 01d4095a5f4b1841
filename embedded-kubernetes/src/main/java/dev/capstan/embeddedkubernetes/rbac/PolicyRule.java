package dev.capstan.embeddedkubernetes.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Pending;
import java.util.List;
import java.util.Set;

/** One rule of a role, as in {@code rbac.authorization.k8s.io/v1}. An empty {@code resourceNames} means every name. */
public record PolicyRule(
        Set<String> verbs,
        Set<String> apiGroups,
        Set<String> resources,
        Set<String> resourceNames,
        Set<String> nonResourceUrls) {

    public PolicyRule {
        verbs = Set.copyOf(verbs);
        apiGroups = Set.copyOf(apiGroups);
        resources = Set.copyOf(resources);
        resourceNames = Set.copyOf(resourceNames);
        nonResourceUrls = Set.copyOf(nonResourceUrls);
    }

    /** The rules of a Role or ClusterRole object. */
    public static List<PolicyRule> rulesOf(JsonNode role) {
        return Pending.value();
    }

    /** The rule as in a Role object. */
    public ObjectNode toJson() {
        return Pending.value();
    }

    /** Whether the rule allows a request. */
    public boolean allows(Request request) {
        return Pending.value();
    }
}
