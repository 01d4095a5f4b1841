package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ResourceGroup;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the controller itself may do, and nothing else. Of Secrets it may read the user's alone: watched without its content
 * (Kubernetes has no right for metadata alone), read whole where nodes are guarded or were proven, and handed on to agents.
 */
public final class ControllerRights {

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String LEASES = "coordination.k8s.io";
    private static final List<String> WATCH = List.of("get", "list", "watch");
    private static final List<String> MAKE = List.of("get", "create", "patch", "delete");

    private ControllerRights() {}

    /** Where its nodes are: in the one cluster, or in each managed cluster. Everything is of the cluster's scope. */
    public static List<Rule> onNodes() {
        return List.of(
                new Rule("", "nodes", List.of(), WATCH),
                new Rule("", "nodes/status", List.of(), List.of("patch")),
                new Rule(
                        Names.GROUP,
                        NodeTrust.PLURAL,
                        List.of(),
                        List.of("get", "list", "watch", "create", "patch", "delete")),
                new Rule(
                        Names.GROUP,
                        CertificateSets.PLURAL,
                        List.of(),
                        List.of("get", "list", "watch", "create", "patch", "delete")),
                new Rule("", "secrets", List.of(Names.SECRET_NAME), WATCH),
                new Rule("", "events", List.of(), List.of("get", "list", "create", "patch", "delete")),
                new Rule("", "serviceaccounts", List.of(), MAKE),
                new Rule(LEASES, "leases", List.of(), List.of("get", "list", "watch", "create", "update", "delete")),
                new Rule(RBAC, "clusterroles", List.of(), MAKE),
                new Rule(RBAC, "clusterrolebindings", List.of(), MAKE),
                new Rule(RBAC, "roles", List.of(), MAKE),
                new Rule(RBAC, "rolebindings", List.of(), MAKE),
                // Only to hand them on to agents (Kubernetes: nobody grants what he has not).
                new Rule(Names.GROUP, NodeTrust.PLURAL + "/status", List.of(), List.of("patch")),
                new Rule("", "namespaces", List.of(Names.SECRET_NAMESPACE), List.of("get")),
                new Rule("", "serviceaccounts/token", List.of(), List.of("create")));
    }

    /**
     * What it needs where it is in the cluster whose nodes it looks after, whatever the namespace. It makes nobody's rights
     * there, deletes nothing but NodeTrusts, and of a Node changes nothing but its status and a taint of Capstan's own: that
     * takes the right to patch Nodes, since Kubernetes has none for taints alone.
     */
    public static List<Rule> onThisCluster() {
        return List.of(
                new Rule("", "nodes", List.of(), List.of("get", "list", "watch", "patch")),
                new Rule("", "nodes/status", List.of(), List.of("patch")),
                new Rule(
                        Names.GROUP,
                        NodeTrust.PLURAL,
                        List.of(),
                        List.of("get", "list", "watch", "create", "patch", "delete")),
                new Rule(Names.GROUP, AgentPool.PLURAL, List.of(), WATCH),
                new Rule(Names.GROUP, AgentPool.PLURAL + "/status", List.of(), List.of("patch")),
                new Rule("", "secrets", List.of(Names.SECRET_NAME), WATCH),
                new Rule("", "events", List.of(), List.of("get", "create", "patch")),
                // Who asks for metrics, and whether she may.
                new Rule("authentication.k8s.io", "tokenreviews", List.of(), List.of("create")),
                new Rule("authorization.k8s.io", "subjectaccessreviews", List.of(), List.of("create")));
    }

    /** What it needs besides in the namespace {@code capstan-system} of that cluster: the agents' Leases, which it makes for them. */
    public static List<Rule> onThisClusterInSystem() {
        return List.of(new Rule(LEASES, "leases", List.of(), List.of("get", "list", "watch", "create", "delete")));
    }

    /** What it needs besides in {@code kube-system}: the Lease by which one of several works. Kubernetes binds create to no name. */
    public static List<Rule> onThisClusterForItsLease() {
        return List.of(
                new Rule(LEASES, "leases", List.of(), List.of("create")),
                new Rule(LEASES, "leases", List.of(Names.CONTROLLER_LEASE), List.of("get", "update")));
    }

    /** What it needs besides in a managed cluster, whose Nodes and definitions it makes itself. */
    public static List<Rule> onManagedClusters() {
        return Stream.concat(
                        onNodes().stream(),
                        Stream.of(
                                new Rule("", "nodes", List.of(), List.of("create", "patch", "delete")),
                                // To drain a node: its pods are asked to go; those left are deleted after their
                                // machine.
                                new Rule("", "pods", List.of(), List.of("get", "list", "delete")),
                                new Rule("", "pods/eviction", List.of(), List.of("create")),
                                new Rule("", "namespaces", List.of(), List.of("get", "create", "patch")),
                                new Rule(
                                        "apiextensions.k8s.io",
                                        "customresourcedefinitions",
                                        List.of(),
                                        List.of("get", "list", "watch", "create", "patch"))))
                .toList();
    }

    /** What it needs in the management cluster. */
    public static List<Rule> onManagement() {
        return List.of(
                new Rule(
                        Names.GROUP,
                        ManagedCluster.PLURAL,
                        List.of(),
                        List.of("get", "list", "watch", "patch", "delete")),
                new Rule(Names.GROUP, ManagedCluster.PLURAL + "/status", List.of(), List.of("update")),
                new Rule(Names.GROUP, ResourceGroup.PLURAL, List.of(), List.of("get", "list", "watch", "delete")),
                new Rule(Names.GROUP, ResourceGroup.PLURAL + "/status", List.of(), List.of("update")),
                new Rule(
                        Names.GROUP,
                        AgentPool.PLURAL,
                        List.of(),
                        List.of("get", "list", "watch", "create", "patch", "delete")),
                new Rule(Names.GROUP, AgentPool.PLURAL + "/status", List.of(), List.of("update")),
                new Rule(
                        "apiextensions.k8s.io",
                        "customresourcedefinitions",
                        List.of(),
                        List.of("get", "list", "watch", "create", "patch")));
    }
}
