package dev.capstan.controller;

import static dev.capstan.controller.AttachedClusterLab.CORP;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.certificates.CertificateReader;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster that is there, with a controller of its own; the location's has the rights it asks for and no other. */
class AttachedClusterTest {

    /** For what never comes: all else has minutes. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static final String ONE = entry("one");
    private static final String TWO = entry("two");

    private AttachedClusterLab corp;
    private Lab lab;
    private @Nullable Controller controller;

    @BeforeEach
    void start() {
        corp = new AttachedClusterLab();
        lab = corp.lab;
    }

    @AfterEach
    void stop() {
        if (controller != null) {
            controller.close();
        }
        corp.close();
    }

    @Test
    void theListComesToEachNodeOfThePoolOneAfterTheOtherIsChangedAndGoesWithTheCluster() {
        nodes("a", "b", "c");
        corp.node("other", "another");
        lab.list = List.of(ONE);
        create();
        succeeded("a", "b", "c");
        String one = corp.told("a");
        assertThat(lab.pool("np").getStatus().machines()).hasSize(3);

        lab.list = List.of(TWO);
        update();
        succeeded("a", "b", "c");
        assertThat(corp.told("a")).isNotEqualTo(one);
        corp.toldOneAfterTheOther();

        lab.operation("Delete", null);
        await("gone", () -> lab.provisioned().equals("True Deleted"));
        for (String node : List.of("a", "b", "c")) {
            assertThat(corp.told(node)).isNull();
            assertThat(corp.has(node, null)).as(node).isTrue();
        }
        corp.toldOneAfterTheOther();
        assertThat(corp.recorded.stream().filter(said -> said.node().equals("other")))
                .allMatch(said -> said.told() == null);
        assertThat(lab.client(CORP).nodes().list().getItems()).hasSize(4);
        assertThat(lab.client(CORP).resources(NodeTrustObject.class).list().getItems())
                .as("NodeTrusts are the cluster's own controller's")
                .hasSize(4);
        assertThat(lab.client(CORP).resources(CertificateSetObject.class).list().getItems())
                .isEmpty();
        assertThat(claim()).isEmpty();
    }

    @Test
    void aNodeThatJoinsWithTheTaintForTheListTakesPodsOnlyOnceItHasIt() {
        nodes("a");
        lab.list = List.of(ONE);
        create();
        succeeded("a");
        controller.close();
        corp.silent.add("b");
        tainted("b");
        await("waits", () -> condition("b").contains("waits for the list of the control plane"));
        assertThat(StartupTaint.isOn(node("b")))
                .as("while no control plane is there")
                .isTrue();

        restart(Lab.TIMING.patience());
        await("told", () -> fingerprint(ONE).equals(corp.told("b")));
        await("says so no more", () -> !condition("b").contains("waits for the list"));
        assertThat(StartupTaint.isOn(node("b")))
                .as("told, and nothing loaded yet")
                .isTrue();
        corp.silent.clear();
        await("lifted", () -> !StartupTaint.isOn(node("b")));
        assertThat(corp.has("b", fingerprint(ONE))).isTrue();
    }

    @Test
    void aNodeThatJoinsAPoolWithoutAListIsToldSoAndItsTaintIsLifted() {
        nodes("a");
        create();
        await("succeeded", () -> lab.provisioned().equals("True Succeeded"));
        tainted("b");
        await("lifted", () -> !StartupTaint.isOn(node("b")));
        assertThat(AskedFromOutside.of(lab.trust(CORP, "b")).listTold())
                .isEqualTo(node("b").getMetadata().getUid());
        assertThat(corp.told("b")).isNull();
    }

    @Test
    void aListThatIsTakenAwayLeavesEveryNode() {
        nodes("a", "b");
        lab.list = List.of(ONE);
        create();
        succeeded("a", "b");
        lab.list = List.of();
        update();
        await(
                "updated",
                () -> lab.provisioned().equals("True Succeeded") && corp.has("a", null) && corp.has("b", null));
        corp.toldOneAfterTheOther();
    }

    @Test
    void anEndpointThatRefutesTheFirstNodeSparesTheOthersAndAnotherListGoesOn() {
        nodes("a", "b");
        lab.arm = Map.of("tags", Map.of("capstan-probe", "registry.corp:443"));
        lab.list = List.of(ONE);
        corp.refuted.add(fingerprint(ONE));
        create();
        await("stopped", () -> lab.provisioned().equals("False Refuted"));
        assertThat(corp.told("a")).isEqualTo(fingerprint(ONE));
        assertThat(corp.told("b")).as(message() + corp.recorded).isNull();
        assertThat(message()).contains("a: refuted by registry.corp:443", "1 node not told yet");

        lab.list = List.of(TWO);
        update();
        succeeded("a", "b");
        corp.toldOneAfterTheOther();
    }

    @Test
    void anAgentThatStaysSilentStopsTheUpdateWithItsWords() {
        timing(SHORT);
        corp.silent.add("a");
        nodes("a", "b");
        lab.list = List.of(ONE);
        create();
        await("stopped", () -> lab.provisioned().equals("False NodesNotLoaded"));
        assertThat(message()).contains("a: AgentSilent: no agent has reported on this node yet");
        assertThat(corp.told("b")).isNull();

        corp.silent.clear();
        restart(Lab.TIMING.patience());
        update();
        succeeded("a", "b");
    }

    @Test
    void anAbortLeavesTheRestAsItIsAndAListChangedMidwayReachesTheNodeThatWasToldFirst() {
        nodes("a", "b", "c");
        corp.silent.add("a");
        lab.list = List.of(ONE);
        create();
        await("told", () -> corp.told("a") != null);
        lab.list = List.of(TWO);
        update();
        await("told anew", () -> fingerprint(TWO).equals(corp.told("a")));
        assertThat(corp.told("b")).isNull();
        lab.abort();
        await("aborted", () -> lab.provisioned().equals("False Canceled"));
        assertThat(corp.told("b")).isNull();
        corp.silent.clear();
        update();
        succeeded("a", "b", "c");
    }

    @Test
    void nodesThatComeAreToldAtOnceThoseThatGoAreForgottenAndThoseThatLeaveThePoolLoseTheList() throws Exception {
        nodes("a", "b");
        lab.list = List.of(ONE);
        create();
        succeeded("a", "b");
        Thread.sleep(1100); // Kubernetes' times are in seconds
        corp.node("new", "np");
        await("told", () -> corp.has("new", fingerprint(ONE)));
        await("counted", () -> lab.pool("np").getStatus().machines().size() == 3);
        lab.client(CORP).nodes().withName("a").delete();
        await("forgotten", () -> lab.pool("np").getStatus().machines().size() == 2);
        lab.client(CORP)
                .nodes()
                .withName("b")
                .patch(Manifests.MERGE, "{\"metadata\":{\"labels\":{\"" + Names.POOL_LABEL + "\":\"theirs\"}}}");
        await("left", () -> corp.has("b", null));
        assertThat(lab.provisioned()).isEqualTo("True Succeeded");
    }

    @Test
    void onePoolAfterTheOther() {
        nodes("a");
        corp.node("b", "second");
        corp.silent.add("a");
        lab.list = List.of(ONE);
        start(Kill.never());
        lab.prepare("Create");
        lab.want(List.of(profile("np"), profile("second")));
        await("told", () -> corp.told("a") != null);
        assertThat(corp.told("b")).isNull();
        corp.silent.clear();
        succeeded("a", "b");
        corp.toldOneAfterTheOther();
    }

    @Test
    void aClusterHasOneListAndTheSecondToAskForItIsTold() {
        nodes("a");
        lab.client(CORP)
                .resource(
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"capstan-location\","
                                + "\"namespace\":\"capstan-system\"},\"data\":{\"owner\":\"somebody\",\"cluster\":\"/the/other\"}}")
                .create();
        lab.list = List.of(ONE);
        create();
        await("said", () -> message().contains("/the/other"));
        assertThat(corp.told("a")).isNull();
        lab.operation("Delete", null);
        await("gone", () -> lab.provisioned().equals("True Deleted"));
        assertThat(claim()).as("the other's").isPresent();
    }

    @Test
    void aClusterOutOfReachIsTriedAgainUntilTheTimeIsUpAndItsDeletionWaitsUntilItIsGivenUp() {
        nodes("a");
        lab.list = List.of(ONE);
        create();
        succeeded("a");
        outOfReach();
        restart(SHORT);
        lab.list = List.of(TWO);
        update();
        await("failed", () -> lab.provisioned().equals("False LocationUnreachable"));
        assertThat(message()).contains("https://127.0.0.1:1 does not answer");

        lab.operation("Delete", null);
        await("said", () -> message().contains("--abandon"));
        lab.locations = AttachedLocations.NONE;
        await("gone", () -> lab.provisioned().equals("True Deleted"));
        assertThat(corp.told("a")).as("nobody told it").isEqualTo(fingerprint(ONE));
    }

    @Test
    void aClusterThatAnswersAgainGoesOnByItself() {
        nodes("a");
        lab.list = List.of(ONE);
        outOfReach();
        create();
        await("said", () -> message().contains("does not answer"));
        corp.attach("3");
        succeeded("a");
    }

    @Test
    void whatIsMissingForAnAttachmentIsSaidAtOnce() throws Exception {
        nodes("a");
        corp.node("b", "second");
        Attachment seen = Attachment.of(lab.endpoint(CORP), Names.POOL_LABEL);
        assertThat(seen.pools()).isEqualTo(Map.of("np", 1, "second", 1));
        assertThat(seen.withoutTrust()).isZero();
        assertThat(seen.uid()).isNotEmpty();
        assertThatThrownBy(() -> Attachment.of(lab.endpoint(CORP, List.of()), Names.POOL_LABEL))
                .isInstanceOfSatisfying(
                        AttachmentException.class,
                        refused -> assertThat(refused.problems())
                                .contains(
                                        "the credential may not list nodes",
                                        "the credential may not patch nodetrusts.capstan.dev",
                                        "the credential may not create configmaps in namespace capstan-system")
                                .hasSizeGreaterThan(10));
        lab.make("bare");
        assertThatThrownBy(() -> Attachment.of(lab.endpoint("bare"), Names.POOL_LABEL))
                .hasMessageContaining("kubectl apply -k deploy");
        assertThatThrownBy(() -> Attachment.of(
                        new ClusterEndpoint(
                                "https://127.0.0.1:1", lab.endpoint(CORP).certificateAuthority(), () -> "t"),
                        Names.POOL_LABEL))
                .hasMessageContaining("does not answer");
        assertThatThrownBy(() -> Attachment.of(
                        new ClusterEndpoint(
                                lab.endpoint(CORP).url(), lab.endpoint(CORP).certificateAuthority(), () -> "stolen"),
                        Names.POOL_LABEL))
                .hasMessageContaining("refuses the credential")
                .hasMessageNotContaining("stolen");
    }

    @Test
    void killedBeforeAnyWriteTheUpdateGoesOnWhereItStood() {
        nodes("a", "b");
        lab.ownRights = false;
        lab.list = List.of(ONE);
        Kill counted = Kill.never();
        start(counted);
        lab.prepare("Create");
        lab.want(List.of(profile("np")));
        succeeded("a", "b");
        await("at rest", controller::isIdle);
        int writes = 0;
        for (int at = 1; writes == 0 || at <= writes; at++) {
            controller.close();
            Kill kill = new Kill(at);
            start(kill);
            lab.list = List.of(at % 2 == 0 ? ONE : TWO);
            lab.prepare("Update");
            lab.want(List.of(profile("np")));
            String wanted = fingerprint(at % 2 == 0 ? ONE : TWO);
            await("killed or done", () -> kill.isDead() || isDone(wanted));
            if (!kill.isDead()) {
                writes = at; // this round was over before its kill
            }
            controller.close();
            start(Kill.never());
            await("done after a kill at " + at + " " + kill.where(), () -> isDone(wanted));
        }
        assertThat(writes).as("rounds").isGreaterThan(6);
        corp.toldOneAfterTheOther();
    }

    private boolean isDone(String set) {
        return lab.provisioned().equals("True Succeeded") && corp.has("a", set) && corp.has("b", set);
    }

    private void outOfReach() {
        AttachedLocation there = lab.locations.find(CORP).orElseThrow();
        AttachedLocation dead = new AttachedLocation(
                CORP,
                "2",
                there.uid(),
                new ClusterEndpoint(
                        "https://127.0.0.1:1",
                        there.endpoint().certificateAuthority(),
                        there.endpoint().token()),
                there.poolLabel());
        lab.locations = name -> Optional.of(dead).filter(one -> one.name().equals(name));
    }

    private void tainted(String name) {
        lab.create(
                CORP,
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\""
                        + Names.POOL_LABEL + "\":\"np\"}},\"spec\":{\"taints\":[{\"key\":\"" + Names.TRUST_PENDING_TAINT
                        + "\",\"value\":\"list\",\"effect\":\"NoSchedule\"}]}}");
        corp.ready(name, true);
    }

    private Node node(String name) {
        return lab.client(CORP).nodes().withName(name).get();
    }

    private String condition(String node) {
        var condition = lab.condition(CORP, node, Names.NODE_CONDITION);
        return condition == null ? "" : condition.getMessage();
    }

    /** From now on what takes longer than this is given up. */
    private void restart(Duration patience) {
        controller.close();
        timing(patience);
        start(Kill.never());
    }

    private void timing(Duration patience) {
        lab.timing = Lab.timing(Duration.ofSeconds(40), Duration.ofMinutes(10), patience, Duration.ofMinutes(10));
    }

    private void nodes(String... names) {
        for (String name : names) {
            corp.node(name, "np");
        }
    }

    private void create() {
        start(Kill.never());
        lab.prepare("Create");
        lab.want(List.of(profile("np")));
    }

    private void update() {
        lab.prepare("Update");
        lab.want(List.of(profile("np")));
    }

    private void start(Kill kill) {
        controller = lab.start(kill);
    }

    private static ManagedCluster.AgentPoolProfile profile(String name) {
        return new ManagedCluster.AgentPoolProfile(name, 3, false, null, null);
    }

    private void succeeded(String... names) {
        String set = fingerprint(lab.list.getFirst());
        try {
            await(
                    "updated",
                    () -> lab.provisioned().equals("True Succeeded")
                            && List.of(names).stream().allMatch(node -> corp.has(node, set)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + message() + "\n" + corp.recorded, e);
        }
    }

    private static String fingerprint(String entry) {
        return new CertificateReader(InstantSource.system())
                .readList(List.of(entry), "list")
                .set()
                .fingerprint()
                .value();
    }

    private static String entry(String name) {
        return Base64.getEncoder().encodeToString(TestKeys.authority(name).getBytes(StandardCharsets.US_ASCII));
    }

    private String message() {
        ManagedClusterObject cluster = lab.cluster();
        return cluster == null || cluster.getStatus() == null
                ? ""
                : String.valueOf(Statuses.provisioned(cluster.getStatus().conditions()));
    }

    private Optional<?> claim() {
        return Optional.ofNullable(lab.client(CORP)
                .configMaps()
                .inNamespace(Names.SYSTEM_NAMESPACE)
                .withName("capstan-location")
                .get());
    }
}
