package dev.capstan.controller;

import static dev.capstan.controller.AttachedClusterLab.CORP;
import static dev.capstan.controller.Lab.await;
import static dev.capstan.controller.PlayedSecret.ENDPOINT;
import static dev.capstan.controller.PlayedSecret.print;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the tags of a managed cluster and its pools ask for besides the list, in a cluster that is there: the location's controller
 * says it, the cluster's own does it.
 */
class AttachedRulesTest {

    private static final Certificate ONE = PlayedSecret.certificate("one");
    private static final Certificate TWO = PlayedSecret.certificate("two");
    private static final String FREE = "free";
    private static final String GUARDED = "guarded";
    private static final String SET = "v1:" + "a".repeat(64);

    private AttachedClusterLab corp;
    private Lab lab;
    private PlayedSecret played;
    private Controller controller;

    @BeforeEach
    void start() {
        corp = new AttachedClusterLab();
        lab = corp.lab;
        played = new PlayedSecret(lab, CORP);
        corp.node(FREE, "np");
        corp.node(GUARDED, "second");
        controller = lab.start();
    }

    @AfterEach
    void stop() {
        controller.close();
        corp.close();
    }

    @Test
    void aGuardedPoolsNodesTakeUpTheSecretOnlyAsTheGuardLetsThem() {
        want(Map.of("capstan-removal-guard", "true"));
        playAgents();
        follow();
        played.secret(Map.of(), ONE, TWO);
        await("waits", () -> print(ONE, TWO).equals(played.fingerprint(GUARDED)));
        assertThat(played.fingerprint(FREE)).as("of a pool that is not guarded").isNull();
        played.report(GUARDED, ONE, ONE, TWO);
        played.report(FREE, null, ONE, TWO);

        played.secret(Map.of(), TWO);
        await("held back", () -> played.condition(GUARDED).contains("holds the Secret's last change back"));
        assertThat(played.fingerprint(GUARDED)).isEqualTo(print(ONE, TWO));
        assertThat(played.events("RemovalHeldBack"))
                .singleElement()
                .asString()
                .contains(ENDPOINT, "CN=one", "on node " + GUARDED);

        played.secret(Map.of(Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION, print(TWO)), TWO);
        await("let through", () -> print(TWO).equals(played.fingerprint(GUARDED)));
        await("recorded", () -> !played.events("RemovalOverridden").isEmpty());
        assertThat(lab.trust(CORP, GUARDED).getMetadata().getAnnotations())
                .hasEntrySatisfying(
                        Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION,
                        said -> assertThat(said).startsWith(print(TWO)));

        want(Map.of());
        await("follows by itself again", () -> played.fingerprint(GUARDED) == null);
    }

    @Test
    void aChangeIsHeldBackAlsoWhileTheControlPlaneIsAway() {
        want(Map.of("capstan-removal-guard", "true"));
        playAgents();
        follow();
        played.secret(Map.of(), ONE);
        await("waits", () -> print(ONE).equals(played.fingerprint(GUARDED)));
        played.report(GUARDED, ONE, ONE);
        controller.close();
        played.secret(Map.of(), TWO);
        await("held back", () -> played.condition(GUARDED).contains("holds the Secret's last change back"));
        assertThat(played.fingerprint(GUARDED)).isEqualTo(print(ONE));
        controller = lab.start();
    }

    @Test
    void aPoolWhoseRuntimesMayNotBeRestartedSaysSoAndItsNeighbourIsRestarted() {
        want(Map.of("capstan-runtime-restart", "never"));
        playAgents();
        stale(GUARDED);
        await("says why", () -> played.condition(GUARDED).contains("is forbidden (capstan-runtime-restart: never"));
        stale(FREE);
        await("permitted", () -> lab.trust(CORP, FREE).getSpec().runtimeRestart());
        assertThat(lab.trust(CORP, GUARDED).getSpec().runtimeRestart()).isFalse();
        corp.ready(FREE, true);
        healed(FREE);
        await("done", () -> !lab.trust(CORP, FREE).getSpec().runtimeRestart());

        want(Map.of());
        await("permitted now", () -> lab.trust(CORP, GUARDED).getSpec().runtimeRestart());
    }

    @Test
    void aNodeThatLeavesThePoolAndOneWhosePoolGoesLoseWhatWasAskedOfThem() {
        want(Map.of("capstan-removal-guard", "true", "capstan-runtime-restart", "never"));
        await("asked", () -> AskedFromOutside.of(lab.trust(CORP, GUARDED)).removalGuard());
        lab.client(CORP)
                .nodes()
                .withName(GUARDED)
                .patch(Manifests.MERGE, "{\"metadata\":{\"labels\":{\"" + Names.POOL_LABEL + "\":\"theirs\"}}}");
        await("left", () -> AskedFromOutside.of(lab.trust(CORP, GUARDED)).equals(AskedFromOutside.NOTHING));

        corp.node("third", "second");
        await("asked", () -> AskedFromOutside.of(lab.trust(CORP, "third")).restartNever());
        lab.operation("Delete", null);
        await("gone", () -> lab.provisioned().equals("True Deleted"));
        assertThat(AskedFromOutside.of(lab.trust(CORP, "third"))).isEqualTo(AskedFromOutside.NOTHING);
    }

    /** Both pools, the second with these tags; returns when that is said to its node. */
    private void want(Map<String, Object> tags) {
        lab.prepare("Update");
        lab.want(List.of(profile("np", Map.of()), profile("second", tags)));
        await("done", () -> lab.provisioned().equals("True Succeeded"));
        await(
                "said",
                () -> AskedFromOutside.of(lab.trust(CORP, GUARDED)).removalGuard()
                                == tags.containsKey("capstan-removal-guard")
                        && AskedFromOutside.of(lab.trust(CORP, GUARDED)).restartNever()
                                == tags.containsKey("capstan-runtime-restart"));
    }

    /** From now on the test speaks for the agents. */
    private void playAgents() {
        corp.silent.addAll(List.of(FREE, GUARDED));
    }

    private void follow() {
        for (String node : List.of(FREE, GUARDED)) {
            lab.client(CORP)
                    .nodes()
                    .withName(node)
                    .patch(
                            Manifests.MERGE,
                            "{\"metadata\":{\"labels\":{\"" + Names.TRUST_ENABLED_LABEL + "\":\"true\"}}}");
            await("follows", () -> lab.trust(CORP, node).getSpec().followSecret());
        }
    }

    private void stale(String node) {
        report(node, new NodeTrust.Problem("RuntimeStale", "still trusts CN=Gone"), "2026-01-01T00:00:00Z");
    }

    private void healed(String node) {
        report(node, null, "2026-01-01T00:01:00Z");
    }

    private void report(String node, NodeTrust.Problem problem, String process) {
        lab.report(
                CORP,
                node,
                new NodeTrust.Status(
                        lab.trust(CORP, node).getMetadata().getGeneration(),
                        SET,
                        SET,
                        SET,
                        null,
                        new NodeTrust.Lane("Restart", "made here"),
                        List.of(),
                        List.of(),
                        problem,
                        null,
                        "1",
                        "2026-01-01T00:00:00Z",
                        null,
                        new NodeRuntime("containerd", "1.6.20", 7, process, List.of(), List.of(), 0, null, List.of())));
    }

    private static ManagedCluster.AgentPoolProfile profile(String name, Map<String, Object> tags) {
        return new ManagedCluster.AgentPoolProfile(name, 1, false, null, Map.of("tags", tags));
    }
}
