package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentPool.NodeCount;
import dev.capstan.resources.Condition;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pools that select nodes, nodes that cannot be served, and the startup taint; with the controller's own rights alone. */
class NodePoolsTest {

    private static final String SET = "v1:" + "0".repeat(64);
    private static final String TAINT = "{\"key\":\"capstan.dev/trust-pending\",\"effect\":\"NoSchedule\"}";
    private static final String OTHER_TAINT = "{\"key\":\"team.corp/gpu\",\"value\":\"yes\",\"effect\":\"NoSchedule\"}";

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        lab.installDefinitions();
        Definitions.ensureNamespace(lab.client(MANAGEMENT));
        controller =
                Controller.start(ControllerConfig.forThisCluster(lab.inCluster(), ControllerConfig.ThisCluster.STANDARD)
                        .withTiming(TIMING));
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void aPoolSaysWhatItsNodesFollowAndWhatProvesThem() {
        node("a", "\"team\":\"x\"");
        node("b", "\"team\":\"y\"");
        pool(
                "x",
                "{\"team\":\"x\"}",
                "\"enableCustomCATrust\":true,\"trustRules\":{\"probes\":[\"registry.corp:443\"]}");
        await("follows", () -> follows("a"));
        assertThat(spec("a").probes()).containsExactly("registry.corp:443");
        await("its neighbour is there", () -> lab.trust(MANAGEMENT, "b") != null);
        assertThat(follows("b")).isFalse();

        label("b", "\"team\":\"x\"");
        await("who gets the labels follows too", () -> follows("b"));
        label("a", "\"team\":null");
        await("who loses them does not", () -> !follows("a"));
        assertThat(spec("a").probes()).isEmpty();
    }

    @Test
    void aPoolWithoutTrustIsStrongerThanTheLabelAndWithoutPoolTheLabelCounts() {
        node("a", "\"team\":\"x\",\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"");
        await("label", () -> follows("a"));
        pool("x", "{\"team\":\"x\"}", "\"trustRules\":{\"probes\":[\"registry.corp:443\"]}");
        await("pool", () -> !follows("a"));
        await("probes", () -> !spec("a").probes().isEmpty());
        lab.client(MANAGEMENT).resources(AgentPoolObject.class).withName("x").delete();
        await("label again", () -> follows("a"));
        assertThat(spec("a").probes()).isEmpty();
    }

    @Test
    void ofTwoPoolsTheFirstByNameCountsAndBothSaySo() {
        node("a", "\"team\":\"x\",\"zone\":\"1\"");
        pool("second", "{\"zone\":\"1\"}", "\"enableCustomCATrust\":true");
        await("the only one", () -> follows("a"));
        pool("first", "{\"team\":\"x\"}", "\"enableCustomCATrust\":false");
        await("the first by name", () -> !follows("a"));
        await(
                "both say so",
                () -> reason("first").equals("OverlappingSelectors")
                        && reason("second").equals("OverlappingSelectors"));
        assertThat(ready("second").message()).contains("pool first selects a too; first counts for them");
        assertThat(count("first").selected()).isEqualTo(1);
        assertThat(count("second").selected()).isZero();
        assertThat(lab.events(MANAGEMENT))
                .filteredOn(
                        event -> Objects.equals(event.getAdditionalProperties().get("reason"), "OverlappingSelectors"))
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.getAdditionalProperties()).containsEntry("count", 1));
    }

    @Test
    void aPoolCountsItsNodesByLevel() {
        node("a", "\"team\":\"x\"");
        node("b", "\"team\":\"x\"");
        node("w", "\"team\":\"x\",\"kubernetes.io/os\":\"windows\"");
        pool("x", "{\"team\":\"x\"}", "\"enableCustomCATrust\":true");
        await("counted", () -> Objects.equals(count("x"), new NodeCount(3, 2, 0, 0, 0, 1)));
        await("follows", () -> follows("a") && follows("b"));
        speak("a", SET, SET, null);
        speak("b", SET, null, null);
        await("levels", () -> Objects.equals(count("x"), new NodeCount(3, 0, 1, 1, 0, 1)));
        assertThat(reason("x")).isEqualTo("NodesNotLoaded");
        speak("b", SET, SET, SET);
        await("all there", () -> Objects.equals(count("x"), new NodeCount(3, 0, 0, 1, 1, 1)));
        assertThat(ready("x").status()).isEqualTo("True");
        assertThat(ready("x").message())
                .isEqualTo("2 of 2 nodes have loaded what they shall trust; 1 cannot be served");
    }

    @Test
    void aNodeOfWindowsSaysSoAndNothingElseHappensToIt() {
        node("windows-1", "\"kubernetes.io/os\":\"windows\",\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"");
        await("said", () -> Objects.equals(reasonOf("windows-1"), "Unsupported"));
        assertThat(lab.condition(MANAGEMENT, "windows-1", Names.NODE_CONDITION).getStatus())
                .isEqualTo("False");
        label("windows-1", "\"touched\":\"yes\"");
        await("idle", () -> controller.isIdle());
        assertThat(lab.bearing(MANAGEMENT, "windows-1")).containsExactly("nodes/windows-1");
        assertThat(lab.events(MANAGEMENT))
                .singleElement()
                .satisfies(event -> assertThat(event.getAdditionalProperties())
                        .containsEntry("reason", "CustomCATrustUnsupported")
                        .containsEntry("count", 1));
    }

    @Test
    void theTaintIsLiftedAtTheLevelAskedForAndTheOthersStay() {
        tainted("a", "\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"", OTHER_TAINT + "," + TAINT);
        await("follows", () -> follows("a"));
        speak("a", SET, null, null);
        await("Written is seen", () -> Objects.equals(reasonOf("a"), "Written"));
        assertThat(taints("a")).contains(Names.TRUST_PENDING_TAINT);
        speak("a", SET, SET, null);
        await("lifted", () -> !taints("a").contains(Names.TRUST_PENDING_TAINT));
        assertThat(taints("a")).containsExactly("team.corp/gpu");
        assertThat(lab.client(MANAGEMENT)
                        .nodes()
                        .withName("a")
                        .get()
                        .getSpec()
                        .getTaints()
                        .getFirst()
                        .getValue())
                .isEqualTo("yes");
    }

    @Test
    void aTaintThatWaitsForAListIsLiftedOnceAControlPlaneHasSpokenOfThisNode() {
        tainted("a", "\"x\":\"y\"", TAINT.replace("\"effect\"", "\"value\":\"list\",\"effect\""));
        await("says so", () -> {
            var condition = lab.condition(MANAGEMENT, "a", Names.NODE_CONDITION);
            return condition != null && condition.getMessage().contains("waits for the list of the control plane");
        });
        told("a", "another-node-of-this-name");
        label("a", "\"touched\":\"yes\"");
        await("idle", () -> controller.isIdle());
        assertThat(taints("a")).containsExactly(Names.TRUST_PENDING_TAINT);
        told(
                "a",
                lab.client(MANAGEMENT).nodes().withName("a").get().getMetadata().getUid());
        await("lifted", () -> taints("a").isEmpty());
        await(
                "says so no more",
                () -> !lab.condition(MANAGEMENT, "a", Names.NODE_CONDITION)
                        .getMessage()
                        .contains("waits for the list"));
    }

    @Test
    void whereNothingIsAskedForItIsLiftedAtOnceAlsoOnWindows() {
        tainted("a", "\"x\":\"y\"", TAINT);
        tainted("w", "\"kubernetes.io/os\":\"windows\"", TAINT);
        await("lifted", () -> taints("a").isEmpty() && taints("w").isEmpty());
    }

    @Test
    void aPoolMayAskForAnotherLevelAndUnsupportedNodesNeverGetThere() {
        pool(
                "x",
                "{\"team\":\"x\"}",
                "\"enableCustomCATrust\":true,\"trustRules\":{\"trustPendingUntil\":\"Written\"}");
        tainted("a", "\"team\":\"x\"", TAINT);
        tainted("b", "\"kubernetes.azure.com/custom-ca-trust-enabled\":\"true\"", TAINT);
        await("follow", () -> follows("a") && follows("b"));
        speak("a", SET, null, null);
        await("lifted at Written", () -> taints("a").isEmpty());
        assertThat(taints("b")).isNotEmpty();
        speak("b", null, null, new NodeTrust.Problem("Unsupported", "no store of this kind is known"), null);
        await("lifted, as none will come", () -> taints("b").isEmpty());
        await("said", () -> Objects.equals(reasonOf("b"), "Unsupported"));
    }

    private void speak(String node, @Nullable String written, @Nullable String loaded, @Nullable String proven) {
        speak(node, written, loaded, null, proven);
    }

    private void speak(
            String node,
            @Nullable String written,
            @Nullable String loaded,
            NodeTrust.@Nullable Problem problem,
            @Nullable String proven) {
        await("Lease of " + node, () -> lab.bearing(MANAGEMENT, node).contains("leases.coordination.k8s.io/" + node));
        lab.renewLease(MANAGEMENT, node);
        lab.report(
                MANAGEMENT,
                node,
                new NodeTrust.Status(
                        lab.trust(MANAGEMENT, node).getMetadata().getGeneration(),
                        SET,
                        written,
                        loaded,
                        proven,
                        null,
                        List.of(),
                        List.of(),
                        problem,
                        null,
                        "1",
                        null));
    }

    private NodeTrust.Spec spec(String node) {
        return lab.trust(MANAGEMENT, node).getSpec();
    }

    private boolean follows(String node) {
        return lab.trust(MANAGEMENT, node) != null && spec(node).followSecret();
    }

    private @Nullable String reasonOf(String node) {
        return lab.condition(MANAGEMENT, node, Names.NODE_CONDITION) == null
                ? null
                : lab.condition(MANAGEMENT, node, Names.NODE_CONDITION).getReason();
    }

    private AgentPoolObject get(String pool) {
        return lab.client(MANAGEMENT)
                .resources(AgentPoolObject.class)
                .withName(pool)
                .get();
    }

    private @Nullable NodeCount count(String pool) {
        return get(pool).getStatus() == null ? null : get(pool).getStatus().nodes();
    }

    private Condition ready(String pool) {
        return Statuses.ready(get(pool).getStatus().conditions());
    }

    private String reason(String pool) {
        return get(pool).getStatus() == null ? "" : ready(pool).reason();
    }

    private List<String> taints(String node) {
        Node there = lab.client(MANAGEMENT).nodes().withName(node).get();
        return there.getSpec() == null || there.getSpec().getTaints() == null
                ? List.of()
                : there.getSpec().getTaints().stream().map(Taint::getKey).toList();
    }

    private void pool(String name, String selector, String rest) {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"capstan.dev/v1\",\"kind\":\"AgentPool\",\"metadata\":{\"name\":\"" + name
                        + "\"},\"spec\":{\"nodeSelector\":" + selector + "," + rest + "}}");
    }

    private void node(String name, String labels) {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels
                        + "}}}");
    }

    private void tainted(String name, String labels, String taints) {
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels
                        + "}},\"spec\":{\"taints\":[" + taints + "]}}");
    }

    private void told(String node, String uid) {
        await("its NodeTrust", () -> lab.trust(MANAGEMENT, node) != null);
        lab.client(MANAGEMENT)
                .resources(NodeTrustObject.class)
                .withName(node)
                .patch(
                        Manifests.MERGE,
                        "{\"metadata\":{\"annotations\":{\"" + Names.LIST_TOLD_ANNOTATION + "\":\"" + uid + "\"}}}");
    }

    private void label(String node, String label) {
        lab.client(MANAGEMENT)
                .nodes()
                .withName(node)
                .patch(Manifests.MERGE, "{\"metadata\":{\"labels\":{" + label + "}}}");
    }
}
