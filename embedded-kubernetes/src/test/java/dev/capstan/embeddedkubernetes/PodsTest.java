package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.TestServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodsTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private TestServer server;

    @BeforeAll
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private static String pod(String name, String spec) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\"},\"spec\":"
                + spec.replace('\'', '"') + "}";
    }

    private Reply create(String name, String spec) throws Exception {
        return server.post(PODS, pod(name, spec));
    }

    @Test
    void newPodIsPendingWithTheUsualDefaults() throws Exception {
        JsonNode made = server.post(
                        PODS,
                        pod("fresh", "{'containers':[{'name':'a','image':'i'},{'name':'b','image':'h:5/i:1'}]}")
                                .replace("\"spec\"", "\"status\":{\"phase\":\"Running\"},\"spec\""))
                .expect(201)
                .json();
        assertThat(made.path("status").toString()).isEqualTo("{\"phase\":\"Pending\"}");
        assertThat(made.path("metadata").path("generation").asInt()).isEqualTo(1);
        JsonNode spec = made.path("spec");
        assertThat(spec.path("restartPolicy").asText()).isEqualTo("Always");
        assertThat(spec.path("terminationGracePeriodSeconds").asInt()).isEqualTo(30);
        assertThat(spec.at("/containers/0/imagePullPolicy").asText()).isEqualTo("Always");
        assertThat(spec.at("/containers/1/imagePullPolicy").asText()).isEqualTo("IfNotPresent");
        assertThat(spec.at("/containers/0/terminationMessagePath").asText()).isEqualTo("/dev/termination-log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | spec.containers: Required value",
                "{'containers':[]} | spec.containers: Required value",
                "{'containers':[{'image':'i'}]} | spec.containers[0].name: Required value",
                "{'containers':[{'name':'a'}]} | spec.containers[0].image: Required value",
                "{'containers':[{'name':'A_b','image':'i'}]} | spec.containers[0].name: Invalid value: \"A_b\"",
                "{'containers':[{'name':'a','image':'i'},{'name':'a','image':'i'}]} | spec.containers[1]: Duplicate value",
                "{'containers':[{'name':'a','image':'i'}],'restartPolicy':'Sometimes'} | spec.restartPolicy: Unsupported value",
                "{'containers':[{'name':'a','image':'i','volumeMounts':[{'name':'v','mountPath':'/v'}]}]} | spec.containers[0].volumeMounts[0].name: Not found: \"v\""
            })
    void wrongPodIsRefusedInWords(String spec, String words) throws Exception {
        assertThat(create("wrong", spec).expect(422).message())
                .startsWith("Pod \"wrong\" is invalid: ")
                .contains(words);
    }

    @Test
    void ofASpecOnlyImageDeadlineAndFurtherTolerationsChange() throws Exception {
        create(
                        "fixed",
                        "{'nodeName':'n1','containers':[{'name':'a','image':'i:1'}],'tolerations':[{'key':'x','operator':'Exists'}]}")
                .expect(201);
        String path = PODS + "/fixed";
        assertThat(server.merge(path, "{\"spec\":{\"nodeName\":\"n2\"}}")
                        .expect(422)
                        .message())
                .contains("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`");
        assertThat(server.merge(path, "{\"spec\":{\"tolerations\":null}}")
                        .expect(422)
                        .message())
                .contains("spec.tolerations: Forbidden: existing toleration can not be modified");
        JsonNode changed = server.call("PATCH", PODS + "/fixed")
                .body(
                        "application/strategic-merge-patch+json",
                        "{\"spec\":{\"activeDeadlineSeconds\":60,\"containers\":[{\"name\":\"a\",\"image\":\"i:2\"}],"
                                + "\"tolerations\":[{\"key\":\"x\",\"operator\":\"Exists\"},{\"key\":\"y\",\"operator\":\"Exists\"}]}}")
                .send()
                .expect(200)
                .json();
        assertThat(changed.at("/spec/containers/0/image").asText()).isEqualTo("i:2");
        assertThat(changed.at("/metadata/generation").asInt()).isEqualTo(2);
        server.merge(path, "{\"spec\":{\"activeDeadlineSeconds\":61}}").expect(422);
        server.merge(path, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}").expect(200);
    }

    @Test
    void statusIsWrittenThroughItsSubresourceOnlyAndMergedByType() throws Exception {
        create("status", "{'containers':[{'name':'a','image':'i'}]}").expect(201);
        server.merge(PODS + "/status", "{\"status\":{\"phase\":\"Running\"}}").expect(200);
        assertThat(server.get(PODS + "/status").json().at("/status/phase").asText())
                .isEqualTo("Pending");
        for (String type : new String[] {"Ready", "Initialized", "Ready"}) {
            server.call("PATCH", PODS + "/status/status")
                    .body(
                            "application/strategic-merge-patch+json",
                            "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"" + type
                                    + "\",\"status\":\"True\"}]}}")
                    .send()
                    .expect(200);
        }
        JsonNode pod = server.get(PODS + "/status").json();
        assertThat(pod.at("/status/phase").asText()).isEqualTo("Running");
        assertThat(pod.at("/status/conditions")).hasSize(2);
        assertThat(pod.at("/metadata/generation").asInt()).isEqualTo(1);
    }

    @Test
    void podsOfANodeAreSelected() throws Exception {
        create("on1", "{'nodeName':'sel1','containers':[{'name':'a','image':'i'}]}")
                .expect(201);
        create("on2", "{'nodeName':'sel2','hostNetwork':true,'containers':[{'name':'a','image':'i'}]}")
                .expect(201);
        String all = "/api/v1/pods?fieldSelector=";
        assertThat(server.get(all + "spec.nodeName%3Dsel1,status.phase!%3DFailed")
                        .json()
                        .path("items"))
                .hasSize(1);
        assertThat(server.get(all + "spec.nodeName%3Dsel1,status.phase%3DRunning")
                        .json()
                        .path("items"))
                .isEmpty();
        assertThat(server.get(all + "spec.hostNetwork%3Dtrue").json().path("items"))
                .hasSize(1);
        server.get(all + "spec.containers%3Da").expect(400);
    }

    @Test
    void podOutlivesItsNodeButNotItsOwner() throws Exception {
        server.post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"leaving\"}}")
                .expect(201);
        JsonNode set = server.post(
                        "/apis/apps/v1/namespaces/default/daemonsets",
                        ("{'apiVersion':'apps/v1','kind':'DaemonSet','metadata':{'name':'agents'},'spec':{'selector':"
                                        + "{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'},"
                                        + "'creationTimestamp':null},'spec':{'containers':[{'name':'c','image':'i'}]}}}}")
                                .replace('\'', '"'))
                .expect(201)
                .json();
        assertThat(set.at("/status/desiredNumberScheduled").asInt(-1)).isZero();
        assertThat(set.at("/spec/template/spec/restartPolicy").asText()).isEqualTo("Always");
        create("free", "{'nodeName':'leaving','containers':[{'name':'a','image':'i'}]}")
                .expect(201);
        server.post(
                        PODS,
                        pod("owned", "{'nodeName':'leaving','containers':[{'name':'a','image':'i'}]}")
                                .replace(
                                        "\"name\":\"owned\"",
                                        "\"name\":\"owned\",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":"
                                                + "\"DaemonSet\",\"name\":\"agents\",\"controller\":true,\"uid\":\""
                                                + set.at("/metadata/uid").asText() + "\"}]"))
                .expect(201);
        server.delete("/api/v1/nodes/leaving").expect(200);
        server.delete("/apis/apps/v1/namespaces/default/daemonsets/agents").expect(200);
        ObjectsTest.eventually(() -> server.get(PODS + "/owned").code() == 404);
        server.get(PODS + "/free").expect(200);
    }

    @Test
    void idleServerWithPodsAndBudgetsRunsNoSql() throws Exception {
        try (TestServer own = new TestServer()) {
            own.post(PODS, pod("idle", "{'containers':[{'name':'a','image':'i'}]}"))
                    .expect(201);
            own.post(
                            "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
                            "{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"metadata\":{\"name\":"
                                    + "\"idle\"},\"spec\":{\"minAvailable\":1,\"selector\":{}}}")
                    .expect(201);
            own.restart();
            long before = own.cluster().statements();
            own.get(PODS).expect(200);
            own.get("/apis/policy/v1/poddisruptionbudgets").expect(200);
            own.post(
                            PODS + "/idle/eviction",
                            "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"idle\"},"
                                    + "\"deleteOptions\":{\"dryRun\":[\"All\"]}}")
                    .expect(201);
            assertThat(own.cluster().statements()).isEqualTo(before);
        }
    }
}
