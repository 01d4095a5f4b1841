package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentRights;
import dev.capstan.resources.AgentRights.Rule;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rights in {@code deploy/} are the lists in Java, no more and no less. */
class DeployedRightsTest {

    private static final Path DEPLOY = Path.of("../deploy");
    private static final String EVERYWHERE = "";

    @Test
    void theAgentsHaveTheirListAndNothingElse() throws Exception {
        assertThat(rightsOf("capstan-agent", "agent-rights.yaml"))
                .isEqualTo(Map.of(
                        EVERYWHERE,
                        flat(AgentRights.sharedClusterRules()),
                        Names.SECRET_NAMESPACE,
                        flat(AgentRights.secretRules()),
                        Names.SYSTEM_NAMESPACE,
                        flat(AgentRights.sharedSystemRules())));
    }

    @Test
    void theControllerHasItsListAndNothingElse() throws Exception {
        assertThat(rightsOf("capstan-controller", "controller-rights.yaml"))
                .isEqualTo(Map.of(
                        EVERYWHERE,
                        flat(ControllerRights.onThisCluster()),
                        Names.SYSTEM_NAMESPACE,
                        flat(ControllerRights.onThisClusterInSystem()),
                        Names.CONTROLLER_LEASE_NAMESPACE,
                        flat(ControllerRights.onThisClusterForItsLease())));
    }

    /** What the account may do, by namespace: roles that no binding gives it are none. */
    private static Map<String, Set<String>> rightsOf(String account, String file) throws Exception {
        List<HasMetadata> objects = objects(file);
        Map<String, Set<String>> rights = new HashMap<>();
        for (HasMetadata binding : objects) {
            switch (binding) {
                case ClusterRoleBinding cluster -> {
                    assertThat(cluster.getSubjects()).hasSize(1).allSatisfy(subject -> {
                        assertThat(subject.getName()).isEqualTo(account);
                        assertThat(subject.getNamespace()).isEqualTo(Names.SYSTEM_NAMESPACE);
                    });
                    rights.computeIfAbsent(EVERYWHERE, none -> new TreeSet<>())
                            .addAll(rules(role(
                                            objects,
                                            ClusterRole.class,
                                            cluster.getRoleRef().getName(),
                                            EVERYWHERE)
                                    .getRules()));
                }
                case RoleBinding one -> {
                    String namespace = one.getMetadata().getNamespace();
                    assertThat(one.getRoleRef().getKind()).isEqualTo("Role");
                    assertThat(one.getSubjects()).hasSize(1).allSatisfy(subject -> {
                        assertThat(subject.getName()).isEqualTo(account);
                        assertThat(subject.getNamespace()).isEqualTo(Names.SYSTEM_NAMESPACE);
                    });
                    rights.computeIfAbsent(namespace, none -> new TreeSet<>())
                            .addAll(rules(
                                    role(objects, Role.class, one.getRoleRef().getName(), namespace)
                                            .getRules()));
                }
                default -> {
                    // Accounts and roles.
                }
            }
        }
        return rights;
    }

    private static <T extends HasMetadata> T role(
            List<HasMetadata> objects, Class<T> kind, String name, String namespace) {
        return objects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(role -> role.getMetadata().getName().equals(name))
                .filter(role -> namespace.equals(EVERYWHERE)
                        || namespace.equals(role.getMetadata().getNamespace()))
                .findFirst()
                .orElseThrow();
    }

    /** One text for each verb on each resource, so that how rules are joined does not matter. */
    private static Set<String> rules(Collection<PolicyRule> rules) {
        Set<String> flat = new TreeSet<>();
        for (PolicyRule rule : rules) {
            assertThat(rule.getNonResourceURLs()).isEmpty();
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    flat.addAll(flat(List.of(new Rule(group, resource, rule.getResourceNames(), rule.getVerbs()))));
                }
            }
        }
        return flat;
    }

    private static Set<String> flat(List<Rule> rules) {
        Set<String> flat = new TreeSet<>();
        for (Rule rule : rules) {
            for (String verb : rule.verbs()) {
                flat.add(verb + " " + rule.apiGroup() + "/" + rule.resource() + " " + rule.resourceNames());
            }
        }
        return flat;
    }

    private static List<HasMetadata> objects(String file) throws Exception {
        KubernetesSerialization serialization = new KubernetesSerialization();
        return List.of(Files.readString(DEPLOY.resolve(file)).split("(?m)^---$", -1)).stream()
                .map(document -> (HasMetadata) serialization.unmarshal(document))
                .toList();
    }
}
