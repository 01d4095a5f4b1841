package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ManagedCluster.EndedOperation;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.UpgradeSettings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Model updates on the embedded API, with machines that are records and agents that load what they are told. */
class ModelUpdateTest {

    private static final String ONE = base64(TestKeys.authority("one"));
    private static final String TWO = base64(TestKeys.authority("two"));
    private static final String THREE = base64(TestKeys.authority("three"));
    private static final UpgradeSettings SURGE_ONE = new UpgradeSettings("1", null, null, null, null);

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
    void aChangedListReplacesEveryMachineAndTheOperationEndsOnlyThen() {
        create(3, ONE);
        lab.pod("p", machine(0), "\"labels\":{}");
        String id = update(3, TWO);
        await("begun", () -> lab.provisioned().equals("Unknown Updating"));
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(records()).hasSize(3).allSatisfy((machine, record) -> {
            assertThat(record.phase()).isEqualTo(AgentPool.RUNNING);
            assertThat(record.certificateSet())
                    .isEqualTo(lab.pool("np").getSpec().certificateSet());
        });
        assertThat(lab.provider.deleted).containsExactly(machine(0), machine(1), machine(2));
        assertThat(lab.pods()).isEmpty();
        assertThat(lab.nodes()).isEqualTo(lab.recorded());
        AgentPool.ModelUpdate progress = lab.pool("np").getStatus().modelUpdate();
        assertThat(List.of(
                        progress.machines(),
                        progress.made(),
                        progress.loaded(),
                        progress.drained(),
                        progress.deleted()))
                .containsOnly(3);
        assertThat(progress.ended()).isNotNull();
        assertThat(operations()).first().satisfies(ended -> {
            assertThat(ended.id()).isEqualTo(id);
            assertThat(ended.kind()).isEqualTo("Update");
            assertThat(ended.result()).isEqualTo("Succeeded");
            assertThat(ended.code()).isNull();
        });
    }

    @Test
    void everyOldNodeIsCordonedEmptiedAndDeletedInThisOrderAndNeverTooManyAtOnce() throws Exception {
        UpgradeSettings half = new UpgradeSettings("50%", null, null, null, null);
        lab.list = List.of(ONE);
        lab.prepare("Create");
        lab.want(4, false, half);
        await("created", () -> lab.provisioned().equals("True Succeeded"));
        for (int i = 0; i < 4; i++) {
            lab.pod("p" + i, machine(i), "\"labels\":{}");
        }
        Course course = new Course();
        List<Integer> ready = course.ready;
        try (var _ = lab.client(CLUSTER).pods().inAnyNamespace().watch(course.pods);
                var _ = lab.client(CLUSTER).nodes().watch(course.nodes)) {
            await("all there", () -> !ready.isEmpty() && ready.getLast() == 4);
            ready.clear();
            lab.list = List.of(TWO);
            lab.prepare("Update");
            lab.want(4, false, half);
            await("updated", () -> lab.provisioned().equals("True Succeeded"));
            await("all seen", () -> course.count("deleted ") == 4 && course.count("gone ") == 4);
        }
        List<String> seen = List.copyOf(course.steps.values());
        for (int i = 0; i < 4; i++) {
            String name = machine(i);
            assertThat(seen).containsSubsequence("cordoned " + name, "gone " + name, "deleted " + name);
        }
        assertThat(ready).allSatisfy(count -> assertThat(count).isBetween(4, 6));
        assertThat(lab.provider.most.get()).isLessThanOrEqualTo(6);
    }

    @Test
    void aBudgetMakesTheDrainWaitAndIsNamed() {
        create(1, ONE);
        blocked("p", machine(0));
        update(1, TWO);
        await("waits", () -> message().contains("pod default/p may not go"));
        assertThat(message()).contains("keep").contains(machine(0));
        assertThat(lab.pods()).containsExactly("p");
        assertThat(lab.node(machine(0)).getSpec().getUnschedulable()).isTrue();
        release();
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.pods()).isEmpty();
    }

    @Test
    void podsOfDaemonSetsAreNotEvictedAndGoWithTheirNode() {
        create(1, ONE);
        lab.create(CLUSTER, """
                {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d","namespace":"default"},
                 "spec":{"selector":{"matchLabels":{"a":"d"}},"template":{"metadata":{"labels":{"a":"d"}},
                  "spec":{"containers":[{"name":"c","image":"i"}]}}}}
                """);
        String uid = lab.embedded(CLUSTER)
                .get("daemonsets.apps", "default", "d")
                .orElseThrow()
                .at("/metadata/uid")
                .asText();
        lab.pod(
                "ds",
                machine(0),
                "\"labels\":{\"a\":\"d\"},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"name\":\"d\",\"uid\":\""
                        + uid + "\",\"controller\":true}]");
        assertThat(lab.pods()).containsExactly("ds");
        update(1, TWO);
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.pods()).isEmpty();
    }

    @Test
    void theSameCertificatesInAnotherOrderOrWithOtherWhitespaceReplaceNothing() {
        create(2, ONE, TWO);
        int made = lab.provider.made.size();
        update(2, TWO, spaced(ONE));
        await(
                "ended",
                () -> lab.provisioned().equals("True Succeeded") && operations().size() == 2);
        update(2, base64(text(ONE) + text(TWO)));
        await(
                "ended",
                () -> lab.provisioned().equals("True Succeeded") && operations().size() == 3);
        assertThat(lab.provider.made).hasSize(made);
        assertThat(lab.provider.deleted).isEmpty();
        assertThat(lab.pool("np").getStatus().modelUpdate()).isNull();
    }

    @Test
    void aClearedListReplacesMachinesTooAndItsSetIsLetGo() {
        create(1, ONE);
        update(1);
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(records().values().iterator().next().certificateSet()).isNull();
        assertThat(lab.provider.specs.get(machine(1)).certificates()).isEmpty();
    }

    @Test
    void poolsAreUpdatedOneAfterTheOther() {
        List<AgentPoolProfile> pools = List.of(profile("a", 2), profile("b", 2), profile("c", 0));
        lab.list = List.of(ONE);
        lab.prepare("Create");
        lab.want(pools);
        await("created", () -> lab.provisioned().equals("True Succeeded"));
        blocked("p", ObjectNames.machine(CLUSTER, "a", 0));
        lab.list = List.of(TWO);
        lab.prepare("Update");
        lab.want(pools);
        await("first waits", () -> message().contains("may not go"));
        assertThat(lab.pool("b").getSpec().hold()).isEqualTo(AgentPool.HOLD_TURN);
        assertThat(lab.provisioned(lab.pool("b"))).isEqualTo("Unknown Updating");
        await("nothing to do for c", () -> lab.provisioned(lab.pool("c")).equals("True Succeeded"));
        assertThat(lab.provider.made).noneMatch(name -> name.equals(ObjectNames.machine(CLUSTER, "b", 2)));
        release();
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        List<String> deleted = List.copyOf(lab.provider.deleted);
        assertThat(deleted).hasSize(4);
        assertThat(deleted.subList(0, 2)).allMatch(name -> name.contains("-a-"));
    }

    @Test
    void anAbortCallsBackWhatIsBeingDrainedAndEndsCanceled() {
        create(2, ONE);
        blocked("p", machine(0));
        update(2, TWO);
        await("draining", () -> message().contains("may not go"));
        lab.abort();
        await("ended", () -> lab.provisioned().equals("False Canceled"));
        assertThat(lab.recorded()).containsExactly(machine(0), machine(1));
        assertThat(lab.node(machine(0)).getSpec().getUnschedulable()).isNull();
        assertThat(lab.node(machine(0)).getMetadata().getAnnotations()).isNullOrEmpty();
        assertThat(records().values()).allMatch(record -> record.phase().equals(AgentPool.RUNNING));
        assertThat(operations())
                .extracting(ended -> ended.kind() + " " + ended.result())
                .containsExactly("Abort Succeeded", "Update Canceled", "Create Succeeded");
        assertThat(lab.pods()).containsExactly("p");
        release();
        lab.operation("Update", null);
        await("resumed", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.provider.deleted).contains(machine(0), machine(1));
        assertThat(lab.recorded()).hasSize(2);
    }

    @Test
    void aUsersOwnCordonIsNotTakenBack() {
        create(2, ONE);
        lab.client(CLUSTER).nodes().withName(machine(0)).patch(Manifests.MERGE, "{\"spec\":{\"unschedulable\":true}}");
        blocked("p", machine(0));
        update(2, TWO);
        await("draining", () -> message().contains("may not go"));
        lab.abort();
        await("ended", () -> lab.provisioned().equals("False Canceled"));
        assertThat(lab.node(machine(0)).getSpec().getUnschedulable()).isTrue();
    }

    @Test
    void aNewMachineWithPodsStaysAfterAnAbortAndIsSpokenOf() {
        create(1, ONE);
        blocked("p", machine(0));
        update(1, TWO);
        await("draining", () -> message().contains("may not go"));
        lab.pod("q", machine(1), "\"labels\":{}");
        lab.abort();
        await("ended", () -> lab.provisioned().equals("False Canceled"));
        assertThat(lab.recorded()).containsExactly(machine(0), machine(1));
        assertThat(operations().get(1).message()).contains("above the count");
    }

    @Test
    void aNodeThatNeverLoadsItsListStopsTheUpdateAndTheOldOnesServeOn() {
        create(2, ONE);
        lab.provider.notLoading.add(machine(2));
        update(2, TWO);
        await("only its list is waited for", () -> message().contains("has not taken up the list"));
        // Little patience only now that all else is done: on a busy machine that takes long, too.
        restart(Duration.ofMillis(1500), Duration.ofMinutes(10));
        await("ended", () -> lab.provisioned().equals("False NodesNotLoaded"));
        assertThat(message()).contains(machine(2)).contains("has not taken up the list");
        assertThat(lab.provider.deleted).isEmpty();
        assertThat(lab.recorded()).contains(machine(0), machine(1));
        lab.provider.notLoading.clear();
        await("it loads", () -> lab.trust(CLUSTER, machine(2)).getStatus().loaded() != null);
        assertThat(lab.provisioned()).as("latched").isEqualTo("False NodesNotLoaded");
        restart(Lab.TIMING.patience(), Lab.TIMING.tombstone());
        lab.operation("Update", null);
        await("the next write takes it up", () -> lab.provisioned().equals("True Succeeded"));
    }

    @Test
    void machinesThatAreOnlyDirectoriesHaveTakenUpTheirListWhenItIsWritten() {
        lab.provider.kind = Machine.Kind.DIRECTORY;
        create(2, ONE);
        update(2, TWO);
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.provider.deleted).containsExactly(machine(0), machine(1));
        assertThat(lab.trust(CLUSTER, machine(2)).getStatus().level()).isEqualTo("Written");
        await("the node says so", () -> {
            var condition = lab.condition(CLUSTER, machine(2), Names.NODE_CONDITION);
            return condition != null && condition.getMessage().endsWith("Written is the most it reaches");
        });
        assertThat(Statuses.ready(lab.pool("np").getStatus().conditions()).message())
                .endsWith("without a container runtime: level Written is the most they reach");
    }

    @Test
    void aListChangedInTheMiddleReplacesMachinesOfTheMiddleModelToo() {
        create(2, ONE);
        blocked("p", machine(0));
        update(2, TWO);
        await("draining", () -> message().contains("may not go"));
        update(2, THREE);
        release();
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.provider.deleted).contains(machine(0), machine(1), machine(2));
        String model = lab.pool("np").getSpec().certificateSet();
        assertThat(records().values()).hasSize(2).allMatch(record -> model.equals(record.certificateSet()));
    }

    @Test
    void aListChangedBackKeepsTheMachinesThatAreStillThere() {
        create(2, ONE);
        blocked("p", machine(0));
        update(2, TWO);
        await("draining", () -> message().contains("may not go"));
        update(2, ONE);
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.recorded()).containsExactly(machine(0), machine(1));
        assertThat(lab.node(machine(0)).getSpec().getUnschedulable()).isNull();
        assertThat(lab.pods()).containsExactly("p");
    }

    @Test
    void scalingDownDrainsAndHonoursBudgets() {
        create(2, ONE);
        blocked("p", machine(1));
        lab.prepare("UpdateAgentPool");
        lab.want(1, false, SURGE_ONE);
        await("waits", () -> message().contains("may not go"));
        assertThat(lab.provider.deleted).isEmpty();
        release();
        await("ended", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.provider.deleted).containsExactly(machine(1));
    }

    @Test
    void aPoolThatWentIsDeletedWithoutDrainingAndTheOperationEndsThen() {
        lab.list = List.of(ONE);
        lab.prepare("Create");
        lab.want(List.of(profile("a", 1), profile("b", 1)));
        await("created", () -> lab.provisioned().equals("True Succeeded"));
        blocked("p", ObjectNames.machine(CLUSTER, "b", 0));
        lab.prepare("DeleteAgentPool");
        lab.want(List.of(profile("a", 1)));
        await("ended", () -> operations().size() == 2);
        assertThat(lab.pools()).hasSize(1);
        assertThat(lab.provider.list()).hasSize(1);
        lab.prepare("DeleteAgentPool");
        lab.want(List.of());
        await("a cluster without pools", () -> operations().size() == 3 && lab.isReady());
        assertThat(operations()).extracting(EndedOperation::result).containsOnly("Succeeded");
    }

    @Test
    void aClusterDeletedByArmStaysAsATombstoneForAWhile() {
        create(1, ONE);
        String id = lab.operation("Delete", null);
        await("ended", () -> lab.provisioned().equals("True Deleted"));
        assertThat(operations().getFirst().id()).isEqualTo(id);
        assertThat(lab.provider.list()).isEmpty();
        assertThat(lab.pools()).isEmpty();
        assertThat(lab.exists(CLUSTER)).isFalse();
        restart(Duration.ofMinutes(10), Duration.ofMillis(1));
        await("buried", () -> lab.cluster() == null);
    }

    @Test
    void aClusterCreatedOverATombstoneBeginsFromNothing() {
        create(1, ONE);
        lab.operation("Delete", null);
        await("ended", () -> lab.provisioned().equals("True Deleted"));
        lab.list = List.of(TWO);
        lab.prepare("Create");
        lab.want(2, false, SURGE_ONE);
        await("again", () -> lab.provisioned().equals("True Succeeded"));
        assertThat(lab.nodes()).containsExactly(machine(0), machine(1));
        assertThat(operations()).extracting(EndedOperation::kind).containsExactly("Create", "Delete", "Create");
    }

    @Test
    void aResourceGroupTakesItsClustersWithIt() {
        create(1, ONE);
        String id = "/subscriptions/0/resourcegroups/G";
        lab.create(
                MANAGEMENT,
                "{\"apiVersion\":\"capstan.dev/v1\",\"kind\":\"ResourceGroup\",\"metadata\":{\"name\":\""
                        + ObjectNames.ofArmId(id) + "\"},\"spec\":{\"id\":\"" + id
                        + "\",\"name\":\"G\",\"location\":\"local\"}}");
        await("there", () -> group(id).equals("True Succeeded"));
        lab.client(MANAGEMENT)
                .resources(ResourceGroupObject.class)
                .withName(ObjectNames.ofArmId(id))
                .patch(
                        Manifests.MERGE,
                        "{\"spec\":{\"operation\":{\"id\":\"1\",\"kind\":\"Delete\",\"started\":\"2026-01-01T00:00:00Z\"}}}");
        await("ended", () -> group(id).equals("True Deleted"));
        assertThat(lab.provider.list()).isEmpty();
        assertThat(lab.exists(CLUSTER)).isFalse();
        restart(Duration.ofMinutes(10), Duration.ofMillis(1));
        await("buried", () -> group(id).equals("gone") && lab.cluster() == null);
    }

    @Test
    void onceEndedAnOperationStaysEndedWhateverBecomesOfTheNodes() {
        create(1, ONE);
        lab.provider.agentsRun = false;
        lab.client(CLUSTER)
                .resources(NodeTrustObject.class)
                .withName(machine(0))
                .subresource("status")
                .patch(Manifests.MERGE, "{\"status\":{\"loaded\":null}}");
        await("not ready", () -> !lab.isReady());
        assertThat(lab.provisioned()).isEqualTo("True Succeeded");
        assertThat(lab.provider.deleted).isEmpty();
    }

    private void restart(Duration patience, Duration tombstone) {
        controller.close();
        controller = Controller.start(lab.config(lab.access())
                .withTiming(Lab.timing(Lab.TIMING.lease(), Lab.TIMING.unusedSet(), patience, tombstone)));
    }

    private void create(int count, String... list) {
        lab.list = List.of(list);
        lab.prepare("Create");
        lab.want(count, false, SURGE_ONE);
        await("created", () -> lab.provisioned().equals("True Succeeded"));
    }

    private String update(int count, String... list) {
        lab.list = List.of(list);
        String id = lab.prepare("Update");
        lab.want(count, false, SURGE_ONE);
        return id;
    }

    private static AgentPoolProfile profile(String name, int count) {
        return new AgentPoolProfile(name, count, false, SURGE_ONE, null);
    }

    private Map<String, AgentPool.MachineRecord> records() {
        return Management.machines(lab.pool("np")).stream()
                .collect(Collectors.toMap(AgentPool.MachineRecord::name, record -> record));
    }

    private List<EndedOperation> operations() {
        ManagedCluster.Status status = lab.cluster().getStatus();
        return status == null ? new ArrayList<>() : status.operations();
    }

    private String message() {
        Condition provisioned = lab.cluster().getStatus() == null
                ? null
                : Statuses.provisioned(lab.cluster().getStatus().conditions());
        return provisioned == null ? "" : provisioned.message();
    }

    private String group(String id) {
        ResourceGroupObject group = lab.client(MANAGEMENT)
                .resources(ResourceGroupObject.class)
                .withName(ObjectNames.ofArmId(id))
                .get();
        return group == null
                ? "gone"
                : group.getStatus() == null
                        ? "none"
                        : Lab.said(
                                group.getStatus().conditions(),
                                group.getMetadata().getGeneration());
    }

    /** A pod that its budget keeps on the node. */
    private void blocked(String pod, String node) {
        lab.pod(pod, node, "\"labels\":{\"app\":\"kept\"}");
        lab.create(CLUSTER, """
                {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"keep","namespace":"default"},
                 "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"kept"}}}}
                """);
    }

    private void release() {
        lab.client(CLUSTER)
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("default")
                .withName("keep")
                .delete();
    }

    private static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals(Names.READY)
                                && condition.getStatus().equals("True"));
    }

    private static String machine(int index) {
        return ObjectNames.machine(CLUSTER, "np", index);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String spaced(String base64) {
        return base64("\r\n" + text(base64).replace("\n", "\r\n") + "\n\n");
    }

    /**
     * What became of pods and nodes: an independent watch of each. Neither says how far the other is, so the steps are in the
     * order of the versions that the API gave them.
     */
    private static final class Course {

        final Map<Long, String> steps = new ConcurrentSkipListMap<>();

        /** How many nodes served, after each change of one. */
        final List<Integer> ready = new CopyOnWriteArrayList<>();

        private final Set<String> cordoned = ConcurrentHashMap.newKeySet();
        private final Set<String> serving = ConcurrentHashMap.newKeySet();

        final Watch<Pod> pods = (action, pod) -> {
            if (action == Watcher.Action.DELETED) {
                step(pod, "gone " + pod.getSpec().getNodeName());
            }
        };

        final Watch<Node> nodes = (action, node) -> {
            String name = node.getMetadata().getName();
            boolean isThere = action != Watcher.Action.DELETED;
            boolean isCordoned =
                    node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
            if (!isThere) {
                step(node, "deleted " + name);
            } else if (isCordoned && cordoned.add(name)) {
                step(node, "cordoned " + name);
            }
            if (isThere && !isCordoned && isReady(node)) {
                serving.add(name);
            } else {
                serving.remove(name);
            }
            ready.add(serving.size());
        };

        private void step(HasMetadata of, String what) {
            steps.put(Long.valueOf(of.getMetadata().getResourceVersion()), what);
        }

        long count(String what) {
            return steps.values().stream().filter(step -> step.startsWith(what)).count();
        }
    }

    /** One that nobody ends. */
    @FunctionalInterface
    private interface Watch<T> extends Watcher<T> {
        @Override
        default void onClose(WatcherException cause) {}
    }
}
