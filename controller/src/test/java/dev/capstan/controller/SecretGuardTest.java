package dev.capstan.controller;

import static dev.capstan.controller.Lab.CLUSTER;
import static dev.capstan.controller.Lab.await;
import static dev.capstan.controller.PlayedSecret.ENDPOINT;
import static dev.capstan.controller.PlayedSecret.print;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.ObjectNames;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of the Secret that take CAs away, with a controller that has its own rights alone; agents are played here. */
class SecretGuardTest {

    private static final String FIRST = ObjectNames.machine(CLUSTER, "np", 0);
    private static final String SECOND = ObjectNames.machine(CLUSTER, "np", 1);
    private static final Certificate CORP = PlayedSecret.certificate("corp");
    private static final Certificate OTHER = PlayedSecret.certificate("other");

    private Lab lab;
    private PlayedSecret played;
    private Controller controller;

    @BeforeEach
    void start() {
        lab = new Lab();
        played = new PlayedSecret(lab, CLUSTER);
        controller = lab.start();
        lab.installDefinitions();
    }

    @AfterEach
    void stop() {
        controller.close();
        lab.close();
    }

    @Test
    void aGuardedPoolsNodesTakeUpWhatBreaksNothingAndNothingElseUntilItIsOverridden() {
        want(Map.of("capstan-removal-guard", "true"), Map.of());
        await("ready", lab::isReady);
        assertThat(fingerprint(FIRST)).as("born guarded").isEqualTo(print());
        secret(Map.of(), CORP, OTHER);
        await(
                "taken up",
                () -> print(CORP, OTHER).equals(fingerprint(FIRST))
                        && print(CORP, OTHER).equals(fingerprint(SECOND)));
        report(FIRST, CORP, CORP, OTHER);
        report(SECOND, null, CORP, OTHER);

        secret(Map.of(), OTHER);
        await("said on the Secret", () -> !events("RemovalHeldBack").isEmpty());
        assertThat(events("RemovalHeldBack"))
                .singleElement()
                .asString()
                .contains(ENDPOINT, "CN=corp", CORP.identity().hex(), "on node " + FIRST)
                .endsWith("kubectl annotate --overwrite -n kube-system secret custom-ca-trust-secret"
                        + " capstan.dev/removal-guard-override=" + print(OTHER));
        await(
                "said on both nodes",
                () -> condition(FIRST).contains("holds the Secret's last change back")
                        && condition(SECOND).contains("holds the Secret's last change back"));
        assertThat(lab.condition(CLUSTER, FIRST, Names.NODE_CONDITION).getStatus())
                .isEqualTo("True");
        assertThat(fingerprint(FIRST)).isEqualTo(print(CORP, OTHER));
        assertThat(fingerprint(SECOND)).isEqualTo(print(CORP, OTHER));

        secret(Map.of(Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION, print(OTHER)), OTHER);
        await(
                "let through",
                () -> print(OTHER).equals(fingerprint(FIRST)) && print(OTHER).equals(fingerprint(SECOND)));
        assertThat(events("RemovalOverridden")).isNotEmpty();
        assertThat(lab.trust(CLUSTER, FIRST).getMetadata().getAnnotations())
                .hasEntrySatisfying(
                        Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION,
                        said -> assertThat(said).startsWith(print(OTHER)));
        report(FIRST, null, OTHER);
        await("no longer said", () -> !condition(FIRST).contains("holds"));
    }

    @Test
    void theSecretsOwnAnnotationGuardsEveryNodeThatFollowsIt() {
        want(Map.of(), Map.of());
        await("ready", lab::isReady);
        secret(Map.of(Names.REMOVAL_GUARD_ANNOTATION, "true"), CORP);
        await("waits", () -> print(CORP).equals(fingerprint(FIRST)));
        report(FIRST, CORP, CORP);
        secret(Map.of(Names.REMOVAL_GUARD_ANNOTATION, "true"));
        await("held back", () -> condition(FIRST).contains("holds the Secret's last change back"));
        assertThat(fingerprint(FIRST)).isEqualTo(print(CORP));
        secret(Map.of(Names.REMOVAL_GUARD_ANNOTATION, "false"));
        await("follows by itself again", () -> fingerprint(FIRST) == null);
    }

    @Test
    void aHeldBackChangeIsFoundAgainByTheNextController() {
        want(Map.of("capstan-removal-guard", "true"), Map.of());
        await("ready", lab::isReady);
        secret(Map.of(), CORP);
        await("taken up", () -> print(CORP).equals(fingerprint(FIRST)));
        report(FIRST, CORP, CORP);
        controller.close();
        secret(Map.of(), OTHER);
        assertThat(fingerprint(FIRST))
                .as("while the controller is down nodes keep what they have")
                .isEqualTo(print(CORP));
        controller = lab.start();
        await("held back", () -> condition(FIRST).contains("holds the Secret's last change back"));
        assertThat(fingerprint(FIRST)).isEqualTo(print(CORP));
        secret(Map.of(), CORP);
        await("put back", () -> !condition(FIRST).contains("holds"));
    }

    @Test
    void withoutTheGuardARemovalGoesThroughAndIsTold() {
        want(Map.of(), Map.of());
        await("ready", lab::isReady);
        secret(Map.of(), CORP, OTHER);
        report(FIRST, CORP, CORP, OTHER);
        await("the proof was seen", () -> condition(FIRST).startsWith("2 certificates"));
        await("the Secret was read", controller::isIdle);
        secret(Map.of(), OTHER);
        await("told on Secret and node", () -> events("RemovalBreaksEndpoints").size() == 2);
        assertThat(events("RemovalBreaksEndpoints"))
                .allSatisfy(said -> assertThat(said).contains(ENDPOINT, "CN=corp", "on node " + FIRST));
        assertThat(fingerprint(FIRST)).isNull();
    }

    @Test
    void endpointsOfTagsReachTheNodesAndReplaceNone() {
        want(Map.of("capstan-probe", "a.corp:443"), Map.of("capstan-probe", "b.corp:443, a.corp:443"));
        await("there", () -> lab.nodes().size() == 2);
        assertThat(lab.trust(CLUSTER, FIRST).getSpec().probes()).containsExactly("a.corp:443", "b.corp:443");
        want(Map.of("capstan-probe", ""), Map.of("capstan-probe", "c.corp:443"));
        await("changed", () -> lab.trust(CLUSTER, FIRST).getSpec().probes().equals(List.of("c.corp:443")));
        want(Map.of("capstan-probe", ""), Map.of());
        await("gone", () -> lab.trust(CLUSTER, FIRST).getSpec().probes().isEmpty());
        assertThat(lab.provider.made).containsExactlyInAnyOrder(FIRST, SECOND);
        assertThat(lab.provider.deleted).isEmpty();
    }

    @Test
    void whatAWriteWasKnownToBreakIsSaidWhenItIsDoneAndStopsNoUpdateOfIt() {
        lab.prepare("Create");
        lab.breaks(new ManagedCluster.Removal(
                List.of(new EndangeredEndpoint(
                        ENDPOINT, "CN=corp", CORP.identity().hex(), List.of("n"))),
                "somebody"));
        want(Map.of(), Map.of());
        await("done", () -> lab.cluster() != null && lab.provisioned().equals("True Succeeded"));
        assertThat(Statuses.provisioned(lab.cluster().getStatus().conditions()).message())
                .contains(ENDPOINT, "CN=corp", "the removal guard was overridden by somebody");
        assertThat(lab.pool("np").getSpec().trustRules().givenUp()).containsExactly(ENDPOINT);
    }

    private void want(Map<String, Object> clusterTags, Map<String, Object> poolTags) {
        lab.arm = Map.of("tags", clusterTags);
        lab.want(List.of(new ManagedCluster.AgentPoolProfile("np", 2, true, null, Map.of("tags", poolTags))));
    }

    private void secret(Map<String, String> annotations, Certificate... certificates) {
        played.secret(annotations, certificates);
    }

    private void report(String node, @Nullable Certificate proven, Certificate... has) {
        played.report(node, proven, has);
    }

    private @Nullable String fingerprint(String node) {
        return played.fingerprint(node);
    }

    private String condition(String node) {
        return played.condition(node);
    }

    private List<String> events(String reason) {
        return played.events(reason);
    }
}
