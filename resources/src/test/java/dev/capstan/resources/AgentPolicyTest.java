package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The admission policy that holds the agents' shared account to its own node: its expressions, evaluated as Kubernetes
 * documents it (ValidatingAdmissionPolicy): match conditions first, then every validation, variables where they are named.
 */
class AgentPolicyTest {

    private static final Path POLICY = Path.of("../deploy/admission-policy/policy.yaml");
    private static final String AGENT = "system:serviceaccount:capstan-system:capstan-agent";
    private static final String NODE_NAME = "authentication.kubernetes.io/node-name";
    private static final MapType OBJECT = MapType.create(SimpleType.STRING, SimpleType.DYN);

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .addVar("request", OBJECT)
            .addVar("variables", OBJECT)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().build();

    @ParameterizedTest
    @ValueSource(strings = {"nodetrusts/status", "leases"})
    void anAgentChangesWhatIsOfItsOwnNode(String resource) {
        assertThat(refusals(request(AGENT, "w1", "UPDATE", resource, "w1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodetrusts", "nodetrusts/status", "leases"})
    void nothingOfAnotherNode(String resource) {
        assertThat(refusals(request(AGENT, "w1", "UPDATE", resource, "w2")))
                .containsExactly("the agent of node w1 may not change " + resource.replace("/status", "") + " w2");
    }

    @Test
    void notTheControllersLease() {
        assertThat(refusals(request(AGENT, "w1", "UPDATE", "leases", "capstan-controller")))
                .containsExactly("the agent of node w1 may not change leases capstan-controller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE", "DELETE"})
    void itMakesAndDeletesNothing(String operation) {
        assertThat(refusals(request(AGENT, "w1", operation, "leases", "w1")))
                .containsExactly("an agent makes and deletes nothing");
    }

    @Test
    void aTokenThatNamesNoNodeChangesNothing() {
        assertThat(refusals(request(AGENT, null, "UPDATE", "nodetrusts/status", "w1")))
                .containsExactly(
                        "this token of capstan-agent names no node: only the token that a kubelet gave to the agent's pod"
                                + " may write");
        Map<String, Object> withoutExtra = request(AGENT, "w1", "UPDATE", "leases", "w1");
        withoutExtra.put("userInfo", Map.of("username", AGENT));
        assertThat(refusals(withoutExtra)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system:serviceaccount:capstan-system:capstan-controller",
                "system:serviceaccount:capstan-system:capstan-agent-w2",
                "system:serviceaccount:elsewhere:capstan-agent",
                "admin"
            })
    void nobodyElseIsHeldToIt(String user) {
        assertThat(refusals(request(user, null, "UPDATE", "nodetrusts/status", "w1")))
                .isEmpty();
    }

    /** Every right to write that the shared account has is one that the policy judges. */
    @Test
    void everyWriteOfTheSharedAccountIsJudged() {
        List<String> judged = list(map(map(policy(), "spec"), "matchConstraints"), "resourceRules").stream()
                .flatMap(rule -> texts(rule, "resources").stream()
                        .map(resource -> texts(rule, "apiGroups").getFirst() + " " + resource))
                .toList();

        assertThat(Stream.concat(AgentRights.sharedClusterRules().stream(), AgentRights.sharedSystemRules().stream())
                        .filter(rule -> !List.of("get", "list", "watch").containsAll(rule.verbs()))
                        .map(rule -> rule.apiGroup() + " " + rule.resource()))
                .isSubsetOf(judged)
                .hasSize(2);
    }

    @Test
    void theBindingDenies() {
        Map<String, Object> binding = documents().get(1);

        assertThat(map(binding, "spec"))
                .containsEntry("policyName", map(policy(), "metadata").get("name"))
                .containsEntry("validationActions", List.of("Deny", "Audit"));
        assertThat(map(policy(), "spec")).containsEntry("failurePolicy", "Fail");
    }

    private static Map<String, Object> request(
            String user, @Nullable String node, String operation, String resource, String name) {
        Map<String, Object> request = new HashMap<>();
        request.put("operation", operation);
        request.put("name", name);
        request.put("resource", Map.of("resource", resource.replace("/status", "")));
        request.put("subResource", resource.endsWith("/status") ? "status" : "");
        request.put(
                "userInfo",
                Map.of(
                        "username",
                        user,
                        "extra",
                        node == null
                                ? Map.of("authentication.kubernetes.io/credential-id", List.of("JTI=1"))
                                : Map.of(NODE_NAME, List.of(node))));
        return request;
    }

    /** The messages of what does not hold. */
    private static List<String> refusals(Map<String, Object> request) {
        Map<String, Object> spec = map(policy(), "spec");
        Map<String, Object> variables = new HashMap<>();
        Map<String, Object> known = Map.of("request", request, "variables", variables);
        for (Map<String, Object> condition : list(spec, "matchConditions")) {
            if (!(boolean) evaluate(condition, "expression", known)) {
                return List.of();
            }
        }
        for (Map<String, Object> variable : list(spec, "variables")) {
            variables.put((String) variable.get("name"), evaluate(variable, "expression", known));
        }
        List<String> refusals = new ArrayList<>();
        for (Map<String, Object> validation : list(spec, "validations")) {
            if (!(boolean) evaluate(validation, "expression", known)) {
                refusals.add((String)
                        (validation.containsKey("messageExpression")
                                ? evaluate(validation, "messageExpression", known)
                                : validation.get("message")));
            }
        }
        return refusals;
    }

    private static Object evaluate(Map<String, Object> from, String key, Map<String, Object> known) {
        try {
            return RUNTIME.createProgram(
                            COMPILER.compile((String) from.get(key)).getAst())
                    .eval(known);
        } catch (Exception notCel) {
            throw new AssertionError(from.get(key) + ": " + notCel.getMessage(), notCel);
        }
    }

    private static Map<String, Object> policy() {
        return documents().getFirst();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> documents() {
        try {
            return StreamSupport.stream(
                            new Load(LoadSettings.builder().build())
                                    .loadAllFromString(Files.readString(POLICY))
                                    .spliterator(),
                            false)
                    .map(document -> (Map<String, Object>) document)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> of, String key) {
        return (Map<String, Object>) of.get(key);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> of, String key) {
        return (List<Map<String, Object>>) of.get(key);
    }

    @SuppressWarnings("unchecked")
    private static List<String> texts(Map<String, Object> of, String key) {
        return (List<String>) of.get(key);
    }
}
