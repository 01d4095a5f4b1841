package dev.capstan.embeddedkubernetes.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Pending;
import java.util.Collection;
import java.util.List;

/** To come. */
@SuppressWarnings("UnusedMethod")
public final class Policy {

    private Policy() {}

    /** Reads the policy from the four kinds of objects. */
    public static Policy of(
            Collection<? extends JsonNode> clusterRoles,
            Collection<? extends JsonNode> clusterRoleBindings,
            Collection<? extends JsonNode> roles,
            Collection<? extends JsonNode> roleBindings) {
        return Pending.value();
    }

    /** The objects every cluster has: cluster-admin, discovery, basic-user and their bindings. */
    public static List<ObjectNode> defaultObjects() {
        return Pending.value();
    }

    /** Whether a user may do what is asked, and by which rule. */
    public Decision authorize(User user, Request request) {
        return Pending.value();
    }

    /** All rules that apply to a user in a namespace; an empty namespace means cluster-wide rules only. */
    public List<PolicyRule> rulesFor(User user, String namespace) {
        return Pending.value();
    }

    /** The rules a binding's {@code roleRef} points at, empty when there is no such role; namespace empty for a ClusterRoleBinding. */
    public List<PolicyRule> rulesOf(JsonNode roleRef, String namespace) {
        return Pending.value();
    }

    /**
     * Guards against privilege escalation: those of the asked-for rules that the owned rules do not cover, broken down to one
     * verb, group, resource and name each; empty when everything is covered.
     */
    public static List<PolicyRule> uncovered(Collection<PolicyRule> owned, Collection<PolicyRule> asked) {
        return Pending.value();
    }
}
