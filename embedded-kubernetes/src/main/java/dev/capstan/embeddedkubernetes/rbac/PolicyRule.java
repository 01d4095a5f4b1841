package dev.capstan.embeddedkubernetes.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One rule of a role, as in {@code rbac.authorization.k8s.io/v1}. An empty {@code resourceNames} means every name. */
public record PolicyRule(
        Set<String> verbs,
        Set<String> apiGroups,
        Set<String> resources,
        Set<String> resourceNames,
        Set<String> nonResourceUrls) {

    static final String ALL = "*";

    public PolicyRule {
        verbs = Set.copyOf(verbs);
        apiGroups = Set.copyOf(apiGroups);
        resources = Set.copyOf(resources);
        resourceNames = Set.copyOf(resourceNames);
        nonResourceUrls = Set.copyOf(nonResourceUrls);
    }

    /** The rules of a Role or ClusterRole object. */
    public static List<PolicyRule> rulesOf(JsonNode role) {
        List<PolicyRule> rules = new ArrayList<>();
        role.path("rules")
                .forEach(r -> rules.add(new PolicyRule(
                        strings(r.path("verbs")),
                        strings(r.path("apiGroups")),
                        strings(r.path("resources")),
                        strings(r.path("resourceNames")),
                        strings(r.path("nonResourceURLs")))));
        return List.copyOf(rules);
    }

    /** The rule as in a Role object. */
    public ObjectNode toJson() {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        put(rule, "verbs", verbs);
        put(rule, "apiGroups", apiGroups);
        put(rule, "resources", resources);
        put(rule, "resourceNames", resourceNames);
        put(rule, "nonResourceURLs", nonResourceUrls);
        return rule;
    }

    /** Whether the rule allows a request. */
    public boolean allows(Request request) {
        if (!has(verbs, request.verb())) {
            return false;
        }
        return switch (request) {
            case Request.Path path -> nonResourceUrls.stream().anyMatch(url -> urlCovers(url, path.path()));
            case Request.Resource resource ->
                has(apiGroups, resource.group())
                        && namesResource(resource)
                        && (resourceNames.isEmpty() || resourceNames.contains(resource.name()));
        };
    }

    private boolean namesResource(Request.Resource request) {
        if (request.subresource().isEmpty()) {
            return has(resources, request.resource());
        }
        return has(resources, request.resource() + "/" + request.subresource())
                || resources.contains("*/" + request.subresource());
    }

    /** Whether everything that a rule of one verb, group, resource and name each allows is allowed by this one, too. */
    boolean covers(PolicyRule single) {
        boolean names = resourceNames.isEmpty()
                || (!single.resourceNames.isEmpty() && resourceNames.containsAll(single.resourceNames));
        return names
                && single.verbs.stream().allMatch(v -> has(verbs, v))
                && single.apiGroups.stream().allMatch(g -> has(apiGroups, g))
                && single.resources.stream().allMatch(this::coversResource)
                && single.nonResourceUrls.stream()
                        .allMatch(url -> nonResourceUrls.stream().anyMatch(own -> urlCovers(own, url)));
    }

    private boolean coversResource(String resource) {
        int slash = resource.indexOf('/');
        return has(resources, resource) || (slash >= 0 && resources.contains("*" + resource.substring(slash)));
    }

    private static boolean urlCovers(String rule, String url) {
        return rule.equals(ALL)
                || rule.equals(url)
                || (rule.endsWith("*") && url.startsWith(rule.substring(0, rule.length() - 1)));
    }

    private static boolean has(Set<String> values, String value) {
        return values.contains(ALL) || values.contains(value);
    }

    private static Set<String> strings(JsonNode list) {
        Set<String> values = new HashSet<>();
        list.forEach(v -> values.add(v.asText()));
        return values;
    }

    private static void put(ObjectNode rule, String field, Set<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = rule.putArray(field);
            values.stream().sorted().forEach(array::add);
        }
    }
}
