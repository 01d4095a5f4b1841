package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.ObjectNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job on Kubernetes' own API server, with the same controller and agents: what the embedded API accepts and
 * answers is no proof that a real one does. Here one cluster is management and managed cluster at once; its nodes are
 * Capstan's machines, without kubelets.
 */
final class SecretOnRealKubernetesTest extends SecretBecomesTrust implements EachIdentityHasItsRights {

    private static final String ARM_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/lab"
            + "/providers/Microsoft.ContainerService/managedClusters/real";
    private static final String OBJECT = ObjectNames.ofArmId(ARM_ID);
    private static final String TRUST_ENABLED = "kubernetes.azure.com/custom-ca-trust-enabled";

    @TempDir
    private static Path folder;

    private static Path home;
    private static @Nullable RealKubernetes kubernetes;
    private static @Nullable RealControlPlane controlPlane;
    private static Cluster cluster;
    private static List<String> nodes = List.of();

    @BeforeAll
    static void up() throws Exception {
        Requirements.machines();
        Requirements.realKubernetes();
        home = Files.createDirectory(folder.resolve("home"));
        kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        cluster = new Cluster(Cluster.kubectlOf("bookworm"), kubernetes.kubeconfig(), home.resolve("machines"));
        cluster.apply(String.join("\n---\n", CustomResourceDefinitions.manifests()));
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
                .orFail();
        controlPlane = RealControlPlane.start(kubernetes, home);
        cluster.apply("""
                apiVersion: capstan.dev/v1
                kind: ManagedCluster
                metadata:
                  name: %s
                spec:
                  id: %s
                  resourceGroup: lab
                  name: real
                  location: local
                  agentPoolProfiles:
                  - name: nodepool1
                    count: 2
                    enableCustomCATrust: true
                """.formatted(OBJECT, ARM_ID));
        Program.Output ready =
                cluster.kubectl("wait", "--for=condition=Ready", "managedcluster/" + OBJECT, "--timeout=180s");
        assertThat(ready.held())
                .as(
                        "%s%s%n%s",
                        ready.text(), cluster.kubectl("get", "managedclusters").text(), controlPlane.log())
                .isTrue();
        nodes = cluster.nodes();
    }

    @AfterAll
    static void down() {
        try (RealKubernetes _ = kubernetes;
                RealControlPlane _ = controlPlane) {
            if (controlPlane != null) {
                cluster.kubectl("delete", "managedcluster", OBJECT, "--ignore-not-found", "--timeout=120s")
                        .orFail();
                assertThat(capstansObjects().lines()).isEmpty();
            }
        }
        if (home != null) {
            assertThat(Leftovers.of(home)).isEmpty();
            assertThat(Leftovers.cgroups(nodes)).isEmpty();
        }
    }

    @Override
    Cluster cluster() {
        return cluster;
    }

    @Override
    public Identities identities() {
        return new Identities(cluster, nodes.getFirst(), nodes.getLast());
    }

    @Test
    void eventsTellOfTheBadKeyAndOfTheSecretInTheWrongNamespace() {
        try {
            cluster.applySecret(Map.of("bad.crt", "no certificate".getBytes(StandardCharsets.UTF_8)));
            Await.until(
                    "an Event on the Secret names the bad key",
                    () -> eventsOnSecret("kube-system")
                            .anyMatch(line -> line.startsWith("CertificateQuarantined ") && line.contains("bad.crt")));
            Await.until(
                    "kubectl describe node tells of it",
                    () -> nodes.stream()
                            .allMatch(node -> cluster.kubectl("describe", "node", node)
                                    .text()
                                    .contains("CustomCATrustQuarantined")));
            cluster.kubectl("create", "secret", "generic", "-n", "default", "custom-ca-trust-secret")
                    .orFail();
            Await.until(
                    "an Event on the Secret tells of the wrong namespace",
                    () -> eventsOnSecret("default").anyMatch(line -> line.startsWith("WrongNamespace ")));
        } finally {
            for (String namespace : List.of("kube-system", "default")) {
                cluster.kubectl("delete", "secret", "-n", namespace, "custom-ca-trust-secret", "--ignore-not-found");
            }
        }
    }

    @Test
    void nodeOfSomebodyElseFollowsTheSecretByItsLabelAndTakesItsNodeTrustWithIt() {
        String foreign = "somebody-elses-node";
        try {
            cluster.apply("""
                    apiVersion: v1
                    kind: Node
                    metadata:
                      name: %s
                      labels:
                        %s: "true"
                    """.formatted(foreign, TRUST_ENABLED));
            Await.until(
                    "its NodeTrust follows the Secret",
                    () -> followSecret(foreign).equals("true"));

            cluster.kubectl("label", "node", foreign, TRUST_ENABLED + "-").orFail();
            Await.until(
                    "its NodeTrust no longer follows the Secret",
                    () -> followSecret(foreign).equals("false"));
        } finally {
            cluster.kubectl("delete", "node", foreign, "--ignore-not-found");
        }
        Await.until(
                "its NodeTrust and its agent's identity went with it",
                () -> !capstansObjects().contains(foreign));
        assertThat(cluster.nodes()).isEqualTo(nodes);
    }

    /** Reason and message of each Event on the Secret of the user's Secret's name; kubectl describe shows none on Secrets. */
    private static Stream<String> eventsOnSecret(String namespace) {
        return cluster.kubectl(
                        "get",
                        "events",
                        "-n",
                        namespace,
                        "--field-selector=involvedObject.kind=Secret,involvedObject.name=custom-ca-trust-secret",
                        "-o",
                        "jsonpath={range .items[*]}{.reason} {.message}{\"\\n\"}{end}")
                .orFail()
                .text()
                .lines();
    }

    private static String followSecret(String node) {
        return cluster.kubectl("get", "nodetrust", node, "--ignore-not-found", "-o", "jsonpath={.spec.followSecret}")
                .orFail()
                .text();
    }

    /** Every object that Capstan makes for a node, one a line. */
    private static String capstansObjects() {
        String kinds = "nodes,nodetrusts,agentpools,leases,serviceaccounts,roles,rolebindings,clusterroles,"
                + "clusterrolebindings";
        return cluster.kubectl("get", kinds, "-A", "-o", "name", "-l", "capstan.dev/node")
                        .orFail()
                        .text()
                + cluster.kubectl("get", "nodes,nodetrusts,agentpools", "-o", "name")
                        .orFail()
                        .text()
                + cluster.kubectl("get", "leases", "-n", "capstan-system", "-o", "name")
                        .orFail()
                        .text();
    }
}
