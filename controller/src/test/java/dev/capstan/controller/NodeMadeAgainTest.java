package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Node;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A Node that goes and is registered again under its name, as when a machine is made anew: what the one before had loaded says
 * nothing of it, so its startup taint stays until its own agent speaks.
 */
class NodeMadeAgainTest {

    private static final String SET = "v1:" + "0".repeat(64);
    private static final String NODE = "worker";

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        controller = controller(Kill.never());
        register();
        await("its Lease", () -> lab.bearing(MANAGEMENT, NODE).size() == 3);
        speak();
        await("lifted", () -> !isTainted());
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void theOldStatusDoesNotLiftTheTaintOfANodeMadeAgainAtOnce() {
        makeAgain();
        staysTaintedUntilItsOwnAgentSpeaks();
    }

    @Test
    void norOfOneThatWasMadeAgainWhileNoControllerRan() {
        controller.close();
        makeAgain();
        controller = controller(Kill.never());
        staysTaintedUntilItsOwnAgentSpeaks();
    }

    @Test
    void norWhereTheControllerIsKilledBeforeAnyOfItsWrites() {
        int writes = 1;
        for (int at = 1; at <= writes; at++) {
            controller.close();
            makeAgain();
            Kill kill = new Kill(at);
            controller = controller(kill);
            await("killed or at rest", () -> kill.isDead() || (tellsOfTheNodeThatIsThere() && controller.isIdle()));
            assertThat(isTainted()).as("killed at " + at + " " + kill.where()).isTrue();
            writes = kill.isDead() ? at + 1 : at;
            controller.close();
            controller = controller(Kill.never());
            staysTaintedUntilItsOwnAgentSpeaks();
        }
        assertThat(writes).as("writes that it was killed before").isGreaterThan(1);
    }

    @Test
    void aTaintIsLiftedFromTheNodeThatWasSeenAndFromNoOther() {
        controller.close();
        makeAgain();
        Node seen = node();
        makeAgain();
        StartupTaint.lift(lab.client(MANAGEMENT), seen);
        assertThat(isTainted()).isTrue();
        StartupTaint.lift(lab.client(MANAGEMENT), node());
        assertThat(isTainted()).isFalse();
    }

    private void staysTaintedUntilItsOwnAgentSpeaks() {
        await("spoken of anew", this::tellsOfTheNodeThatIsThere);
        await("its condition says that nothing is known yet", () -> {
            var condition = lab.condition(MANAGEMENT, NODE, Names.NODE_CONDITION);
            return condition != null && List.of("Pending", "AgentSilent").contains(condition.getReason());
        });
        await("at rest", controller::isIdle);
        assertThat(isTainted()).isTrue();
        speak();
        await("lifted", () -> !isTainted());
    }

    private boolean tellsOfTheNodeThatIsThere() {
        NodeTrustObject trust = lab.trust(MANAGEMENT, NODE);
        return trust != null
                && node().getMetadata().getUid().equals(trust.getSpec().nodeUid());
    }

    private void makeAgain() {
        lab.client(MANAGEMENT).nodes().withName(NODE).delete();
        register();
    }

    private void register() {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + NODE + "\",\"labels\":{\""
                        + Names.TRUST_ENABLED_LABEL + "\":\"true\"}},\"spec\":{\"taints\":[{\"key\":\""
                        + Names.TRUST_PENDING_TAINT + "\",\"effect\":\"NoSchedule\"}]}}");
    }

    private Node node() {
        return lab.client(MANAGEMENT).nodes().withName(NODE).get();
    }

    private boolean isTainted() {
        return StartupTaint.isOn(node());
    }

    private void speak() {
        await("a Lease and what to answer", () -> lab.bearing(MANAGEMENT, NODE).size() == 3);
        lab.renewLease(MANAGEMENT, NODE);
        lab.report(
                MANAGEMENT,
                NODE,
                new NodeTrust.Status(
                        lab.trust(MANAGEMENT, NODE).getMetadata().getGeneration(),
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

    private Controller controller(Kill kill) {
        return Controller.start(
                ControllerConfig.forThisCluster(lab.inCluster(), ControllerConfig.ThisCluster.STANDARD)
                        .withTiming(TIMING),
                kill);
    }
}
