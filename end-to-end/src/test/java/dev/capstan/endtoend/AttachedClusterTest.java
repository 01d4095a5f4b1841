package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.controller.Controller;
import dev.capstan.controller.ControllerConfig;
import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineSpec;
import dev.capstan.providerlocal.Distribution;
import dev.capstan.providerlocal.LocalProvider;
import dev.capstan.resources.AgentRights;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.ObjectNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Kubernetes' own API server as a cluster that is there, with Capstan's controller in it and agents on roots of their own,
 * attached to a control plane that {@code capstan up} runs. Driven with the commands alone, Capstan's own and Azure's, judged by
 * a recorded watch of the cluster's NodeTrusts and by OpenSSL on the nodes' bundles. The tests attach the same cluster, one
 * after the other.
 */
@Execution(ExecutionMode.SAME_THREAD)
final class AttachedClusterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> POOL = List.of("worker-a", "worker-b");
    private static final String OTHER = "worker-other";
    private static final String GROUP = "lab";

    @TempDir
    private static Path folder;

    private static @Nullable RealKubernetes kubernetes;
    private static @Nullable Controller inside;
    private static @Nullable LocalProvider agents;
    private static @Nullable CapstanHome home;
    private static Cluster cluster;

    @BeforeAll
    static void up() throws Exception {
        Requirements.machines();
        Requirements.realKubernetes();
        kubernetes = RealKubernetes.up(folder.resolve("kubernetes"));
        cluster = new Cluster(Cluster.kubectlOf("bookworm"), kubernetes.kubeconfig(), folder);
        cluster.define();
        cluster.kubectl("create", "namespace", "capstan-system").orFail();
        cluster.kubectl(
                        "apply",
                        "-k",
                        Repository.ROOT.resolve("deploy/location").toString())
                .orFail();
        POOL.forEach(node -> node(node, "nodepool1"));
        node(OTHER, "theirs");
        Properties access = RealKubernetes.readAccess(kubernetes.access());
        String server = access.getProperty("SERVER");
        String authority = Files.readString(Path.of(access.getProperty("AUTHORITY")));
        inside = Controller.start(ControllerConfig.forThisCluster(
                ClusterEndpoint.of(server, authority, access.getProperty("TOKEN")),
                ControllerConfig.ThisCluster.STANDARD));
        agents = LocalProvider.open(
                Files.createDirectory(folder.resolve("nodes")),
                new Distribution(Repository.DISTRIBUTION, Repository.DISTRIBUTION.resolve("lib/java")),
                Machine.Kind.DIRECTORY);
        for (String node : cluster.nodes()) {
            Credential credential = credential(node);
            agents.ensure(new MachineSpec(node, "corp", "nodepool1", server, authority, ""), () -> credential);
        }
        Await.until(
                "agents answer",
                () -> cluster.nodes().stream()
                        .allMatch(node -> jsonpath(node, "{.status.level}").equals("Written")));
        home = CapstanHome.upWithDirectories(folder.resolve("home"), Repository.DISTRIBUTION);
    }

    @AfterAll
    static void down() throws Exception {
        try (RealKubernetes _ = kubernetes;
                CapstanHome _ = home) {
            if (inside != null) {
                inside.close();
            }
            if (agents != null) {
                for (Machine machine : agents.list()) {
                    agents.delete(machine.name());
                }
            }
        }
        assertThat(Leftovers.of(folder.resolve("nodes"))).isEmpty();
    }

    @Test
    void theListComesToBothNodesOneAfterTheOtherIsChangedAndRemoved() throws Exception {
        Path one = authority("one");
        Path two = authority("two");
        String bundle = Files.readString(bundle(OTHER));
        try (NodeTrustRecord record = NodeTrustRecord.of(cluster.api())) {
            home.run(
                            "location",
                            "add",
                            "corp-cluster",
                            "--kubeconfig",
                            kubeconfig().toString())
                    .orFail();
            assertThat(home.run("location", "list").orFail().text()).contains("corp-cluster", "\"v1.20");
            home.run("group", "create", "-n", GROUP, "-l", "local").orFail();
            home.run(
                            "aks",
                            "create",
                            "-g",
                            GROUP,
                            "-n",
                            "corp",
                            "--location",
                            "corp-cluster",
                            "--nodepool-name",
                            "nodepool1",
                            "--custom-ca-trust-certificates",
                            Fleet.list(folder.resolve("list"), one).toString(),
                            "--generate-ssh-keys")
                    .orFail();
            assertThat(POOL).allMatch(node -> verifies(node, "one"));
            JsonNode pool = JSON.readTree(
                    aks("nodepool", "list", "--cluster-name", "corp").orFail().text());
            assertThat(pool.at("/0/count").asInt()).isEqualTo(POOL.size());
            assertThat(pool.at("/0/provisioningState").asText()).isEqualTo("Succeeded");

            aks(
                            "update",
                            "-n",
                            "corp",
                            "--custom-ca-trust-certificates",
                            Fleet.list(folder.resolve("next"), two).toString())
                    .orFail();
            assertThat(POOL).allMatch(node -> verifies(node, "two") && !verifies(node, "one"));

            Program.Output scaled =
                    aks("nodepool", "scale", "--cluster-name", "corp", "-n", "nodepool1", "--node-count", "5");
            assertThat(scaled.held()).isFalse();
            assertThat(scaled.text()).contains("has 2 nodes, which are the cluster's own");
            assertThat(aks("stop", "-n", "corp").text()).contains("is a cluster that is there");
            assertThat(home.run("location", "remove", "corp-cluster").text()).contains("Delete it first");

            aks("delete", "-n", "corp", "--yes").orFail();
            assertThat(POOL).noneMatch(node -> verifies(node, "two"));
            home.run("location", "remove", "corp-cluster").orFail();

            // The record may be a moment behind.
            Await.held("the record is whole", () -> toldOneAfterTheOther(record.states()));
            assertThat(record.states().stream()
                            .filter(state -> state.node().equals(OTHER))
                            .map(NodeTrustRecord.State::told))
                    .as("the node of another pool")
                    .containsOnly("");
        }
        assertThat(Files.readString(bundle(OTHER))).isEqualTo(bundle);
        assertThat(cluster.nodes()).containsExactlyInAnyOrder("worker-a", "worker-b", OTHER);
        assertThat(cluster.kubectl("get", "certificatesets", "-o", "name").text())
                .isEmpty();
        assertThat(cluster.kubectl("get", "configmaps", "-n", "capstan-system", "-o", "name")
                        .text())
                .doesNotContain("capstan-location");
        assertThat(cluster.kubectl("get", "nodetrusts", "-o", "name").text().lines())
                .as("those are the cluster's own controller's")
                .hasSize(3);
    }

    @Test
    void azureCliBringsTheListToItAndIsToldWhatIsNotDoneThere() throws Exception {
        Requirements.azureCli();
        AzureCli az = AzureCli.loggedIn(folder.resolve("az"), home);
        Fleet.list(az.file("served.pem"), authority("served"));
        Fleet.list(az.file("other.pem"), authority("other"));
        home.run("location", "add", "corp-cluster", "--kubeconfig", kubeconfig().toString())
                .orFail();
        az.run("group", "create", "--name", "az", "--location", "local").orFail();
        JsonNode created = az.json(
                "aks",
                "create",
                "-g",
                "az",
                "-n",
                "corp",
                "--location",
                "corp-cluster",
                "--nodepool-name",
                "nodepool1",
                "--node-count",
                "2",
                "--custom-ca-trust-certificates",
                "served.pem",
                "--generate-ssh-keys");
        assertThat(created.path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(POOL).allMatch(node -> verifies(node, "served"));
        JsonNode shown = az.json("aks", "show", "-g", "az", "-n", "corp");
        assertThat(shown.path("location").asText()).isEqualTo("corp-cluster");
        assertThat(shown.at("/securityProfile/customCaTrustCertificates")).hasSize(1);
        assertThat(az.json("aks", "nodepool", "list", "-g", "az", "--cluster-name", "corp")
                        .at("/0/count")
                        .asInt())
                .isEqualTo(POOL.size());
        Program.Output credentials = az.run("aks", "get-credentials", "-g", "az", "-n", "corp", "--file", "kubeconfig");
        assertThat(credentials.exit()).isEqualTo(1);
        assertThat(credentials.text()).contains("(OperationNotAllowed)", "use the kubeconfig that you have");

        assertThat(az.json("aks", "update", "-g", "az", "-n", "corp", "--custom-ca-trust-certificates", "other.pem")
                        .path("provisioningState")
                        .asText())
                .isEqualTo("Succeeded");
        assertThat(POOL).allMatch(node -> verifies(node, "other") && !verifies(node, "served"));

        az.run("aks", "delete", "-g", "az", "-n", "corp", "--yes").orFail();
        assertThat(POOL).noneMatch(node -> verifies(node, "other"));
        home.run("location", "remove", "corp-cluster").orFail();
    }

    /** No node was told anything while another had not answered what it was told before. */
    private static void toldOneAfterTheOther(List<NodeTrustRecord.State> states) {
        Map<String, String> told = new HashMap<>();
        Map<String, Boolean> open = new HashMap<>();
        int changes = 0;
        for (NodeTrustRecord.State state : states) {
            String before = told.put(state.node(), state.told());
            if (before != null && !before.equals(state.told())) {
                open.remove(state.node());
                assertThat(open.keySet())
                        .as("%s was told %s", state.node(), state.told())
                        .isEmpty();
                open.put(state.node(), true);
                changes++;
            }
            if (state.answered()) {
                open.remove(state.node());
            }
        }
        assertThat(changes).as("two nodes, told one, two and nothing").isEqualTo(6);
    }

    private static Program.Output aks(String... words) {
        return home.run(Stream.of(Stream.of("aks"), Stream.of(words), Stream.of("-g", GROUP))
                .flatMap(each -> each)
                .toArray(String[]::new));
    }

    private static void node(String name, String pool) {
        cluster.apply("""
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                  labels: {kubernetes.azure.com/agentpool: %s, kubernetes.io/os: linux}
                """.formatted(name, pool));
        cluster.patchStatus(
                "/api/v1/nodes/" + name,
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Kubelet\",\"message\":\"\"}]}}");
    }

    /** What an administrator makes for an agent that runs outside the cluster. */
    private static Credential credential(String node) throws Exception {
        cluster.apply(JSON.writeValueAsString(AgentRights.serviceAccount(node)));
        for (Map<String, Object> object : AgentRights.objects(node)) {
            cluster.apply(JSON.writeValueAsString(object));
        }
        return new Credential(token(ObjectNames.agent(node)));
    }

    private static String token(String account) throws Exception {
        String answer = cluster.api()
                .post(
                        "/api/v1/namespaces/capstan-system/serviceaccounts/" + account + "/token",
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"expirationSeconds\":3600}}");
        return JSON.readTree(answer).at("/status/token").asText();
    }

    /** Of the account that {@code deploy/location} makes, as docs/locations.md has it. */
    private static Path kubeconfig() throws Exception {
        Properties access = RealKubernetes.readAccess(kubernetes.access());
        // Nobody fills token Secrets here: there is no controller manager.
        String token = token("capstan-location");
        return Files.writeString(folder.resolve("corp.kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: corp
                clusters:
                - name: corp
                  cluster: {server: "%s", certificate-authority: "%s"}
                contexts:
                - name: corp
                  context: {cluster: corp, user: capstan}
                users:
                - name: capstan
                  user: {token: "%s"}
                """.formatted(
                        access.getProperty("SERVER"), access.getProperty("AUTHORITY"), token));
    }

    private static String jsonpath(String node, String path) {
        return cluster.kubectl("get", "nodetrust", node, "-o", "jsonpath=" + path)
                .text();
    }

    private static Path authority(String name) {
        Program.clean()
                .run(Repository.lab("make-ca").toString(), folder.toString(), name, name + ".lab.test")
                .orFail();
        return folder.resolve(name + "-ca.crt");
    }

    /** Whether openssl, with the node's bundle and nothing else, trusts a server of this CA. */
    private static boolean verifies(String node, String name) {
        return Program.clean()
                .run(
                        "openssl",
                        "verify",
                        "-no-CApath",
                        "-no-CAstore",
                        "-CAfile",
                        bundle(node).toString(),
                        folder.resolve(name + ".crt").toString())
                .held();
    }

    private static Path bundle(String node) {
        return folder.resolve("nodes/machines").resolve(node).resolve("root/etc/ssl/certs/ca-certificates.crt");
    }
}
