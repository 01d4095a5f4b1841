package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.embeddedkubernetes.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every test has a namespace of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvictionTest {
    private static final String REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
    private TestServer server;

    @BeforeAll
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private void namespace(String name) throws Exception {
        server.post(
                        "/api/v1/namespaces",
                        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}")
                .expect(201);
    }

    private static String pods(String namespace) {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    private static String budgets(String namespace) {
        return "/apis/policy/v1/namespaces/" + namespace + "/poddisruptionbudgets";
    }

    private void pod(String namespace, String name, String phase, boolean ready) throws Exception {
        server.post(
                        pods(namespace),
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                                + "\",\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}")
                .expect(201);
        String status = "{\"status\":{\"phase\":\"" + phase + "\",\"conditions\":[{\"type\":\"Ready\",\"status\":\""
                + (ready ? "True" : "False") + "\"}]}}";
        server.merge(pods(namespace) + "/" + name + "/status", status).expect(200);
    }

    private void budget(String namespace, String name, String spec) throws Exception {
        server.post(
                        budgets(namespace),
                        "{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":\""
                                + name + "\"},\"spec\":" + spec.replace('\'', '"') + "}")
                .expect(201);
    }

    private Reply evict(String namespace, String name, String deleteOptions) throws Exception {
        return server.post(
                pods(namespace) + "/" + name + "/eviction",
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"" + name
                        + "\",\"namespace\":\"" + namespace + "\"},\"deleteOptions\":" + deleteOptions + "}");
    }

    private JsonNode status(String namespace, String name) throws Exception {
        return server.get(budgets(namespace) + "/" + name).expect(200).json().path("status");
    }

    @Test
    void refusalIsTooManyRequestsWithItsCauseAndNoRetryAfter() throws Exception {
        namespace("refused");
        budget("refused", "web", "{'minAvailable':2,'selector':{'matchLabels':{'app':'web'}}}");
        pod("refused", "web1", "Running", true);

        Reply reply = evict("refused", "web1", "{}").expect(429);

        assertThat(reply.json())
                .isEqualTo(TestServer.tree("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                        + "\"Failure\",\"message\":\"" + REFUSED + "\",\"reason\":\"TooManyRequests\",\"details\":{"
                        + "\"causes\":[{\"reason\":\"DisruptionBudget\",\"message\":\"The disruption budget web needs 2"
                        + " healthy pods and has 1 currently\"}]},\"code\":429}"));
        assertThat(reply.response().headers().firstValue("Retry-After")).isEmpty();
        server.get(pods("refused") + "/web1").expect(200);
        pod("refused", "web2", "Running", true);
        pod("refused", "web3", "Running", true);
        assertThat(evict("refused", "web1", "{}").expect(201).text())
                .isEqualTo(
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\",\"code\":201}");
        server.get(pods("refused") + "/web1").expect(404);
        evict("refused", "web2", "{}").expect(429);
        evict("refused", "web1", "{}").expect(404);
    }

    @Test
    void olderEvictionsAreUnderstoodToo() throws Exception {
        namespace("older");
        pod("older", "web1", "Running", true);
        server.post(
                        pods("older") + "/web1/eviction",
                        "{\"kind\":\"Eviction\",\"apiVersion\":\"policy/v1beta1\",\"metadata\":{\"name\":\"web1\","
                                + "\"namespace\":\"older\",\"creationTimestamp\":null},\"deleteOptions\":{}}")
                .expect(201);
        server.get(pods("older") + "/web1").expect(404);
        assertThat(server.get("/apis/policy/v1beta1/poddisruptionbudgets")
                        .expect(200)
                        .json()
                        .path("kind")
                        .asText())
                .isEqualTo("PodDisruptionBudgetList");
    }

    @Test
    void bodyForAnotherPodIsRefused() throws Exception {
        namespace("mixed");
        pod("mixed", "web1", "Running", true);
        assertThat(server.post(
                                pods("mixed") + "/web1/eviction",
                                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"web2\"}}")
                        .expect(400)
                        .message())
                .isEqualTo("name in URL does not match name in Eviction object");
        server.get(pods("mixed") + "/web1/eviction").expect(405);
        server.get(pods("mixed") + "/web1").expect(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "Succeeded", "Failed"})
    void podThatDisruptsNobodyGoesPastItsBudgets(String phase) throws Exception {
        String namespace = "ended-" + phase.toLowerCase(java.util.Locale.ROOT);
        namespace(namespace);
        budget(namespace, "one", "{'maxUnavailable':0,'selector':{}}");
        budget(namespace, "two", "{'maxUnavailable':0,'selector':{}}");
        pod(namespace, "web1", phase, true);
        evict(namespace, "web1", "{}").expect(201);
        server.get(pods(namespace) + "/web1").expect(404);
    }

    @Test
    void twoBudgetsOnOnePodAreAnError() throws Exception {
        namespace("twice");
        budget("twice", "one", "{'maxUnavailable':1,'selector':{}}");
        budget(
                "twice",
                "two",
                "{'maxUnavailable':1,'selector':{'matchExpressions':[{'key':'app','operator':'Exists'}]}}");
        pod("twice", "web1", "Running", true);
        Reply reply = evict("twice", "web1", "{}").expect(500);
        assertThat(reply.message())
                .isEqualTo("This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
                        + " support.");
        server.get(pods("twice") + "/web1").expect(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default-enough | {'minAvailable':1,'selector':{}} | 1 | 201",
                "default-not-enough | {'minAvailable':2,'selector':{}} | 1 | 429",
                "default-none-wanted | {'minAvailable':0,'selector':{}} | 0 | 429",
                "always | {'minAvailable':2,'unhealthyPodEvictionPolicy':'AlwaysAllow','selector':{}} | 0 | 201"
            })
    void unreadyPodGoesAsThePolicySays(String namespace, String spec, int healthy, int code) throws Exception {
        namespace(namespace);
        budget(namespace, "web", spec);
        for (int i = 0; i < healthy; i++) {
            pod(namespace, "healthy" + i, "Running", true);
        }
        pod(namespace, "sick", "Running", false);
        evict(namespace, "sick", "{}").expect(code);
    }

    @Test
    void selectorDecidesWhomABudgetIsAbout() throws Exception {
        namespace("selectors");
        pod("selectors", "web1", "Running", true);
        budget("selectors", "none", "{'minAvailable':5}");
        budget("selectors", "others", "{'minAvailable':5,'selector':{'matchLabels':{'app':'db'}}}");
        evict("selectors", "web1", "{\"dryRun\":[\"All\"]}").expect(201);
        budget("selectors", "all", "{'minAvailable':5,'selector':{}}");
        evict("selectors", "web1", "{}").expect(429);
        assertThat(status("selectors", "none").path("expectedPods").asInt()).isZero();
        assertThat(status("selectors", "all").path("expectedPods").asInt()).isEqualTo(1);
    }

    @Test
    void dryRunEvictsNobody() throws Exception {
        namespace("dry");
        pod("dry", "web1", "Running", true);
        evict("dry", "web1", "{\"dryRun\":[\"All\"]}").expect(201);
        server.get(pods("dry") + "/web1").expect(200);
        budget("dry", "web", "{'maxUnavailable':0,'selector':{}}");
        evict("dry", "web1", "{\"dryRun\":[\"All\"]}").expect(429);
    }

    @Test
    void preconditionsAreRespected() throws Exception {
        namespace("conditions");
        pod("conditions", "web1", "Running", true);
        JsonNode pod = server.get(pods("conditions") + "/web1").json();
        String version = pod.path("metadata").path("resourceVersion").asText();
        String uid = pod.path("metadata").path("uid").asText();
        evict("conditions", "web1", "{\"preconditions\":{\"uid\":\"other\"}}").expect(409);
        evict("conditions", "web1", "{\"preconditions\":{\"resourceVersion\":\"1\"}}")
                .expect(409);
        assertThat(server.get(pods("conditions") + "/web1").json()).isEqualTo(pod);
        evict(
                        "conditions",
                        "web1",
                        "{\"preconditions\":{\"uid\":\"" + uid + "\",\"resourceVersion\":\"" + version + "\"}}")
                .expect(201);
    }

    @Test
    void heldPodIsMarkedCountsNoLongerAndIsReleasedByItsFinalizer() throws Exception {
        namespace("held");
        budget("held", "web", "{'minAvailable':1,'selector':{}}");
        pod("held", "web1", "Running", true);
        pod("held", "web2", "Running", true);
        server.merge(pods("held") + "/web1", "{\"metadata\":{\"finalizers\":[\"a.b/c\"]}}")
                .expect(200);
        evict("held", "web1", "{}").expect(201);
        JsonNode held = server.get(pods("held") + "/web1").expect(200).json();
        assertThat(held.path("metadata").has("deletionTimestamp")).isTrue();
        assertThat(held.path("status").path("conditions").toString())
                .contains("DisruptionTarget", "EvictionByEvictionAPI");
        assertThat(status("held", "web").path("currentHealthy").asInt()).isEqualTo(1);
        evict("held", "web2", "{}").expect(429);
        evict("held", "web1", "{}").expect(201);
        server.merge(pods("held") + "/web1", "{\"metadata\":{\"finalizers\":null}}")
                .expect(200);
        server.get(pods("held") + "/web1").expect(404);
    }

    @Test
    void statusFollowsPodsAndBudgetInTheSameCommit() throws Exception {
        namespace("status");
        budget("status", "web", "{'minAvailable':1,'selector':{'matchLabels':{'app':'web'}}}");
        assertThat(status("status", "web").path("disruptionsAllowed").asInt()).isZero();
        pod("status", "web1", "Running", true);
        pod("status", "web2", "Running", true);

        JsonNode after = status("status", "web");
        assertThat(after.path("disruptionsAllowed").asInt()).isEqualTo(1);
        assertThat(after.path("currentHealthy").asInt()).isEqualTo(2);
        assertThat(after.path("desiredHealthy").asInt()).isEqualTo(1);
        assertThat(after.path("expectedPods").asInt()).isEqualTo(2);
        assertThat(after.path("observedGeneration").asInt()).isEqualTo(1);
        assertThat(after.at("/conditions/0/type").asText()).isEqualTo("DisruptionAllowed");
        assertThat(after.at("/conditions/0/reason").asText()).isEqualTo("SufficientPods");

        server.merge(budgets("status") + "/web", "{\"spec\":{\"minAvailable\":2}}")
                .expect(200);
        assertThat(status("status", "web").path("observedGeneration").asInt()).isEqualTo(2);
        assertThat(status("status", "web").at("/conditions/0/status").asText()).isEqualTo("False");

        server.merge(budgets("status") + "/web/status", "{\"status\":{\"disruptionsAllowed\":9}}")
                .expect(200);
        assertThat(status("status", "web").path("disruptionsAllowed").asInt()).isZero();

        server.merge(pods("status") + "/web1", "{\"metadata\":{\"labels\":{\"app\":\"db\"}}}")
                .expect(200);
        assertThat(status("status", "web").path("expectedPods").asInt()).isEqualTo(1);
        server.delete(pods("status") + "/web2").expect(200);
        assertThat(status("status", "web").path("expectedPods").asInt()).isZero();
    }

    @Test
    void watcherSeesTheBudgetShrinkBeforeAnybodyElseIsEvicted() throws Exception {
        namespace("watched");
        budget("watched", "web", "{'minAvailable':1,'selector':{}}");
        pod("watched", "web1", "Running", true);
        pod("watched", "web2", "Running", true);
        try (TestServer.Events events = server.watch(pods("watched") + "?watch=true&resourceVersion="
                + server.get(pods("watched"))
                        .json()
                        .path("metadata")
                        .path("resourceVersion")
                        .asText())) {
            evict("watched", "web1", "{}").expect(201);
            JsonNode marked = events.next();
            assertThat(marked.path("type").asText()).isEqualTo("MODIFIED");
            assertThat(marked.at("/object/status/conditions").toString()).contains("DisruptionTarget");
            assertThat(events.nextName()).isEqualTo("DELETED web1");
        }
    }

    @Test
    void evictionsAtOnceNeverPassABudgetTogether() throws Exception {
        namespace("race");
        int all = 40;
        int kept = 37;
        for (int i = 0; i < all; i++) {
            pod("race", "web" + i, "Running", true);
        }
        budget("race", "web", "{'minAvailable':" + kept + ",'selector':{}}");
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < all; i++) {
                String name = "web" + i;
                Callable<Integer> one = () -> {
                    go.await();
                    return evict("race", name, "{}").code();
                };
                answers.add(threads.submit(one));
            }
            go.countDown();
        }
        int evicted = 0;
        for (Future<Integer> answer : answers) {
            assertThat(answer.get()).isIn(201, 429);
            evicted += answer.get() == 201 ? 1 : 0;
        }
        assertThat(evicted).isEqualTo(all - kept);
        assertThat(server.get(pods("race")).json().path("items")).hasSize(kept);
        assertThat(status("race", "web").path("disruptionsAllowed").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'minAvailable':1,'maxUnavailable':1} | minAvailable and maxUnavailable cannot be both set",
                "{'minAvailable':-1} | spec.minAvailable: Invalid value: -1: must be greater than or equal to 0",
                "{'minAvailable':'many'} | a valid percent string must be a numeric string followed by an ending '%'",
                "{'maxUnavailable':'101%'} | spec.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
                "{'unhealthyPodEvictionPolicy':'Never'} | supported values: \"AlwaysAllow\", \"IfHealthyBudget\"",
                "{'selector':{'matchExpressions':[{'key':'a','operator':'Is'}]}} | not a valid selector operator",
                "{'selector':{'matchExpressions':[{'key':'a','operator':'In'}]}} | spec.selector.matchExpressions[0].values: Required value",
                "{'selector':{'matchLabels':{'-a':'b'}}} | spec.selector.matchLabels: Invalid value: \"-a\""
            })
    void wrongBudgetIsRefusedInWords(String spec, String words) throws Exception {
        assertThat(server.post(
                                budgets("default"),
                                "{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":"
                                        + "\"wrong\"},\"spec\":" + spec.replace('\'', '"') + "}")
                        .expect(422)
                        .message())
                .startsWith("PodDisruptionBudget.policy \"wrong\" is invalid: ")
                .contains(words);
    }

    @Test
    void namespaceTakesItsPodsAlongPastBudgets() throws Exception {
        namespace("gone");
        budget("gone", "web", "{'maxUnavailable':0,'selector':{}}");
        pod("gone", "web1", "Running", true);
        server.delete("/api/v1/namespaces/gone").expect(200);
        ObjectsTest.eventually(() -> server.get("/api/v1/namespaces/gone").code() == 404);
        server.get(pods("gone") + "/web1").expect(404);
    }

    @Test
    void rightToEvictIsARightOfItsOwn() throws Exception {
        namespace("rights");
        pod("rights", "web1", "Running", true);
        ObjectNode account = TestServer.tree(
                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"drainer\",\"namespace\":\"rights\"}}");
        server.cluster().create(account);
        String token = server.cluster()
                .issueToken("rights", "drainer", java.time.Duration.ofHours(1))
                .text();
        String body = "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"web1\"}}";
        assertThat(server.call("POST", pods("rights") + "/web1/eviction")
                        .token(token)
                        .body("application/json", body)
                        .send()
                        .expect(403)
                        .message())
                .contains("cannot create resource \"pods/eviction\" in API group \"\"");
        server.cluster()
                .create(
                        TestServer.tree(
                                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"r\",\"namespace\":\"rights\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods/eviction\"],\"verbs\":[\"create\"]}]}"));
        server.cluster()
                .create(
                        TestServer.tree(
                                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"RoleBinding\",\"metadata\":{\"name\":\"r\",\"namespace\":\"rights\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"r\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"drainer\",\"namespace\":\"rights\"}]}"));
        server.call("DELETE", pods("rights") + "/web1").token(token).send().expect(403);
        server.call("POST", pods("rights") + "/web1/eviction")
                .token(token)
                .body("application/json", body)
                .send()
                .expect(201);
    }
}
