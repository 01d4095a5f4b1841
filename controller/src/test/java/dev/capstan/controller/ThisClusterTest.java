package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where management and managed cluster are one and Nodes come from kubelets; with the controller's own rights alone. */
class ThisClusterTest {

    private static final String SET = "v1:" + "0".repeat(64);
    private static final String DISTRUSTED = "d".repeat(64);

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        controller = controller(TIMING);
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void aNodeGetsANodeTrustAndALeaseAndNobodyAnyRights() {
        node("worker", "");
        await("whole", () -> lab.bearing(MANAGEMENT, "worker").size() == 3);
        assertThat(lab.trust(MANAGEMENT, "worker").getSpec())
                .isEqualTo(new NodeTrust.Spec(null, false, false, List.of(), null, List.of(), null, uid()));
    }

    @Test
    void theLabelDecidesWhetherANodeFollowsTheSecret() {
        node("worker", "\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"");
        await("follows", () -> follows("worker"));
        label("\"false\"");
        await("no more", () -> !follows("worker"));
        label("\"true\"");
        await("again", () -> follows("worker"));
        label("null");
        await("no label", () -> !follows("worker"));
    }

    @Test
    void whatElseIsInTheSpecIsLeftToOthers() {
        node("worker", "");
        await("there", () -> lab.trust(MANAGEMENT, "worker") != null);
        lab.client(MANAGEMENT)
                .resources(NodeTrustObject.class)
                .withName("worker")
                .patch(
                        Manifests.MERGE,
                        "{\"spec\":{\"certificateSet\":\"" + SET + "\",\"runtimeRestart\":true,\"distrusted\":[\""
                                + DISTRUSTED + "\"]}}");
        label("\"true\"");
        await("follows", () -> follows("worker"));
        assertThat(lab.trust(MANAGEMENT, "worker").getSpec())
                .isEqualTo(new NodeTrust.Spec(SET, true, true, List.of(DISTRUSTED), null, List.of(), null, uid()));
    }

    @Test
    void aNodeThatWentLeavesNothing() {
        node("worker", "");
        await("whole", () -> lab.bearing(MANAGEMENT, "worker").size() == 3);
        lab.client(MANAGEMENT).nodes().withName("worker").delete();
        await("nothing", () -> lab.bearing(MANAGEMENT, "worker").isEmpty());
    }

    @Test
    void aNodeThatWentWhileNobodyLookedLeavesNothing() {
        node("worker", "");
        await("whole", () -> lab.bearing(MANAGEMENT, "worker").size() == 3);
        controller.close();
        lab.client(MANAGEMENT).nodes().withName("worker").delete();
        controller = controller(TIMING);
        await("nothing", () -> lab.bearing(MANAGEMENT, "worker").isEmpty());
    }

    @Test
    void theKubeletsOwnConditionsStay() {
        node("worker", "");
        lab.client(MANAGEMENT)
                .nodes()
                .withName("worker")
                .subresource("status")
                .patch(
                        Manifests.STRATEGIC,
                        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"KubeletReady\"}]}}");
        await("mirrored", () -> condition() != null);
        assertThat(condition().getReason()).isEqualTo("AgentSilent");
        assertThat(lab.condition(MANAGEMENT, "worker", "Ready").getReason()).isEqualTo("KubeletReady");
    }

    @Test
    void aSilentAgentIsUnknownAndSaidSoOnceUntilItSpeaksAgain() {
        controller.close();
        controller = controller(
                Lab.timing(Duration.ofSeconds(4), TIMING.unusedSet(), TIMING.patience(), TIMING.tombstone()));
        node("worker", "");
        await("lease", () -> lab.bearing(MANAGEMENT, "worker").size() == 3);
        await("heard of", () -> {
            speak();
            return condition() != null && condition().getReason().equals("NotEnabled");
        });
        await("silent", () -> condition().getReason().equals("AgentSilent"));
        assertThat(condition().getStatus()).isEqualTo("Unknown");
        await("heard of again", () -> {
            speak();
            return condition().getReason().equals("NotEnabled");
        });
        assertThat(lab.events(MANAGEMENT))
                .anySatisfy(event -> assertThat(event.getAdditionalProperties())
                        .containsEntry("reason", "CustomCATrustAgentSilent")
                        .containsEntry("type", "Warning")
                        .containsEntry("count", 1));
    }

    private Controller controller(ControllerConfig.Timing timing) {
        return Controller.start(ControllerConfig.forThisCluster(lab.inCluster(), ControllerConfig.ThisCluster.STANDARD)
                .withTiming(timing));
    }

    private void speak() {
        lab.client(MANAGEMENT)
                .leases()
                .inNamespace(Names.SYSTEM_NAMESPACE)
                .withName("worker")
                .edit(lease -> {
                    lease.getSpec().setLeaseDurationSeconds(1);
                    lease.getSpec().setRenewTime(java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC));
                    return lease;
                });
        lab.report(
                MANAGEMENT,
                "worker",
                new NodeTrust.Status(
                        lab.trust(MANAGEMENT, "worker").getMetadata().getGeneration(),
                        SET,
                        SET,
                        SET,
                        null,
                        null,
                        List.of(),
                        List.of(),
                        null,
                        null,
                        "1",
                        null));
    }

    private String uid() {
        return lab.client(MANAGEMENT)
                .nodes()
                .withName("worker")
                .get()
                .getMetadata()
                .getUid();
    }

    private boolean follows(String node) {
        NodeTrustObject trust = lab.trust(MANAGEMENT, node);
        return trust != null && trust.getSpec().followSecret();
    }

    private NodeCondition condition() {
        return lab.condition(MANAGEMENT, "worker", Names.NODE_CONDITION);
    }

    private void node(String name, String label) {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + label
                        + "}}}");
    }

    private void label(String value) {
        lab.client(MANAGEMENT)
                .nodes()
                .withName("worker")
                .patch(
                        Manifests.MERGE,
                        "{\"metadata\":{\"labels\":{\"" + Names.TRUST_ENABLED_LABEL + "\":" + value + "}}}");
    }
}
