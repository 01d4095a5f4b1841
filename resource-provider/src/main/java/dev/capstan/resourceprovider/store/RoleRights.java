package dev.capstan.resourceprovider.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Role;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.Principal;
import dev.capstan.resources.Registration;
import dev.capstan.resources.ResourceGroup;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Kubernetes lets the callers of each role do in the management cluster: a ClusterRole {@code capstan:ROLE}, bound to the
 * group of that name. It is the second lock, and the coarser: in which group or cluster a role holds is what the façade itself
 * decides before. Made at the start, and put right where they were changed.
 */
public final class RoleRights {

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String ROLES = "/apis/" + RBAC + "/v1/clusterroles";
    private static final String BINDINGS = "/apis/" + RBAC + "/v1/clusterrolebindings";
    private static final List<String> READ = List.of("get", "list", "watch");
    private static final List<String> WRITE = List.of("create", "update", "patch", "delete");

    private RoleRights() {}

    /** The group that callers of a role are in. */
    static String group(Role role) {
        return OnBehalf.PREFIX + role.word().toLowerCase(Locale.ROOT);
    }

    /** Makes what is missing or was changed. */
    public static void ensure(KubernetesApi api) {
        for (Role role : Role.values()) {
            ensure(api, ROLES, clusterRole(role), "rules");
            ensure(api, BINDINGS, binding(role), "subjects");
        }
    }

    private static void ensure(KubernetesApi api, String path, ObjectNode wanted, String what) {
        String name = wanted.at("/metadata/name").asText();
        Optional<ObjectNode> there = api.get(path + "/" + name);
        try {
            if (there.isEmpty()) {
                api.create(path, wanted);
            } else if (!there.get().path(what).equals(wanted.path(what))) {
                ObjectNode changed = there.get().deepCopy();
                changed.set(what, wanted.path(what));
                api.replace(path + "/" + name, changed);
            }
        } catch (Conflict byAnother) {
            // Another server of this cluster makes the same at the same time.
        }
    }

    private static ObjectNode clusterRole(Role role) {
        ObjectNode object = named("ClusterRole", role);
        ArrayNode rules = object.putArray("rules");
        rule(rules, List.of("*"), READ);
        if (role.includes(Role.CONTRIBUTOR)) {
            rule(rules, List.of(ManagedCluster.PLURAL, ResourceGroup.PLURAL, Registration.PLURAL), WRITE);
        }
        if (role.includes(Role.OWNER)) {
            rule(rules, List.of(Principal.PLURAL), WRITE);
        }
        return object;
    }

    private static void rule(ArrayNode rules, List<String> resources, List<String> verbs) {
        ObjectNode rule = rules.addObject();
        rule.putArray("apiGroups").add(Names.GROUP);
        rule.set("resources", Json.tree(resources));
        rule.set("verbs", Json.tree(verbs));
    }

    private static ObjectNode binding(Role role) {
        ObjectNode object = named("ClusterRoleBinding", role);
        object.putObject("roleRef")
                .put("apiGroup", RBAC)
                .put("kind", "ClusterRole")
                .put("name", group(role));
        object.putArray("subjects")
                .addObject()
                .put("kind", "Group")
                .put("apiGroup", RBAC)
                .put("name", group(role));
        return object;
    }

    private static ObjectNode named(String kind, Role role) {
        ObjectNode object = Json.object().put("apiVersion", RBAC + "/v1").put("kind", kind);
        object.putObject("metadata")
                .put("name", group(role))
                .putObject("labels")
                .put(Names.MANAGED_BY_LABEL, Names.MANAGED_BY);
        return object;
    }
}
