package dev.capstan.resources;

import java.util.List;
import java.util.Map;

/**
 * What the agent of one node may do, and nothing else, as Kubernetes RBAC objects named {@code capstan-agent-<node>}, and what
 * the agents of a DaemonSet may together:
 * watch the user's Secret, its own NodeTrust and the certificate sets; read its own Node and the namespace
 * {@code kube-system}; patch its NodeTrust's status; keep its own Lease; ask for a token for itself.
 *
 * <p>Everything but certificate sets is bound to a name. Kubernetes cannot bind {@code create} to one, since the name
 * is not known when rights are checked; hence the agent creates nothing: the controller makes its NodeTrust and Lease.
 * ({@code serviceaccounts/token} is the exception: there the name is in the URL.) List and watch are bound to a name by
 * the field selector {@code metadata.name}, which the agent has to send.
 */
public final class AgentRights {

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String RBAC_VERSION = RBAC + "/v1";

    private AgentRights() {}

    /**
     * A rule of RBAC.
     *
     * @param apiGroup API group, empty for the core
     * @param resource plural, with a subresource behind a slash
     * @param resourceNames the names it is bound to; empty means every name
     * @param verbs what may be done
     */
    public record Rule(String apiGroup, String resource, List<String> resourceNames, List<String> verbs) {

        /** The rule as Kubernetes writes it. */
        public Map<String, Object> toMap() {
            Map<String, Object> always =
                    Map.of("apiGroups", List.of(apiGroup), "resources", List.of(resource), "verbs", verbs);
            if (resourceNames.isEmpty()) {
                return always;
            }
            return Map.of(
                    "apiGroups",
                    List.of(apiGroup),
                    "resources",
                    List.of(resource),
                    "resourceNames",
                    resourceNames,
                    "verbs",
                    verbs);
        }
    }

    /** What the agent may do with what has no namespace. */
    public static List<Rule> clusterRules(String node) {
        return clusterRules(List.of(node));
    }

    /**
     * What the agents of a DaemonSet may do with what has no namespace. They share one account, and RBAC knows no node: the
     * same as one agent's, but of every node.
     */
    public static List<Rule> sharedClusterRules() {
        return clusterRules(List.of());
    }

    private static List<Rule> clusterRules(List<String> nodes) {
        return List.of(
                new Rule(Names.GROUP, NodeTrust.PLURAL, nodes, List.of("get", "list", "watch")),
                new Rule(Names.GROUP, NodeTrust.PLURAL + "/status", nodes, List.of("patch")),
                new Rule(Names.GROUP, CertificateSets.PLURAL, List.of(), List.of("get", "list", "watch")),
                new Rule("", "nodes", nodes, List.of("get")),
                new Rule("", "namespaces", List.of(Names.SECRET_NAMESPACE), List.of("get")));
    }

    /** What they may do in Capstan's own namespace. They ask for no tokens: the kubelet gives them theirs. */
    public static List<Rule> sharedSystemRules() {
        return List.of(new Rule("coordination.k8s.io", "leases", List.of(), List.of("get", "update")));
    }

    /** What the agent may do in the namespace of the user's Secret. */
    public static List<Rule> secretRules() {
        return List.of(new Rule("", "secrets", List.of(Names.SECRET_NAME), List.of("get", "list", "watch")));
    }

    /** What the agent may do in Capstan's own namespace. */
    public static List<Rule> systemRules(String node) {
        return List.of(
                new Rule("coordination.k8s.io", "leases", List.of(node), List.of("get", "update")),
                new Rule("", "serviceaccounts/token", List.of(ObjectNames.agent(node)), List.of("create")));
    }

    /** The agent's service account. */
    public static Map<String, Object> serviceAccount(String node) {
        return Map.of("apiVersion", "v1", "kind", "ServiceAccount", "metadata", metadata(node, Names.SYSTEM_NAMESPACE));
    }

    /**
     * The Lease by which the agent shows that it lives, not yet renewed.
     *
     * @param seconds how long it is good after each renewal
     */
    public static Map<String, Object> lease(String node, long seconds) {
        return Map.of(
                "apiVersion",
                "coordination.k8s.io/v1",
                "kind",
                "Lease",
                "metadata",
                Map.of(
                        "name",
                        node,
                        "namespace",
                        Names.SYSTEM_NAMESPACE,
                        "labels",
                        Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)),
                "spec",
                Map.of("leaseDurationSeconds", seconds));
    }

    /** The roles and their bindings: each role before its binding. */
    public static List<Map<String, Object>> objects(String node) {
        return List.of(
                Map.of(
                        "apiVersion",
                        RBAC_VERSION,
                        "kind",
                        "ClusterRole",
                        "metadata",
                        metadata(node),
                        "rules",
                        maps(clusterRules(node))),
                Map.of(
                        "apiVersion", RBAC_VERSION,
                        "kind", "ClusterRoleBinding",
                        "metadata", metadata(node),
                        "roleRef", roleRef("ClusterRole", node),
                        "subjects", subjects(node)),
                role(node, Names.SECRET_NAMESPACE, secretRules()),
                binding(node, Names.SECRET_NAMESPACE),
                role(node, Names.SYSTEM_NAMESPACE, systemRules(node)),
                binding(node, Names.SYSTEM_NAMESPACE));
    }

    private static Map<String, Object> role(String node, String namespace, List<Rule> rules) {
        return Map.of(
                "apiVersion",
                RBAC_VERSION,
                "kind",
                "Role",
                "metadata",
                metadata(node, namespace),
                "rules",
                maps(rules));
    }

    private static Map<String, Object> binding(String node, String namespace) {
        return Map.of(
                "apiVersion", RBAC_VERSION,
                "kind", "RoleBinding",
                "metadata", metadata(node, namespace),
                "roleRef", roleRef("Role", node),
                "subjects", subjects(node));
    }

    private static Map<String, Object> roleRef(String kind, String node) {
        return Map.of("apiGroup", RBAC, "kind", kind, "name", ObjectNames.agent(node));
    }

    private static List<Map<String, Object>> subjects(String node) {
        return List.of(
                Map.of("kind", "ServiceAccount", "name", ObjectNames.agent(node), "namespace", Names.SYSTEM_NAMESPACE));
    }

    private static List<Map<String, Object>> maps(List<Rule> rules) {
        return rules.stream().map(Rule::toMap).toList();
    }

    private static Map<String, Object> metadata(String node) {
        return Map.of("name", ObjectNames.agent(node), "labels", labels(node));
    }

    private static Map<String, Object> metadata(String node, String namespace) {
        return Map.of("name", ObjectNames.agent(node), "namespace", namespace, "labels", labels(node));
    }

    private static Map<String, Object> labels(String node) {
        return Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY, Names.NODE_LABEL, node);
    }
}
