package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code restart=never} in the controller's configuration, with the controller's own rights alone; agents are played here. */
class ForbiddenRestartsTest {

    private static final List<String> NODES = List.of("one", "two");
    private static final String ONE_SET = "v1:" + "1".repeat(64);
    private static final String OTHER_SET = "v1:" + "2".repeat(64);
    private static final String FORBIDDEN =
            "is forbidden by the controller's configuration; systemctl restart containerd"
                    + " by hand, or drain and replace the node";

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        for (String node : NODES) {
            lab.create(
                    MANAGEMENT,
                    "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + node + "\",\"labels\":{\""
                            + Names.TRUST_ENABLED_LABEL + "\":\"true\"}}}");
            lab.client(MANAGEMENT)
                    .nodes()
                    .withName(node)
                    .subresource("status")
                    .patch(
                            Manifests.STRATEGIC,
                            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"KubeletReady\"}]}}");
        }
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void staleNodesSayThatNobodyWillRestartThemAndStaySo() {
        controller = controller(ControllerConfig.ThisCluster.STANDARD.withoutRestarts());
        NODES.forEach(node -> report(node, ONE_SET));
        NODES.forEach(this::saysWhy);
        NODES.forEach(node -> report(node, OTHER_SET));
        await(
                "the other set is seen",
                () -> NODES.stream().allMatch(node -> message(node).contains(OTHER_SET)));
        NODES.forEach(this::saysWhy);
        await("idle", controller::isIdle);
        assertThat(permitted()).isEmpty();
        assertThat(events("RuntimeRestartPermitted")).isEmpty();
        for (String node : NODES) {
            assertThat(events("CustomCATrustRuntimeStale"))
                    .as("an Event in plain words on " + node)
                    .anyMatch(event -> event.startsWith(node + ": still trusts CN=Gone") && event.endsWith(FORBIDDEN));
        }
    }

    @Test
    void permissionThatWasGivenBeforeItWasForbiddenIsTakenBack() {
        controller = controller(ControllerConfig.ThisCluster.STANDARD);
        NODES.forEach(node -> report(node, ONE_SET));
        await("one may", () -> permitted().equals(Set.of("one")));
        controller.close();
        controller = controller(ControllerConfig.ThisCluster.STANDARD.withoutRestarts());
        await("none may", () -> permitted().isEmpty());
        // What it was asked has changed, and an agent answers.
        NODES.forEach(node -> report(node, ONE_SET));
        NODES.forEach(this::saysWhy);
        await("idle", controller::isIdle);
        assertThat(permitted()).isEmpty();
        assertThat(events("RuntimeRestartWithdrawn")).singleElement().asString().endsWith(FORBIDDEN);
    }

    private void saysWhy(String node) {
        await(node + " says why", () -> {
            NodeCondition condition = lab.condition(MANAGEMENT, node, Names.NODE_CONDITION);
            return condition != null
                    && condition.getStatus().equals("False")
                    && condition.getReason().equals("RuntimeStale")
                    && condition.getMessage().endsWith(FORBIDDEN);
        });
    }

    private String message(String node) {
        NodeCondition condition = lab.condition(MANAGEMENT, node, Names.NODE_CONDITION);
        return condition == null ? "" : condition.getMessage();
    }

    private Set<String> permitted() {
        return NODES.stream()
                .filter(node -> lab.trust(MANAGEMENT, node).getSpec().runtimeRestart())
                .collect(Collectors.toSet());
    }

    /** Names of the objects and messages of the Events of this reason. */
    private List<String> events(String reason) {
        return lab.client(MANAGEMENT).v1().events().inAnyNamespace().list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .map(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
                .toList();
    }

    private Controller controller(ControllerConfig.ThisCluster rules) {
        return Controller.start(
                ControllerConfig.forThisCluster(lab.inCluster(), rules).withTiming(TIMING));
    }

    /** As an agent does whose runtime has not read this set. */
    private void report(String node, String set) {
        await(
                "it is asked to follow",
                () -> lab.trust(MANAGEMENT, node) != null
                        && lab.trust(MANAGEMENT, node).getSpec().followSecret()
                        && lab.bearing(MANAGEMENT, node).contains("leases.coordination.k8s.io/" + node));
        lab.renewLease(MANAGEMENT, node);
        lab.report(
                MANAGEMENT,
                node,
                new NodeTrust.Status(
                        lab.trust(MANAGEMENT, node).getMetadata().getGeneration(),
                        set,
                        set,
                        null,
                        null,
                        new NodeTrust.Lane("Restart", "made here"),
                        List.of(),
                        List.of(),
                        new NodeTrust.Problem("RuntimeStale", "still trusts CN=Gone, not of " + set),
                        null,
                        "1",
                        "2026-01-01T00:00:00Z",
                        null,
                        new NodeRuntime(
                                "containerd",
                                "1.6.20",
                                7,
                                "2026-01-01T00:00:00Z",
                                List.of(),
                                List.of(),
                                0,
                                null,
                                List.of())));
    }
}
