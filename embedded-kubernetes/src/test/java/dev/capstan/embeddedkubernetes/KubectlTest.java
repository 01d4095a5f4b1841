package dev.capstan.embeddedkubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The unmodified kubectl in three versions, each test against a server of its own. */
class KubectlTest {
    private static final String MANIFEST = """
            apiVersion: v1
            kind: Secret
            metadata:
              name: s1
              labels: {tier: gold}
            type: Opaque
            data:
              a: b25l
            """;

    private static boolean isOld(String release) {
        return release.equals("bookworm");
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void appliesNewChangedAndUnchanged(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            Path file = kubectl.write("secret.yaml", MANIFEST);
            assertThat(kubectl.ok("apply", "-f", file.toString())).isEqualTo("secret/s1 created");
            assertThat(kubectl.ok("apply", "-f", file.toString())).isEqualTo("secret/s1 unchanged");
            kubectl.write("secret.yaml", MANIFEST.replace("a: b25l", "b: dHdv"));
            assertThat(kubectl.ok("apply", "-f", file.toString())).isEqualTo("secret/s1 configured");
            assertThat(kubectl.ok("get", "secret", "s1", "-o", "jsonpath={.data}"))
                    .isEqualTo("{\"b\":\"dHdv\"}");
            kubectl.write("secret.yaml", MANIFEST.replace("\ndata:", "\nstringData:"));
            assertThat(kubectl.ok("apply", "-f", file.toString())).isEqualTo("secret/s1 configured");
            assertThat(kubectl.ok("get", "secret", "s1", "-o", "jsonpath={.data}"))
                    .contains("\"a\":\"YjI1bA==\"");
            assertThat(kubectl.ok("apply", "-f", file.toString(), "--dry-run=server"))
                    .isEqualTo("secret/s1 configured (server dry run)");
            kubectl.write("secret.yaml", MANIFEST.replace("\ndata:", "\ndat:"));
            assertThat(kubectl.run("apply", "-f", file.toString()).fails().err())
                    .contains("unknown field \"dat\"");
            assertThat(kubectl.run("apply", "--server-side", "-f", file.toString(), "--validate=false")
                            .fails()
                            .err())
                    .contains("server-side apply is not served here");
            kubectl.write("secret.yaml", MANIFEST.replace("b25l", "'!!'"));
            assertThat(kubectl.run("apply", "-f", file.toString()).fails().err())
                    .contains("illegal base64 data");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void createsAndShows(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            assertThat(kubectl.ok("create", "secret", "generic", "g1", "--from-literal=a=one"))
                    .isEqualTo("secret/g1 created");
            assertThat(kubectl.run("create", "secret", "generic", "g1").fails().err())
                    .contains("secrets \"g1\" already exists");
            assertThat(kubectl.ok("create", "namespace", "team")).isEqualTo("namespace/team created");
            Path file = kubectl.write("secret.yaml", MANIFEST);
            assertThat(kubectl.ok("create", "-n", "team", "-f", file.toString()))
                    .isEqualTo("secret/s1 created");
            assertThat(kubectl.ok("get", "secrets", "-A"))
                    .containsPattern("NAMESPACE +NAME +TYPE +DATA +AGE")
                    .containsPattern("default +g1 +Opaque +1 ")
                    .containsPattern("team +s1 +Opaque +1 ");
            assertThat(kubectl.ok("get", "secrets", "-A", "-l", "tier=gold", "-o", "name"))
                    .isEqualTo("secret/s1");
            assertThat(kubectl.ok("get", "secret", "g1", "-o", "yaml")).contains("a: b25l", "kind: Secret");
            assertThat(kubectl.ok("get", "secrets", "-A", "--sort-by=.metadata.name"))
                    .contains("g1");
            assertThat(kubectl.ok("get", "secrets", "-A", "--chunk-size=1", "-o", "name"))
                    .isEqualTo("secret/g1\nsecret/s1");
            assertThat(kubectl.ok("get", "secrets", "--field-selector", "metadata.name=g1", "-o", "name"))
                    .isEqualTo("secret/g1");
            assertThat(kubectl.run("get", "secret", "nope").fails().err().strip())
                    .isEqualTo("Error from server (NotFound): secrets \"nope\" not found");
            assertThat(kubectl.run("get", "secrets", "-n", "kube-public")
                            .ok()
                            .err()
                            .strip())
                    .isEqualTo("No resources found in kube-public namespace.");
            assertThat(kubectl.ok("describe", "secret", "g1")).contains("Name:", "a:  3 bytes");
            kubectl.ok("create", "serviceaccount", "robot");
            assertThat(kubectl.ok("get", "sa", "robot", "-o", "name")).isEqualTo("serviceaccount/robot");
            kubectl.ok("create", "role", "reader", "--verb=get", "--resource=secrets");
            kubectl.ok("create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:robot");
            assertThat(kubectl.ok("describe", "role", "reader")).contains("secrets");
            kubectl.ok("create", "configmap", "c1", "--from-literal=a=one");
            assertThat(kubectl.ok("delete", "configmap", "c1")).startsWith("configmap \"c1\" deleted");
            assertThat(kubectl.ok("delete", "namespace", "team")).startsWith("namespace \"team\" deleted");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void changesObjects(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            Path file = kubectl.write("secret.yaml", MANIFEST);
            kubectl.ok("apply", "-f", file.toString());
            assertThat(kubectl.ok("label", "secret", "s1", "new=label")).startsWith("secret/s1 labeled");
            assertThat(kubectl.ok("annotate", "secret", "s1", "new=note")).startsWith("secret/s1 annotated");
            assertThat(kubectl.ok("patch", "secret", "s1", "-p", "{\"data\":{\"b\":\"dHdv\"}}"))
                    .isEqualTo("secret/s1 patched");
            assertThat(kubectl.ok("patch", "secret", "s1", "-p", "{\"data\":{\"b\":\"dHdv\"}}"))
                    .isEqualTo("secret/s1 patched (no change)");
            assertThat(kubectl.ok("patch", "secret", "s1", "--type=merge", "-p", "{\"data\":{\"b\":null}}"))
                    .isEqualTo("secret/s1 patched");
            String add = "[{\"op\":\"add\",\"path\":\"/data/c\",\"value\":\"ZHJlaQ==\"}]";
            assertThat(kubectl.ok("patch", "secret", "s1", "--type=json", "-p", add))
                    .isEqualTo("secret/s1 patched");
            assertThat(kubectl.ok("get", "secret", "s1", "-o", "jsonpath={.data}"))
                    .isEqualTo("{\"a\":\"b25l\",\"c\":\"ZHJlaQ==\"}");
            Path editor = kubectl.write("editor", "#!/bin/sh\nsed -i s/ZHJlaQ==/dmllcg==/ \"$1\"\n");
            assertThat(editor.toFile().setExecutable(true)).isTrue();
            assertThat(kubectl.ok("edit", "secret", "s1")).isEqualTo("secret/s1 edited");
            assertThat(kubectl.ok("get", "secret", "s1", "-o", "jsonpath={.data.c}"))
                    .isEqualTo("dmllcg==");
            assertThat(kubectl.run("edit", "secret", "s1").ok().err()).contains("Edit cancelled");
            kubectl.write("node.yaml", "apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n");
            kubectl.ok("create", "-f", kubectl.home.resolve("node.yaml").toString());
            assertThat(kubectl.ok("cordon", "n1")).isEqualTo("node/n1 cordoned");
            assertThat(kubectl.ok("taint", "node", "n1", "a=b:NoSchedule")).startsWith("node/n1 tainted");
            assertThat(kubectl.ok("uncordon", "n1")).isEqualTo("node/n1 uncordoned");
            assertThat(kubectl.ok("get", "nodes")).containsPattern("n1 +(Unknown|NotReady)");
            assertThat(kubectl.ok("get", "nodes", "-o", "wide")).contains("OS-IMAGE");
            assertThat(kubectl.ok("replace", "-f", file.toString())).isEqualTo("secret/s1 replaced");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void watchesAndWaits(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            kubectl.ok("create", "configmap", "c1", "--from-literal=a=one");
            try (Kubectl.Running one =
                            kubectl.start("get", "configmap", "c1", "-w", "-o", "jsonpath={.data.a}{'\\n'}");
                    Kubectl.Running all = kubectl.start("get", "configmaps", "-w", "-o", "name")) {
                assertThat(one.line()).isEqualTo("one");
                assertThat(all.line()).isEqualTo("configmap/c1");
                server.merge("/api/v1/namespaces/default/configmaps/c1", "{\"data\":{\"a\":\"two\"}}")
                        .expect(200);
                assertThat(one.line()).isEqualTo("two");
                assertThat(all.line()).isEqualTo("configmap/c1");
                server.post("/api/v1/namespaces/default/configmaps", ObjectsTest.configMap("c2"))
                        .expect(201);
                assertThat(all.line()).isEqualTo("configmap/c2");
            }
            try (Kubectl.Running table = kubectl.start("get", "configmaps", "-w")) {
                assertThat(table.line()).matches("NAME +DATA +AGE *");
                assertThat(table.line()).startsWith("c1 ");
                assertThat(table.line()).startsWith("c2 ");
                server.merge("/api/v1/namespaces/default/configmaps/c2", "{\"data\":{\"b\":\"two\"}}")
                        .expect(200);
                assertThat(table.line()).matches("c2 +2 .*");
            }
            server.post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}")
                    .expect(201);
            long beforeReady = server.cluster().watchesOpened();
            try (Kubectl.Running wait = kubectl.start("wait", "--for=condition=Ready", "node/n1", "--timeout=60s")) {
                ObjectsTest.eventually(() -> server.cluster().watchesOpened() > beforeReady);
                server.merge(
                                "/api/v1/nodes/n1/status",
                                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}")
                        .expect(200);
                assertThat(wait.line()).isEqualTo("node/n1 condition met");
                assertThat(wait.exitCode()).isZero();
            }
            long beforeGone = server.cluster().watchesOpened();
            try (Kubectl.Running wait = kubectl.start("wait", "--for=delete", "node/n1", "--timeout=60s")) {
                ObjectsTest.eventually(() -> server.cluster().watchesOpened() > beforeGone);
                server.delete("/api/v1/nodes/n1").expect(200);
                assertThat(wait.exitCode()).isZero();
            }
            if (!isOld(release)) {
                long beforePath = server.cluster().watchesOpened();
                try (Kubectl.Running wait =
                        kubectl.start("wait", "--for=jsonpath={.data.a}=three", "configmap/c1", "--timeout=60s")) {
                    ObjectsTest.eventually(() -> server.cluster().watchesOpened() > beforePath);
                    server.merge("/api/v1/namespaces/default/configmaps/c1", "{\"data\":{\"a\":\"three\"}}")
                            .expect(200);
                    assertThat(wait.line()).isEqualTo("configmap/c1 condition met");
                }
            }
            server.merge("/api/v1/namespaces/default/configmaps/c1", "{\"metadata\":{\"finalizers\":[\"a.b/c\"]}}")
                    .expect(200);
            long beforeHeld = server.cluster().watchesOpened();
            try (Kubectl.Running delete = kubectl.start("delete", "configmap", "c1")) {
                assertThat(delete.line()).startsWith("configmap \"c1\" deleted");
                ObjectsTest.eventually(() -> server.cluster().watchesOpened() > beforeHeld);
                server.merge("/api/v1/namespaces/default/configmaps/c1", "{\"metadata\":{\"finalizers\":null}}")
                        .expect(200);
                assertThat(delete.exitCode()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void nodeIsDescribedWithItsConditions(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            Path node = kubectl.write("node.yaml", """
                    apiVersion: v1
                    kind: Node
                    metadata:
                      name: n1
                    status:
                      conditions:
                      - {type: CustomCATrusted, status: "True", reason: Loaded, message: two certificates}
                    """);
            kubectl.ok("create", "-f", node.toString());

            assertThat(kubectl.ok("describe", "node", "n1"))
                    .containsPattern("CustomCATrusted +True .*Loaded +two certificates")
                    .containsPattern("Non-terminated Pods: +\\(0 in total\\)");
            assertThat(kubectl.ok("get", "pods", "-A", "-o", "name")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void customResources(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            Path definition = kubectl.write("crd.json", CustomResourcesTest.DEFINITION);
            assertThat(kubectl.ok("apply", "-f", definition.toString()))
                    .isEqualTo("customresourcedefinition.apiextensions.k8s.io/trusts.example.org created");
            assertThat(kubectl.ok("wait", "--for=condition=Established", "crd/trusts.example.org"))
                    .endsWith("condition met");
            Path trust = kubectl.write(
                    "trust.yaml", "apiVersion: example.org/v1\nkind: Trust\nmetadata:\n  name: t1\nspec:\n  max: 3\n");
            assertThat(kubectl.ok("apply", "-f", trust.toString())).isEqualTo("trust.example.org/t1 created");
            assertThat(kubectl.ok("apply", "-f", trust.toString())).isEqualTo("trust.example.org/t1 unchanged");
            Files.writeString(trust, Files.readString(trust).replace("max: 3", "max: 4"));
            assertThat(kubectl.ok("apply", "-f", trust.toString())).isEqualTo("trust.example.org/t1 configured");
            assertThat(kubectl.ok("get", "tr")).containsPattern("NAME +MAX").containsPattern("t1 +4");
            assertThat(kubectl.ok("describe", "trust", "t1")).contains("Max:");
            assertThat(kubectl.run("patch", "trust", "t1", "-p", "{\"spec\":{\"max\":5}}")
                            .fails()
                            .err())
                    .contains("the body of the request was in an unknown format");
            assertThat(kubectl.ok("patch", "trust", "t1", "--type=merge", "-p", "{\"spec\":{\"max\":5}}"))
                    .isEqualTo("trust.example.org/t1 patched");
            assertThat(kubectl.run("patch", "trust", "t1", "--type=merge", "-p", "{\"spec\":{\"max\":0}}")
                            .fails()
                            .err())
                    .contains("spec.max: Invalid value: 0");
            Path editor = kubectl.write("editor", "#!/bin/sh\nsed -i 's/max: 5/max: 6/' \"$1\"\n");
            assertThat(editor.toFile().setExecutable(true)).isTrue();
            assertThat(kubectl.ok("edit", "trust", "t1")).isEqualTo("trust.example.org/t1 edited");
            assertThat(kubectl.ok("delete", "trust", "t1")).startsWith("trust.example.org \"t1\" deleted");
            assertThat(kubectl.ok("delete", "crd", "trusts.example.org")).contains("deleted");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.capstan.embeddedkubernetes.Kubectl#versions")
    void tellsWhatThereIsAndWhatOneMay(String release) throws Exception {
        try (TestServer server = new TestServer();
                Kubectl kubectl = new Kubectl(release, server)) {
            assertThat(kubectl.ok("api-resources")).contains("secrets", "customresourcedefinitions", "leases");
            assertThat(kubectl.ok("api-versions")).contains("coordination.k8s.io/v1", "v1");
            assertThat(kubectl.ok("version")).contains("Server Version");
            assertThat(kubectl.ok("auth", "can-i", "get", "secrets")).isEqualTo("yes");
            assertThat(kubectl.ok("auth", "can-i", "--list")).contains("*.*");
            assertThat(kubectl.ok("explain", "secret.data")).contains("data");
            server.cluster()
                    .create(
                            TestServer.tree(
                                    "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"robot\",\"namespace\":\"default\"}}"));
            String token = server.cluster()
                    .issueToken("default", "robot", Duration.ofHours(1))
                    .text();
            kubectl.write(
                    "kubeconfig",
                    Files.readString(kubectl.home.resolve("kubeconfig")).replace(TestServer.ADMINISTRATOR, token));
            assertThat(kubectl.run("auth", "can-i", "get", "secrets")
                            .fails()
                            .out()
                            .strip())
                    .startsWith("no");
            assertThat(kubectl.run("get", "secrets").fails().err().strip())
                    .isEqualTo("Error from server (Forbidden): secrets is forbidden: User"
                            + " \"system:serviceaccount:default:robot\" cannot list resource \"secrets\" in API group"
                            + " \"\" in the namespace \"default\"");
            if (!isOld(release)) {
                assertThat(kubectl.ok("auth", "whoami")).contains("system:serviceaccount:default:robot");
                assertThat(kubectl.run("create", "token", "robot").fails().err())
                        .contains("forbidden");
            }
        }
    }
}
