package dev.capstan.embeddedkubernetes.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.JsonResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A state of the access rules of a cluster, compiled from its objects; immutable, to be made anew when one of them changes.
 *
 * <p>Something is allowed when a rule allows it whose role is bound to the user or to one of the user's groups: by a
 * ClusterRoleBinding everywhere, by a RoleBinding within its namespace. Nothing is ever denied by a rule. Bindings are found
 * by subject, so the cost of a decision does not grow with the number of other subjects. A binding whose role does not exist
 * grants nothing. Aggregation rules are not acted upon. Semantics: Kubernetes documentation, "Using RBAC Authorization".
 */
public final class Policy {

    /** So many single rules are looked at in {@link #uncovered}; a rule that stands for more is taken as not covered. */
    private static final long MOST_SINGLE_RULES = 20_000;

    private static final Set<String> ALL = Set.of(PolicyRule.ALL);
    private static final List<PolicyRule> EVERYTHING = List.of(
            new PolicyRule(ALL, ALL, ALL, Set.of(), Set.of()), new PolicyRule(ALL, Set.of(), Set.of(), Set.of(), ALL));

    /** A role bound to a subject; the namespace is empty for the whole cluster. */
    private record Grant(String namespace, List<PolicyRule> rules, String description) {}

    /** Where a role is; the namespace is empty for a ClusterRole. */
    private record RoleKey(String namespace, String name) {}

    private final Map<RoleKey, List<PolicyRule>> roles = new HashMap<>();
    private final Map<String, List<Grant>> grantsByUser = new HashMap<>();
    private final Map<String, List<Grant>> grantsByGroup = new HashMap<>();

    private Policy() {}

    /** Reads the policy from the four kinds of objects. */
    public static Policy of(
            Collection<? extends JsonNode> clusterRoles,
            Collection<? extends JsonNode> clusterRoleBindings,
            Collection<? extends JsonNode> roles,
            Collection<? extends JsonNode> roleBindings) {
        Policy policy = new Policy();
        clusterRoles.forEach(r -> policy.roles.put(new RoleKey("", name(r)), PolicyRule.rulesOf(r)));
        roles.forEach(r -> policy.roles.put(new RoleKey(namespace(r), name(r)), PolicyRule.rulesOf(r)));
        clusterRoleBindings.forEach(b -> policy.bind(b, "", "ClusterRoleBinding \"" + name(b) + '"'));
        roleBindings.forEach(b -> policy.bind(b, namespace(b), "RoleBinding \"" + name(b) + "/" + namespace(b) + '"'));
        return policy;
    }

    /**
     * The objects every cluster has: cluster-admin, discovery, basic-user and their bindings. As in Kubernetes, but that
     * nobody without a token sees more than the health endpoints.
     */
    public static List<ObjectNode> defaultObjects() {
        List<ObjectNode> objects = new ArrayList<>();
        JsonResource.read("rbac.json").path("items").forEach(o -> objects.add((ObjectNode) o));
        return objects;
    }

    /** Whether a user may do what is asked, and by which rule. */
    public Decision authorize(User user, Request request) {
        if (user.groups().contains(User.MASTERS)) {
            return new Decision(true, "");
        }
        String namespace = request instanceof Request.Resource resource ? resource.namespace() : "";
        for (Grant grant : grants(user, namespace)) {
            if (grant.rules().stream().anyMatch(rule -> rule.allows(request))) {
                return new Decision(true, "RBAC: allowed by " + grant.description());
            }
        }
        return new Decision(false, "");
    }

    /** All rules that apply to a user in a namespace; an empty namespace means cluster-wide rules only. */
    public List<PolicyRule> rulesFor(User user, String namespace) {
        if (user.groups().contains(User.MASTERS)) {
            return EVERYTHING;
        }
        return grants(user, namespace).stream()
                .flatMap(g -> g.rules().stream())
                .distinct()
                .toList();
    }

    /**
     * The rules a binding's {@code roleRef} points at, empty when there is no such role.
     *
     * @param namespace the namespace of a RoleBinding, empty for a ClusterRoleBinding
     */
    public List<PolicyRule> rulesOf(JsonNode roleRef, String namespace) {
        String name = roleRef.path("name").asText();
        return switch (roleRef.path("kind").asText()) {
            case "ClusterRole" -> roles.getOrDefault(new RoleKey("", name), List.of());
            case "Role" ->
                namespace.isEmpty() ? List.of() : roles.getOrDefault(new RoleKey(namespace, name), List.of());
            default -> List.of();
        };
    }

    /**
     * Guards against privilege escalation: those of the asked-for rules that the owned rules do not cover, broken down to one
     * verb, group, resource and name each; empty when everything is covered. Owned rules add up.
     */
    public static List<PolicyRule> uncovered(Collection<PolicyRule> owned, Collection<PolicyRule> asked) {
        List<PolicyRule> uncovered = new ArrayList<>();
        long left = MOST_SINGLE_RULES;
        for (PolicyRule rule : asked) {
            left -= singles(rule);
            if (left < 0) {
                uncovered.add(rule);
            } else {
                breakDown(rule).stream()
                        .filter(single -> owned.stream().noneMatch(own -> own.covers(single)))
                        .forEach(uncovered::add);
            }
        }
        return List.copyOf(uncovered);
    }

    private static long singles(PolicyRule rule) {
        double perVerb = (double) rule.apiGroups().size()
                        * rule.resources().size()
                        * Math.max(1, rule.resourceNames().size())
                + rule.nonResourceUrls().size();
        return (long) Math.min(perVerb * rule.verbs().size(), Integer.MAX_VALUE);
    }

    private static List<PolicyRule> breakDown(PolicyRule rule) {
        List<PolicyRule> singles = new ArrayList<>();
        for (String verb : new TreeSet<>(rule.verbs())) {
            Set<String> verbs = Set.of(verb);
            for (String group : new TreeSet<>(rule.apiGroups())) {
                for (String resource : new TreeSet<>(rule.resources())) {
                    Set<String> groups = Set.of(group);
                    Set<String> resources = Set.of(resource);
                    if (rule.resourceNames().isEmpty()) {
                        singles.add(new PolicyRule(verbs, groups, resources, Set.of(), Set.of()));
                    }
                    for (String name : new TreeSet<>(rule.resourceNames())) {
                        singles.add(new PolicyRule(verbs, groups, resources, Set.of(name), Set.of()));
                    }
                }
            }
            for (String url : new TreeSet<>(rule.nonResourceUrls())) {
                singles.add(new PolicyRule(verbs, Set.of(), Set.of(), Set.of(), Set.of(url)));
            }
        }
        return singles;
    }

    private List<Grant> grants(User user, String namespace) {
        List<Grant> grants = new ArrayList<>(grantsByUser.getOrDefault(user.name(), List.of()));
        new TreeSet<>(user.groups()).forEach(group -> grants.addAll(grantsByGroup.getOrDefault(group, List.of())));
        grants.removeIf(g -> !g.namespace().isEmpty() && !g.namespace().equals(namespace));
        return grants;
    }

    private void bind(JsonNode binding, String namespace, String description) {
        JsonNode roleRef = binding.path("roleRef");
        List<PolicyRule> rules = rulesOf(roleRef, namespace);
        for (JsonNode subject : binding.path("subjects")) {
            String kind = subject.path("kind").asText();
            String name = subject.path("name").asText();
            String home = subject.path("namespace").asText(namespace);
            String shown = kind.equals("ServiceAccount") ? name + "/" + home : name;
            Grant grant = new Grant(
                    namespace,
                    rules,
                    description + " of " + roleRef.path("kind").asText() + " \""
                            + roleRef.path("name").asText() + "\" to " + kind + " \"" + shown + '"');
            switch (kind) {
                case "User" -> add(grantsByUser, name, grant);
                case "Group" -> add(grantsByGroup, name, grant);
                case "ServiceAccount" -> add(grantsByUser, "system:serviceaccount:" + home + ":" + name, grant);
                default -> {} // refused by validation; an unknown sort of subject is nobody
            }
        }
    }

    private static void add(Map<String, List<Grant>> grants, String subject, Grant grant) {
        grants.computeIfAbsent(subject, s -> new ArrayList<>()).add(grant);
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText();
    }
}
