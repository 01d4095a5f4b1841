package dev.capstan.cli.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Problem;
import dev.capstan.resources.AgentRights;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ObjectNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one node's agent is in its cluster: a service account, its rights and its Lease. All of it is owned by the Node object,
 * so that it goes with the Node. An administrator makes it; the controller of such a cluster may make none, since who makes
 * roles could give itself any right. A label on the Node keeps the DaemonSet's agent away.
 *
 * <p>Made again it is nothing, or brings rights up to date. The Lease comes last: it is what the agent asks for first.
 */
final class NodeIdentity {

    private static final int LEASE_SECONDS = 40;
    private static final String NODES = "/api/v1/nodes";
    private static final String ACCOUNTS = "/api/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/serviceaccounts";
    private static final String LEASES =
            "/apis/coordination.k8s.io/v1/namespaces/" + Names.SYSTEM_NAMESPACE + "/leases";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

    private final Cluster cluster;
    private final String node;
    private final JsonNode object;

    private NodeIdentity(Cluster cluster, String node, JsonNode object) {
        this.cluster = cluster;
        this.node = node;
        this.object = object;
    }

    /**
     * That of a node. Throws a {@link Problem} with all that is missing: rights of the user, the Node, Capstan's resources and
     * namespace.
     */
    static NodeIdentity of(Cluster cluster, String node) {
        var denied = new RightsReview(cluster).denied(needed(node));
        if (!denied.isEmpty()) {
            throw Problem.failed(
                    "The user of " + cluster.kubeconfig() + " may not make the credential of " + node
                            + ". What it may not:" + System.lineSeparator() + "  "
                            + String.join(System.lineSeparator() + "  ", denied),
                    "Ask whoever runs the cluster for these rights, or run it with an administrator's kubeconfig"
                            + " (cluster-admin has them all).");
        }
        var found = cluster.find(NODES + "/" + node);
        List<String> missing = new ArrayList<>();
        if (found.isEmpty()) {
            missing.add("there is no Node " + node
                    + " ('kubectl get nodes' lists those there are; a kubelet makes its own)");
        }
        if (cluster.find("/apis/" + Names.API_VERSION)
                .filter(kinds ->
                        kinds.path("resources").findValuesAsText("name").contains(NodeTrust.PLURAL))
                .isEmpty()) {
            missing.add("it does not know Capstan's resources");
        }
        if (cluster.find("/api/v1/namespaces/" + Names.SYSTEM_NAMESPACE).isEmpty()) {
            missing.add("it has no namespace " + Names.SYSTEM_NAMESPACE);
        }
        if (!missing.isEmpty()) {
            throw Problem.failed(
                    "The cluster of " + cluster.kubeconfig() + " is not ready for the agent of " + node + ": "
                            + String.join("; ", missing) + ".",
                    missing.size() == 1 && found.isEmpty()
                            ? "Give the name as 'kubectl get nodes' has it."
                            : "'kubectl apply -k deploy' brings resources, namespace and controller; see docs/install.md.");
        }
        return new NodeIdentity(cluster, node, found.orElseThrow());
    }

    /** Makes what is missing and puts the rights right; says what was written. */
    List<String> ensure() {
        List<String> written = new ArrayList<>();
        // First: where the DaemonSet had its agent there, it has to be gone before this one comes.
        if (cluster.ensure(
                NODES, Map.of("metadata", Map.of("name", node, "labels", Map.of(Names.AGENT_LABEL, Names.SYSTEMD))))) {
            written.add("label " + Names.AGENT_LABEL + "=" + Names.SYSTEMD + " of Node " + node
                    + ", which keeps the DaemonSet's agent from it");
        }
        ensure(ACCOUNTS, AgentRights.serviceAccount(node), written);
        for (var object : AgentRights.objects(node)) {
            ensure(collection(object), object, written);
        }
        ensure(LEASES, AgentRights.lease(node, LEASE_SECONDS), written);
        return written;
    }

    /** Takes the service account away, and with it every token that was ever given to it. */
    void revoke() {
        cluster.delete(ACCOUNTS + "/" + ObjectNames.agent(node));
    }

    /**
     * A new token.
     *
     * @param seconds how long it shall live; the API may grant less
     */
    String token(long seconds) {
        var answer = cluster.post(
                ACCOUNTS + "/" + ObjectNames.agent(node) + "/token",
                Map.of(
                        "apiVersion", "authentication.k8s.io/v1",
                        "kind", "TokenRequest",
                        "spec", Map.of("expirationSeconds", seconds)));
        var token = answer.at("/status/token").asText("");
        if (token.isEmpty()) {
            throw Problem.failed(
                    "The API gave no token for the service account of " + node + ".",
                    "Is TokenRequest on? Kubernetes has it since 1.20 (--service-account-issuer).");
        }
        return token;
    }

    private void ensure(String collection, Map<String, Object> manifest, List<String> written) {
        if (cluster.ensure(collection, owned(manifest))) {
            var metadata = (Map<?, ?>) manifest.getOrDefault("metadata", Map.of());
            var namespace = metadata.get("namespace");
            written.add(manifest.get("kind") + " " + (namespace == null ? "" : namespace + "/") + metadata.get("name"));
        }
    }

    /** With the Node as its owner. */
    private Map<String, Object> owned(Map<String, Object> manifest) {
        Map<String, Object> metadata = new HashMap<>();
        if (manifest.get("metadata") instanceof Map<?, ?> map) {
            map.forEach((key, value) -> metadata.put(String.valueOf(key), value));
        }
        metadata.put(
                "ownerReferences",
                List.of(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Node",
                        "name",
                        node,
                        "uid",
                        object.at("/metadata/uid").asText())));
        Map<String, Object> whole = new HashMap<>(manifest);
        whole.put("metadata", metadata);
        return whole;
    }

    private static String collection(Map<String, Object> object) {
        var metadata = (Map<?, ?>) object.getOrDefault("metadata", Map.of());
        return switch (String.valueOf(object.get("kind"))) {
            case "ClusterRole" -> RBAC + "clusterroles";
            case "ClusterRoleBinding" -> RBAC + "clusterrolebindings";
            case "Role" -> RBAC + "namespaces/" + metadata.get("namespace") + "/roles";
            case "RoleBinding" -> RBAC + "namespaces/" + metadata.get("namespace") + "/rolebindings";
            default -> throw new IllegalArgumentException("an object of another kind: " + object.get("kind"));
        };
    }

    /**
     * All that the user has to be allowed. RBAC lets nobody give away what she may not do herself (kubernetes.io, "Privilege
     * escalation prevention"), so the agent's rights are among them.
     */
    private static List<RightsReview.Right> needed(String node) {
        var name = ObjectNames.agent(node);
        var rbac = "rbac.authorization.k8s.io";
        var rights = new LinkedHashSet<RightsReview.Right>();
        for (var verb : List.of("get", "patch")) {
            rights.add(new RightsReview.Right(verb, "", "nodes", "", node));
        }
        for (var namespace : List.of(Names.SECRET_NAMESPACE, Names.SYSTEM_NAMESPACE)) {
            rights.add(new RightsReview.Right("get", "", "namespaces", "", namespace));
        }
        for (var verb : List.of("get", "create", "patch")) {
            rights.add(new RightsReview.Right(verb, "", "serviceaccounts", Names.SYSTEM_NAMESPACE, name));
            for (var kind : List.of("clusterroles", "clusterrolebindings")) {
                rights.add(new RightsReview.Right(verb, rbac, kind, "", name));
            }
            for (var kind : List.of("roles", "rolebindings")) {
                for (var namespace : List.of(Names.SECRET_NAMESPACE, Names.SYSTEM_NAMESPACE)) {
                    rights.add(new RightsReview.Right(verb, rbac, kind, namespace, name));
                }
            }
            rights.add(new RightsReview.Right(verb, "coordination.k8s.io", "leases", Names.SYSTEM_NAMESPACE, node));
        }
        rights.add(new RightsReview.Right("create", "", "serviceaccounts/token", Names.SYSTEM_NAMESPACE, name));
        given(rights, "", AgentRights.clusterRules(node));
        given(rights, Names.SECRET_NAMESPACE, AgentRights.secretRules());
        given(rights, Names.SYSTEM_NAMESPACE, AgentRights.systemRules(node));
        return List.copyOf(rights);
    }

    private static void given(Set<RightsReview.Right> rights, String namespace, List<AgentRights.Rule> rules) {
        for (var rule : rules) {
            for (var verb : rule.verbs()) {
                for (var name : rule.resourceNames().isEmpty() ? List.of("") : rule.resourceNames()) {
                    rights.add(new RightsReview.Right(verb, rule.apiGroup(), rule.resource(), namespace, name));
                }
            }
        }
    }
}
