package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.ManagedCluster.EndedOperation;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ObjectNames;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The controller with the embedded API and machines that are records. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
class ControllerTest {

    private static final String FIRST = ObjectNames.machine(CLUSTER, "np", 0);
    private static final String SECOND = ObjectNames.machine(CLUSTER, "np", 1);

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        controller = lab.start();
        lab.installDefinitions();
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void aClusterGetsItsMachinesAsReadyNodes() {
        lab.want(2, true);
        await("ready", lab::isReady);
        assertThat(lab.provider.made).containsExactlyInAnyOrder(FIRST, SECOND);
        assertThat(lab.nodes()).containsExactly(FIRST, SECOND);
        assertThat(lab.cluster().getStatus().endpoint()).endsWith("/clusters/" + CLUSTER);
        assertThat(lab.node(FIRST).getMetadata().getLabels())
                .containsEntry(Names.POOL_LABEL, "np")
                .containsEntry(Names.SHORT_POOL_LABEL, "np")
                .containsEntry(Names.TRUST_ENABLED_LABEL, "true")
                .containsEntry("kubernetes.io/hostname", FIRST)
                .containsEntry("kubernetes.io/arch", "amd64")
                .containsEntry(Names.MANAGED_BY_LABEL, "capstan");
        assertThat(lab.node(FIRST).getStatus().getNodeInfo().getContainerRuntimeVersion())
                .isEqualTo("containerd://1.6.20");
        assertThat(lab.trust(CLUSTER, FIRST).getSpec()).isEqualTo(new NodeTrust.Spec(null, true, false));
        assertThat(lab.provider.credentials.get(FIRST)).hasSize(1);
        assertThat(lab.provider.specs.get(FIRST).server())
                .isEqualTo(lab.endpoint(CLUSTER).url());
    }

    @Test
    void thePoolIsReadyOnlyWhenItsNodesAre() {
        lab.provider.agentsRun = false;
        lab.want(1, false);
        await("the node is there, its agent is not", () -> {
            var ready = lab.exists(CLUSTER) && lab.node(FIRST) != null ? lab.condition(CLUSTER, FIRST, "Ready") : null;
            return ready != null && ready.getReason().equals("AgentNotStarted");
        });
        assertThat(lab.isReady()).isFalse();
        lab.renewLease(CLUSTER, FIRST);
        await("ready", lab::isReady);
    }

    @Test
    void scalingDownTakesTheHighestIndexAndEverythingOfIt() {
        lab.want(2, true);
        await("two", lab::isReady);
        lab.want(1, true);
        await("one", () -> lab.isReady() && lab.nodes().size() == 1);
        await(
                "nothing is left of the second",
                () -> lab.bearing(CLUSTER, SECOND).isEmpty());
        assertThat(lab.provider.deleted).containsExactly(SECOND);
        assertThat(lab.recorded()).containsExactly(FIRST);
        assertThat(lab.bearing(CLUSTER, FIRST)).hasSize(8);
    }

    @Test
    void deletingTheClusterLeavesNothing() {
        lab.want(2, true);
        await("two", lab::isReady);
        lab.client(Lab.MANAGEMENT).resource(lab.cluster()).delete();
        await("gone", () -> lab.cluster() == null);
        assertThat(lab.pools()).isEmpty();
        assertThat(lab.provider.list()).isEmpty();
        assertThat(lab.exists(CLUSTER)).isFalse();
    }

    @Test
    void aMachineThatDiedIsNotReadyAtOnceAndBootedAgainWithAFreshCredential() {
        lab.want(1, false);
        await("ready", lab::isReady);
        lab.provider.stop(FIRST);
        await("booted again", () -> lab.provider.booted.size() == 2);
        await("ready", lab::isReady);
        assertThat(lab.provider.made).hasSize(1);
        assertThat(lab.provider.credentials.get(FIRST)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aMachineThatCannotBeMadeFailsTheOperationAndIsMadeWithTheNextWrite() {
        lab.provider.failing.put(SECOND, "the disk of this host is full; free some space");
        lab.operation("Create", null);
        lab.want(2, false);
        await(
                "the reason is there",
                () -> lab.cluster().getStatus() != null
                        && Statuses.ready(lab.cluster().getStatus().conditions())
                                .message()
                                .contains(SECOND + ": the disk of this host is full; free some space"));
        assertThat(lab.provider.made).containsExactly(FIRST);
        await("failed", () -> lab.provisioned().equals("False MachinesFailed"));
        assertThat(lab.provider.tries.get(SECOND).get()).isEqualTo(3);
        lab.provider.failing.clear();
        lab.operation("Update", null);
        await("provisioned", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.isReady()).isTrue();
        assertThat(lab.cluster().getStatus().operations())
                .extracting(EndedOperation::result)
                .containsExactly("Succeeded", "Failed");
    }

    @Test
    void aNewControllerGivesEveryMachineAFreshCredentialAndMakesNone() {
        lab.want(2, false);
        await("ready", lab::isReady);
        controller.close();
        lab.client(CLUSTER)
                .leases()
                .inNamespace(Names.SYSTEM_NAMESPACE)
                .withName(FIRST)
                .get();
        controller = lab.start();
        await(
                "fresh credentials",
                () -> lab.provider.credentials.values().stream().allMatch(all -> all.size() == 2));
        assertThat(lab.provider.made).hasSize(2);
    }

    @Test
    void enablingTrustReachesMachinesThatAreThere() {
        lab.want(1, false);
        await("ready", lab::isReady);
        assertThat(lab.node(FIRST).getMetadata().getLabels()).doesNotContainKey(Names.TRUST_ENABLED_LABEL);
        lab.want(1, true);
        await("follows", () -> lab.trust(CLUSTER, FIRST).getSpec().followSecret());
        await("labelled", () -> lab.node(FIRST).getMetadata().getLabels().containsKey(Names.TRUST_ENABLED_LABEL));
        lab.want(1, false);
        await("follows no more", () -> !lab.trust(CLUSTER, FIRST).getSpec().followSecret());
        await("no label", () -> !lab.node(FIRST).getMetadata().getLabels().containsKey(Names.TRUST_ENABLED_LABEL));
    }

    @Test
    void aLabelChangedByHandIsPutBackOnAMachine() {
        lab.want(1, true);
        await("ready", lab::isReady);
        label(FIRST, "false");
        await(
                "put back",
                () -> "true".equals(lab.node(FIRST).getMetadata().getLabels().get(Names.TRUST_ENABLED_LABEL)));
        assertThat(lab.trust(CLUSTER, FIRST).getSpec().followSecret()).isTrue();
    }

    @Test
    void aNodeAndANodeTrustDeletedByHandComeBack() {
        lab.want(1, true);
        await("ready", lab::isReady);
        lab.client(CLUSTER).nodes().withName(FIRST).delete();
        lab.client(CLUSTER).resources(NodeTrustObject.class).withName(FIRST).delete();
        await("back", () -> lab.node(FIRST) != null && lab.trust(CLUSTER, FIRST) != null && lab.isReady());
        assertThat(lab.provider.deleted).isEmpty();
    }

    @Test
    void statusIsMirroredToTheNodeAndSaidOnNodeAndSecret() {
        lab.want(2, true);
        await("ready", lab::isReady);
        await("missing", () -> {
            report(FIRST, List.of(), null);
            var condition = lab.condition(CLUSTER, FIRST, Names.NODE_CONDITION);
            return condition != null
                    && condition.getMessage().startsWith("kube-system/custom-ca-trust-secret does not exist");
        });
        lab.create(CLUSTER, """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"custom-ca-trust-secret","namespace":"kube-system"},
                 "stringData":{"ca1.crt":"private"}}
                """);
        var secret = lab.embedded(CLUSTER)
                .get("secrets", "kube-system", "custom-ca-trust-secret")
                .orElseThrow();
        var seen = new NodeTrust.SecretSeen(
                secret.at("/metadata/uid").asText(),
                secret.at("/metadata/resourceVersion").asText());
        var finding = new NodeTrust.StatusFinding(
                "not-a-ca", "error", "secret/ca1.crt", "It is a server's certificate.", "Put the CA's there.");
        report(FIRST, List.of(finding), seen);
        report(SECOND, List.of(finding), seen);
        await("quarantined", () -> {
            var condition = lab.condition(CLUSTER, SECOND, Names.NODE_CONDITION);
            return condition != null && condition.getReason().equals("Quarantined");
        });
        assertThat(lab.condition(CLUSTER, SECOND, Names.NODE_CONDITION).getStatus())
                .isEqualTo("True");
        assertThat(lab.condition(CLUSTER, SECOND, Names.NODE_CONDITION).getMessage())
                .contains("secret/ca1.crt (not-a-ca)");
        await(
                "an Event on the Secret and one on each Node",
                () -> lab.events(CLUSTER).size() >= 3
                        && about("Secret").size() == 1
                        && about("Node").stream()
                                        .filter(event -> event.toString().contains("Quarantined"))
                                        .count()
                                == 2);
        assertThat(about("Secret").getFirst())
                .containsEntry(
                        "message",
                        "key ca1.crt was left out (not-a-ca): It is a server's certificate. Put the CA's there.")
                .containsEntry("type", "Warning")
                .containsEntry("count", 1);
    }

    @Test
    void aSecretOfThatNameElsewhereIsPointedOut() {
        lab.want(0, true);
        await("ready", lab::isReady);
        lab.create(CLUSTER, """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"custom-ca-trust-secret","namespace":"default"}}
                """);
        await("said", () -> about("Secret").size() == 1);
        assertThat(about("Secret").getFirst().get("message").toString())
                .contains("no node reads a Secret custom-ca-trust-secret in namespace default");
    }

    @Test
    void anIdleControllerAsksForNothing() {
        controller.close();
        Kill counter = Kill.never();
        controller = lab.start(counter);
        lab.want(1, true);
        await("ready", lab::isReady);
        await("idle", controller::isIdle);
        int writes = counter.writes();
        lab.renewLease(CLUSTER, FIRST);
        lab.renewLease(CLUSTER, FIRST);
        await("idle", controller::isIdle);
        assertThat(counter.writes()).isEqualTo(writes);
    }

    private List<Map<String, Object>> about(String kind) {
        return lab.events(CLUSTER).stream()
                .map(event -> event.getAdditionalProperties())
                .filter(event ->
                        ((Map<?, ?>) event.get("involvedObject")).get("kind").equals(kind))
                .toList();
    }

    private void label(String node, String value) {
        lab.client(CLUSTER)
                .nodes()
                .withName(node)
                .patch(
                        Manifests.MERGE,
                        "{\"metadata\":{\"labels\":{\"" + Names.TRUST_ENABLED_LABEL + "\":\"" + value + "\"}}}");
    }

    private void report(String node, List<NodeTrust.StatusFinding> findings, NodeTrust.SecretSeen secret) {
        String set = "v1:" + "0".repeat(64);
        lab.report(
                CLUSTER,
                node,
                new NodeTrust.Status(
                        lab.trust(CLUSTER, node).getMetadata().getGeneration(),
                        set,
                        set,
                        set,
                        null,
                        new NodeTrust.Lane("Isolated", "made here"),
                        List.of(),
                        findings,
                        null,
                        secret,
                        "1",
                        "2026-01-01T00:00:00Z"));
    }
}
