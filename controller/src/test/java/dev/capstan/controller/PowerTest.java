package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ObjectNames;
import dev.capstan.resources.UpgradeSettings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clusters and pools without machines, pools made anew from their image, and what an abort does not wait for. */
class PowerTest {

    private static final String ONE = list("one");
    private static final UpgradeSettings SURGE_ONE = new UpgradeSettings("1", null, null, null, null);

    private Lab lab;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        controller = lab.start();
        lab.installDefinitions();
        lab.list = List.of(ONE);
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void aStoppedClusterHasNoMachinesAndAStartedOneNewOnesBornWithTheList() {
        operate("Create", profile("np", 2), profile("other", 1));
        List<String> first = List.copyOf(lab.provider.made);
        // What runs there does not hold a stop up, whatever its budget says: there is nowhere to go.
        lab.pod("p", ObjectNames.machine(CLUSTER, "np", 0), "\"labels\":{\"app\":\"kept\"}");
        lab.create(CLUSTER, """
                {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"keep","namespace":"default"},
                 "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"kept"}}}}
                """);
        lab.stopped = true;
        operate("Stop", profile("np", 2), profile("other", 1));
        assertThat(lab.provider.list()).isEmpty();
        assertThat(lab.provider.deleted).containsExactlyInAnyOrderElementsOf(first);
        assertThat(lab.nodes()).isEmpty();
        assertThat(lab.pods()).isEmpty();
        assertThat(Statuses.ready(lab.pool("np").getStatus().conditions()).message())
                .isEqualTo("stopped, without machines");
        lab.provider.made.clear();
        lab.stopped = false;
        operate("Start", profile("np", 2), profile("other", 1));
        assertThat(lab.provider.made).hasSize(3);
        assertThat(lab.provider.made)
                .allSatisfy(name ->
                        assertThat(lab.provider.specs.get(name).certificates()).contains("BEGIN CERTIFICATE"));
    }

    @Test
    void aStoppedPoolLeavesTheOthersAloneAndIsMadeOfTheNewestModelWhenItIsStarted() {
        operate("Create", profile("np", 1), profile("other", 1));
        operate("Stop", profile("np", 1), powered("other", ManagedCluster.STOPPED));
        assertThat(lab.provider.list()).hasSize(1);
        lab.list = List.of(list("two"));
        operate("Update", profile("np", 1), powered("other", ManagedCluster.STOPPED));
        assertThat(lab.provider.list()).hasSize(1);
        operate("Start", profile("np", 1), profile("other", 1));
        assertThat(lab.provider.list()).hasSize(2);
        assertThat(lab.pool("other").getStatus().machines())
                .allSatisfy(record -> assertThat(record.certificateSet())
                        .isEqualTo(lab.pool("np").getSpec().certificateSet()));
    }

    @Test
    void anAbortedStartRestsAndTheNextOneEndsIt() {
        operate("Create", profile("np", 2));
        lab.stopped = true;
        operate("Stop", profile("np", 2));
        lab.provider.hanging.add(ObjectNames.machine(CLUSTER, "np", 1));
        lab.stopped = false;
        begin("Start", profile("np", 2));
        await("one hangs", () -> lab.provider.tries.containsKey(ObjectNames.machine(CLUSTER, "np", 1)));
        lab.abort();
        await("ended", () -> lab.provisioned().equals("False Canceled"));
        lab.provider.hanging.clear();
        operate("Start", profile("np", 2));
        assertThat(lab.provider.list()).hasSize(2);
    }

    @Test
    void anAbortDoesNotWaitForAMachineThatIsBeingMade() {
        operate("Create", profile("np", 1));
        String next = ObjectNames.machine(CLUSTER, "np", 1);
        lab.provider.hanging.add(next);
        lab.list = List.of(list("two"));
        begin("Update", profile("np", 1));
        await("it hangs", () -> lab.provider.tries.containsKey(next));
        lab.abort();
        await("ended", () -> lab.provisioned().equals("False Canceled"));
        assertThat(lab.recorded()).containsExactly(ObjectNames.machine(CLUSTER, "np", 0));
    }

    @Test
    void aPoolMadeAnewFromItsImageIsAModelUpdateOfThatPoolAlone() {
        operate("Create", profile("np", 2), profile("other", 1));
        assertThat(images("np")).containsOnly("image-1");
        lab.provider.image = "image-2";
        operate("UpgradeNodeImage", profile("np", 2).upgradedBy("first"), profile("other", 1));
        assertThat(lab.provider.deleted)
                .containsExactly(ObjectNames.machine(CLUSTER, "np", 0), ObjectNames.machine(CLUSTER, "np", 1));
        assertThat(images("np")).containsOnly("image-2");
        assertThat(images("other")).containsOnly("image-1");
        assertThat(lab.pool("np").getStatus().latestNodeImage()).isEqualTo("image-2");
        assertThat(lab.pool("np").getStatus().modelUpdate().machines()).isEqualTo(2);
        // Another write replaces nothing, and neither does a newer image that nobody asked for.
        lab.provider.image = "image-3";
        operate("Update", profile("np", 2).upgradedBy("first"), profile("other", 1));
        assertThat(lab.provider.deleted).hasSize(2);
    }

    @Test
    void aWindowsPoolIsOfNoModelSoThatTheListLeavesItAlone() {
        AgentPoolProfile windows =
                new AgentPoolProfile("win", 1, true, SURGE_ONE, Map.of("osType", "Windows", "mode", "User"));
        operate("Create", profile("np", 1), windows);
        lab.list = List.of(list("two"));
        operate("Update", profile("np", 1), windows);
        assertThat(lab.provider.deleted).containsExactly(ObjectNames.machine(CLUSTER, "np", 0));
        assertThat(lab.pool("win").getSpec().certificateSet()).isNull();
        assertThat(lab.pool("win").getSpec().enableCustomCATrust()).isFalse();
    }

    @Test
    void aClusterWrittenIntoAGroupThatIsGoneGoesToo() {
        String group = ObjectNames.ofArmId("/subscriptions/0/resourceGroups/g");
        lab.create(MANAGEMENT, """
                {"apiVersion":"capstan.dev/v1","kind":"ResourceGroup","metadata":{"name":"%s"},
                 "spec":{"id":"/subscriptions/0/resourceGroups/g","name":"g","location":"local",
                  "operation":{"id":"%s","kind":"Delete","started":"2026-11-22T03:00:00Z"}}}
                """.formatted(group, UUID.randomUUID()));
        await(
                "the group is gone",
                () -> lab.client(MANAGEMENT)
                                        .resources(ResourceGroupObject.class)
                                        .withName(group)
                                        .get()
                                        .getStatus()
                                != null
                        && Statuses.isEnded(
                                lab.client(MANAGEMENT)
                                        .resources(ResourceGroupObject.class)
                                        .withName(group)
                                        .get()
                                        .getStatus()
                                        .conditions(),
                                1));
        begin("Create", profile("np", 1));
        await("it goes", () -> lab.provisioned().equals("True Deleted"));
        assertThat(lab.provider.list()).isEmpty();
    }

    private List<String> images(String pool) {
        return lab.pool(pool).getStatus().machines().stream()
                .map(MachineRecord::nodeImage)
                .toList();
    }

    private void operate(String kind, AgentPoolProfile... pools) {
        String id = begin(kind, pools);
        await(
                kind + " ended",
                () -> lab.provisioned().equals("True Succeeded")
                        && lab.cluster().getSpec().operation().id().equals(id));
    }

    private String begin(String kind, AgentPoolProfile... pools) {
        String id = lab.prepare(kind);
        lab.want(List.of(pools));
        return id;
    }

    private static AgentPoolProfile profile(String name, int count) {
        return new AgentPoolProfile(name, count, false, SURGE_ONE, null);
    }

    private static AgentPoolProfile powered(String name, String state) {
        return new AgentPoolProfile(name, 1, false, SURGE_ONE, null, state, null);
    }

    private static String list(String name) {
        return Base64.getEncoder().encodeToString(TestKeys.authority(name).getBytes(StandardCharsets.US_ASCII));
    }
}
