package dev.capstan.embeddedkubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.pipeline.Admission;
import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.pipeline.Json;
import dev.capstan.embeddedkubernetes.rbac.Policy;
import dev.capstan.embeddedkubernetes.rbac.PolicyRule;
import dev.capstan.embeddedkubernetes.rbac.Request;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.schema.FieldError;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Nobody grants what she does not have (https://kubernetes.io/docs/reference/access-authn-authz/rbac/, "Privilege
 * escalation prevention and bootstrapping"): the rules of a role, and those of the role a binding refers to, must be
 * covered by the writer's own, unless she may {@code escalate} the roles or {@code bind} that role. A binding's roleRef
 * never changes.
 */
public final class EscalationGuard implements Admission {
    private final Authorizer authorizer;

    /** A guard that knows the writer's rights from the authorizer. */
    public EscalationGuard(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public void admit(Attempt attempt) {
        if (attempt.deletion()) {
            return;
        }
        if (attempt.isAbout(Authorizer.ROLES) || attempt.isAbout(Authorizer.CLUSTER_ROLES)) {
            admitRole(attempt);
        } else if (attempt.isAbout(Authorizer.ROLE_BINDINGS) || attempt.isAbout(Authorizer.CLUSTER_ROLE_BINDINGS)) {
            admitBinding(attempt);
        }
    }

    private void admitRole(Attempt attempt) {
        User user = attempt.user();
        ObjectNode role = attempt.object();
        ObjectNode old = attempt.old();
        if (user == null || (old != null && Json.same(old.path("rules"), role.path("rules")))) {
            return;
        }
        Request escalate = request("escalate", attempt, attempt.kind().plural(), Json.meta(role, "name"));
        if (!authorizer.policy().authorize(user, escalate).allowed()) {
            requireCovered(attempt, user, PolicyRule.rulesOf(role));
        }
    }

    private void admitBinding(Attempt attempt) {
        User user = attempt.user();
        ObjectNode binding = attempt.object();
        JsonNode roleRef = binding.path("roleRef");
        ObjectNode old = attempt.old();
        if (old != null && !Json.same(old.path("roleRef"), roleRef)) {
            attempt.errors().add(FieldError.invalid("roleRef", roleRef.toString(), "cannot change roleRef"));
            return;
        }
        if (user == null || (old != null && Json.same(old.path("subjects"), binding.path("subjects")))) {
            return;
        }
        String roles = roleRef.path("kind").asText("").equals("ClusterRole") ? "clusterroles" : "roles";
        Request bind = request("bind", attempt, roles, roleRef.path("name").asText(""));
        Policy policy = authorizer.policy();
        if (!policy.authorize(user, bind).allowed()) {
            requireCovered(attempt, user, policy.rulesOf(roleRef, Json.meta(binding, "namespace")));
        }
    }

    private static Request request(String verb, Attempt attempt, String roles, String name) {
        return new Request.Resource(verb, Authorizer.GROUP, roles, "", Json.meta(attempt.object(), "namespace"), name);
    }

    private void requireCovered(Attempt attempt, User user, List<PolicyRule> asked) {
        List<PolicyRule> owned = authorizer.policy().rulesFor(user, Json.meta(attempt.object(), "namespace"));
        List<PolicyRule> uncovered = Policy.uncovered(owned, asked);
        if (!uncovered.isEmpty()) {
            String words = uncovered.stream()
                    .map(rule -> rule.toJson().toString())
                    .distinct()
                    .collect(Collectors.joining("\n"));
            throw ApiFailure.forbidden(
                    attempt.kind().group(),
                    attempt.kind().plural(),
                    Json.meta(attempt.object(), "name"),
                    "user \"" + user.name() + "\" (groups=" + new TreeSet<>(user.groups())
                            + ") is attempting to grant RBAC permissions not currently held:\n" + words);
        }
    }
}
