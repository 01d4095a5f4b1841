package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods, budgets and draining, as unmodified kubectls do it. */
class DrainTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String NODE = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}";

    private static boolean isOld(String release) {
        return release.equals("bookworm");
    }

    private static void pod(TestServer server, String name, String owner) throws Exception {
        server.post(
                        PODS,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                                + "\",\"labels\":{\"app\":\"web\"}" + owner
                                + "},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}")
                .expect(201);
        server.merge(
                        PODS + "/" + name + "/status",
                        "{\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"10.0.0.7\"}],\"conditions\":[{\"type\":"
                                + "\"Ready\",\"status\":\"True\"}],\"containerStatuses\":[{\"name\":\"c\",\"ready\":true,"
                                + "\"restartCount\":2,\"state\":{\"running\":{}}}]}}")
                .expect(200);
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void budgetThatForbidsMakesTheDrainWaitAndSayWhy(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            server.post("/api/v1/nodes", NODE).expect(201);
            pod(server, "web1", "");
            Path budget = kubectl.write("budget.yaml", """
                    apiVersion: policy/v1
                    kind: PodDisruptionBudget
                    metadata:
                      name: web
                    spec:
                      minAvailable: 1
                      selector:
                        matchLabels: {app: web}
                    """);
            assertThat(kubectl.ok("apply", "-f", budget.toString()))
                    .isEqualTo("poddisruptionbudget.policy/web created");
            String version = kubectl.ok("get", "pdb", "web", "-o", "jsonpath={.metadata.resourceVersion}");
            // New ones always send the selector ("$patch": "replace") and say "configured"; nothing may change by it.
            assertThat(kubectl.ok("apply", "-f", budget.toString())).startsWith("poddisruptionbudget.policy/web ");
            assertThat(kubectl.ok("get", "pdb", "web", "-o", "jsonpath={.metadata.resourceVersion}"))
                    .isEqualTo(version);
            assertThat(kubectl.ok("get", "pdb"))
                    .containsPattern("NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE")
                    .containsPattern("web +1 +N/A +0 +");
            assertThat(kubectl.ok("describe", "pdb", "web"))
                    .containsPattern("Min available: +1")
                    .containsPattern("Allowed disruptions: +0")
                    .containsPattern("Current: +1")
                    .containsPattern("Desired: +1")
                    .containsPattern("Total: +1");

            try (Kubectl.Running drain = kubectl.start("drain", "n1", "--force", "--timeout=60s")) {
                String line = drain.line();
                while (!line.contains("error when evicting")) {
                    line = drain.line();
                }
                assertThat(line).contains("Cannot evict pod as it would violate the pod's disruption budget.");
                assertThat(server.get("/api/v1/nodes/n1")
                                .json()
                                .at("/spec/unschedulable")
                                .asBoolean())
                        .isTrue();
                server.get(PODS + "/web1").expect(200);

                assertThat(kubectl.ok("delete", "pdb", "web")).contains("\"web\" deleted");

                while (!line.contains("pod/web1 evicted")) {
                    line = drain.line();
                }
                assertThat(drain.line()).isEqualTo(isOld(release) ? "node/n1 evicted" : "node/n1 drained");
                assertThat(drain.exitCode()).isZero();
            }
            server.get(PODS + "/web1").expect(404);
            assertThat(kubectl.ok("uncordon", "n1")).isEqualTo("node/n1 uncordoned");
            assertThat(kubectl.ok("cordon", "n1")).isEqualTo("node/n1 cordoned");
            assertThat(kubectl.ok("get", "node", "n1")).contains("Unknown,SchedulingDisabled");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void podsOfDaemonSetsStay(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            server.post("/api/v1/nodes", NODE).expect(201);
            Path set = kubectl.write("set.yaml", """
                    apiVersion: apps/v1
                    kind: DaemonSet
                    metadata:
                      name: agents
                    spec:
                      selector: {matchLabels: {app: agent}}
                      template:
                        metadata: {labels: {app: agent}}
                        spec:
                          containers: [{name: agent, image: registry/agent:1}]
                    """);
            assertThat(kubectl.ok("apply", "-f", set.toString())).isEqualTo("daemonset.apps/agents created");
            assertThat(kubectl.ok("apply", "-f", set.toString())).isEqualTo("daemonset.apps/agents unchanged");
            assertThat(kubectl.ok("get", "ds", "-o", "wide"))
                    .containsPattern("NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE")
                    .containsPattern("agents +0 +0 +0 .* agent +registry/agent:1 +app=agent");
            String uid = kubectl.ok("get", "ds", "agents", "-o", "jsonpath={.metadata.uid}");
            pod(
                    server,
                    "agents-1",
                    ",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"name\":\"agents\",\"uid\":\""
                            + uid + "\",\"controller\":true}]");
            pod(server, "web1", "");

            assertThat(kubectl.run("drain", "n1", "--force").fails().err()).contains("DaemonSet-managed");
            kubectl.ok("drain", "n1", "--force", "--ignore-daemonsets");

            assertThat(kubectl.ok("get", "pods", "-o", "name")).isEqualTo("pod/agents-1");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void podsAreRunShownAndDeleted(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            assertThat(kubectl.ok("run", "p1", "--image=busybox", "--restart=Never", "--", "sleep", "1"))
                    .isEqualTo("pod/p1 created");
            assertThat(kubectl.ok("get", "pods"))
                    .containsPattern("NAME +READY +STATUS +RESTARTS +AGE")
                    .containsPattern("p1 +0/1 +Pending +0 +");
            pod(server, "web1", "");
            assertThat(kubectl.ok("get", "pods", "-o", "wide"))
                    .containsPattern("IP +NODE +NOMINATED NODE +READINESS GATES")
                    .containsPattern("web1 +1/1 +Running +2 .* 10.0.0.7 +n1 +<none> +<none>");
            assertThat(kubectl.ok("describe", "pod", "web1"))
                    .containsPattern("Status: +Running")
                    .containsPattern("Ready +True");
            server.post("/api/v1/nodes", NODE).expect(201);
            assertThat(kubectl.ok("describe", "node", "n1"))
                    .containsPattern("Non-terminated Pods: +\\(1 in total\\)")
                    .contains("web1");
            assertThat(kubectl.ok("get", "all")).contains("pod/p1", "pod/web1");
            assertThat(kubectl.ok("label", "pod", "p1", "a=b")).isEqualTo("pod/p1 labeled");
            assertThat(kubectl.ok("set", "image", "pod/web1", "c=i:2")).isEqualTo("pod/web1 image updated");
            assertThat(kubectl.run("patch", "pod", "web1", "-p", "{\"spec\":{\"nodeName\":\"n2\"}}")
                            .fails()
                            .err())
                    .contains("pod updates may not change fields other than");
            assertThat(kubectl.ok("explain", "pod.spec.containers.image")).contains("Image of the container");
            Path typo = kubectl.write(
                    "typo.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: p2}\nspec: {contianers: [], containers: [{name: c, image: i}]}\n");
            assertThat(kubectl.run("create", "-f", typo.toString()).fails().err())
                    .contains("contianers");
            assertThat(kubectl.ok("delete", "pod", "p1")).startsWith("pod \"p1\" deleted");
            assertThat(kubectl.ok("delete", "pod", "web1", "--grace-period=0", "--force"))
                    .contains("pod \"web1\"");
            assertThat(kubectl.ok("get", "pods", "-o", "name")).isEmpty();
            if (!isOld(release)) {
                // Sends protobuf.
                assertThat(kubectl.ok("create", "pdb", "half", "--selector=app=web", "--min-available=50%"))
                        .isEqualTo("poddisruptionbudget.policy/half created");
                assertThat(kubectl.ok("create", "pdb", "one", "--selector=app=web", "--max-unavailable=1"))
                        .isEqualTo("poddisruptionbudget.policy/one created");
                assertThat(kubectl.ok("get", "pdb"))
                        .containsPattern("half +50% +N/A +0")
                        .containsPattern("one +N/A +1 +0");
            }
        }
    }
}
