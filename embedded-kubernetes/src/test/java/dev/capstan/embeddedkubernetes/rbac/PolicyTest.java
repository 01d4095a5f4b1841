package dev.capstan.embeddedkubernetes.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.kinds.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

    private static final Policy POLICY = Policy.of(
            byKind(
                    "ClusterRole",
                    List.of(
                            "{'metadata':{'name':'reader'},'rules':[{'verbs':['get','list','watch'],'apiGroups':[''],'resources':['secrets','nodes']}]}",
                            "{'metadata':{'name':'status'},'rules':[{'verbs':['patch'],'apiGroups':['capstan.dev'],'resources':['*/status'],'resourceNames':['n1']}]}")),
            byKind(
                    "ClusterRoleBinding",
                    List.of(
                            "{'metadata':{'name':'b1'},'roleRef':{'kind':'ClusterRole','name':'status'},'subjects':[{'kind':'ServiceAccount','name':'agent','namespace':'capstan-system'}]}",
                            "{'metadata':{'name':'b2'},'roleRef':{'kind':'ClusterRole','name':'gone'},'subjects':[{'kind':'User','name':'alice'}]}")),
            List.of(
                    Json.of(
                            "{'metadata':{'name':'leases','namespace':'capstan-system'},'rules':[{'verbs':['*'],'apiGroups':['coordination.k8s.io'],'resources':['leases']},"
                                    + "{'verbs':['create'],'apiGroups':[''],'resources':['serviceaccounts/token'],'resourceNames':['agent']}]}")),
            List.of(
                    Json.of(
                            "{'metadata':{'name':'rb','namespace':'capstan-system'},'roleRef':{'kind':'Role','name':'leases'},'subjects':[{'kind':'ServiceAccount','name':'agent'}]}"),
                    Json.of(
                            "{'metadata':{'name':'rc','namespace':'team'},'roleRef':{'kind':'ClusterRole','name':'reader'},'subjects':[{'kind':'Group','name':'devs'}]}")));

    private static List<JsonNode> byKind(String kind, List<String> more) {
        List<JsonNode> objects = new ArrayList<>();
        Policy.defaultObjects().stream()
                .filter(o -> o.path("kind").asText().equals(kind))
                .forEach(objects::add);
        more.forEach(m -> objects.add(Json.of(m)));
        return objects;
    }

    @ParameterizedTest(name = "{0} {1} {2} in {3} named {4}: {5}")
    @CsvSource(
            nullValues = "-",
            value = {
                // user,                     verb,   group/resource/subresource,             namespace,      name,
                // allowed
                "agent,                      patch,  capstan.dev|nodetrusts|status,          '',             n1,   true",
                "agent,                      patch,  capstan.dev|nodetrusts|status,          '',             n2,   false",
                "agent,                      patch,  capstan.dev|nodetrusts|,                '',             n1,   false",
                "agent,                      list,   capstan.dev|nodetrusts|status,          '',             '',   false",
                "agent,                      create, coordination.k8s.io|leases|,            capstan-system, '',   true",
                "agent,                      get,    coordination.k8s.io|leases|,            default,        x,    false",
                "agent,                      get,    coordination.k8s.io|leases|,            '',             '',   false",
                "agent,                      create, |serviceaccounts|token,                 capstan-system, agent,true",
                "agent,                      create, |serviceaccounts|token,                 capstan-system, other,false",
                "agent,                      create, |serviceaccounts|,                      capstan-system, agent,false",
                "dev,                        get,    |secrets|,                              team,           s,    true",
                "dev,                        get,    |secrets|,                              default,        s,    false",
                "dev,                        get,    |nodes|,                                '',             n,    false",
                "dev,                        delete, |secrets|,                              team,           s,    false",
                "alice,                      get,    |secrets|,                              team,           s,    false",
                "alice,                      create, authorization.k8s.io|selfsubjectaccessreviews|, '',    '',   true",
                "root,                       delete, anything|at|all,                        any,            x,    true",
                "nobody,                     get,    |secrets|,                              team,           s,    false",
            })
    void resources(String user, String verb, String resource, String namespace, String name, boolean allowed) {
        String[] parts = resource.split("\\|", -1);
        assertThat(POLICY.authorize(
                                user(user), new Request.Resource(verb, parts[0], parts[1], parts[2], namespace, name))
                        .allowed())
                .isEqualTo(allowed);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "alice,  get,  /apis/example.org, true",
        "alice,  get,  /api,              true",
        "alice,  get,  /apisx,            false",
        "alice,  post, /api,              false",
        "alice,  get,  /metrics,          false",
        "nobody, get,  /healthz,          true",
        "nobody, get,  /api,              false",
        "nobody, get,  /version,          false",
        "root,   get,  /metrics,          true",
    })
    void paths(String user, String verb, String path, boolean allowed) {
        assertThat(POLICY.authorize(user(user), new Request.Path(verb, path)).allowed())
                .isEqualTo(allowed);
    }

    private static User user(String name) {
        return switch (name) {
            case "root" -> new User("root", Set.of(User.MASTERS, "system:authenticated"));
            case "agent" -> new User("system:serviceaccount:capstan-system:agent", Set.of("system:authenticated"));
            case "dev" -> new User("dave", Set.of("devs", "system:authenticated"));
            case "nobody" -> new User("system:anonymous", Set.of("system:unauthenticated"));
            default -> new User(name, Set.of("system:authenticated"));
        };
    }

    @Test
    void theReasonNamesBindingRoleAndSubject() {
        Request lease = new Request.Resource("get", "coordination.k8s.io", "leases", "", "capstan-system", "n1");
        assertThat(POLICY.authorize(user("agent"), lease))
                .isEqualTo(new Decision(
                        true,
                        "RBAC: allowed by RoleBinding \"rb/capstan-system\" of Role \"leases\" to ServiceAccount"
                                + " \"agent/capstan-system\""));
        assertThat(POLICY.authorize(user("alice"), lease)).isEqualTo(new Decision(false, ""));
    }

    @Test
    void rulesOfAUserInANamespace() {
        assertThat(POLICY.rulesFor(user("dev"), "team"))
                .anyMatch(r -> r.resources().contains("secrets"))
                .anyMatch(r -> r.nonResourceUrls().contains("/api"));
        assertThat(POLICY.rulesFor(user("dev"), "default"))
                .noneMatch(r -> r.resources().contains("secrets"));
        assertThat(POLICY.rulesFor(user("root"), "x")).hasSize(2);
        assertThat(POLICY.rulesOf(Json.of("{'kind':'ClusterRole','name':'reader'}"), ""))
                .hasSize(1);
        assertThat(POLICY.rulesOf(Json.of("{'kind':'Role','name':'leases'}"), "capstan-system"))
                .hasSize(2);
        assertThat(POLICY.rulesOf(Json.of("{'kind':'Role','name':'leases'}"), ""))
                .isEmpty();
        assertThat(POLICY.rulesOf(Json.of("{'kind':'ClusterRole','name':'gone'}"), ""))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}: {3}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            same                       | [{'verbs':['get'],'apiGroups':[''],'resources':['secrets']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['secrets']}] | 0
            all covers one             | [{'verbs':['*'],'apiGroups':['*'],'resources':['*']}] | [{'verbs':['get'],'apiGroups':['a'],'resources':['x/status']}] | 0
            one does not cover all     | [{'verbs':['get'],'apiGroups':[''],'resources':['secrets']}] | [{'verbs':['*'],'apiGroups':[''],'resources':['secrets']}] | 1
            rules add up               | [{'verbs':['get'],'apiGroups':[''],'resources':['a']},{'verbs':['get'],'apiGroups':[''],'resources':['b']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['a','b']}] | 0
            one verb too many          | [{'verbs':['get'],'apiGroups':[''],'resources':['a']}] | [{'verbs':['get','list'],'apiGroups':[''],'resources':['a']}] | 1
            name within all names      | [{'verbs':['get'],'apiGroups':[''],'resources':['a']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['a'],'resourceNames':['x']}] | 0
            all names beyond one       | [{'verbs':['get'],'apiGroups':[''],'resources':['a'],'resourceNames':['x']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['a']}] | 1
            another name               | [{'verbs':['get'],'apiGroups':[''],'resources':['a'],'resourceNames':['x']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['a'],'resourceNames':['x','y']}] | 1
            subresource of anything    | [{'verbs':['get'],'apiGroups':[''],'resources':['*/status']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['nodes/status']}] | 0
            resource beyond subresource| [{'verbs':['get'],'apiGroups':[''],'resources':['*/status']}] | [{'verbs':['get'],'apiGroups':[''],'resources':['nodes']}] | 1
            path below a star          | [{'verbs':['get'],'nonResourceURLs':['/api/*']}] | [{'verbs':['get'],'nonResourceURLs':['/api/v1','/api/*']}] | 0
            path beyond                | [{'verbs':['get'],'nonResourceURLs':['/api/*']}] | [{'verbs':['get'],'nonResourceURLs':['/metrics','*']}] | 2
            nothing owned              | [] | [{'verbs':['get'],'apiGroups':[''],'resources':['a','b']}] | 2
            """)
    void uncovered(String name, String owned, String asked, int missing) {
        assertThat(Policy.uncovered(rules(owned), rules(asked))).hasSize(missing);
    }

    private static List<PolicyRule> rules(String rules) {
        ObjectNode role = Json.object("{}");
        role.set("rules", Json.of(rules));
        return PolicyRule.rulesOf(role);
    }

    @Test
    void aRuleThatStandsForMillionsIsNotBrokenDown() {
        ObjectNode role = Json.object("{'rules':[{'verbs':[],'apiGroups':[],'resources':[]}]}");
        for (String field : List.of("verbs", "apiGroups", "resources")) {
            for (int i = 0; i < 1_000; i++) {
                role.withArray("/rules/0/" + field).add("x" + i);
            }
        }
        Assertions.assertTimeout(
                Duration.ofMinutes(2),
                () -> assertThat(Policy.uncovered(List.of(), PolicyRule.rulesOf(role)))
                        .hasSize(1));
    }

    @Test
    void rulesSurviveTheWayToJsonAndBack() {
        Policy.defaultObjects().stream()
                .flatMap(o -> PolicyRule.rulesOf(o).stream())
                .forEach(rule -> {
                    ObjectNode role = Json.object("{}");
                    role.putArray("rules").add(rule.toJson());
                    assertThat(PolicyRule.rulesOf(role)).containsExactly(rule);
                });
    }
}
