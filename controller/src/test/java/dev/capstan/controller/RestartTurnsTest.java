package dev.capstan.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.RestartPermission.Outcome;
import dev.capstan.controller.RestartTurns.Seen;
import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestartTurnsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final String OLD = "2025-12-31T00:00:00Z";
    private static final String NEW = "2026-01-01T00:00:00Z";

    @Test
    void oneNodeAtATimeByNameAndTheOthersSayThatTheyWait() {
        RestartTurns.Turn turn = next(stale("n1"), stale("n0"), fine("n2"));
        assertThat(given(turn)).containsExactly("n0");
        assertThat(turn.notes())
                .containsOnlyKeys("n1")
                .containsEntry("n1", "the runtime's restart waits for its turn: 1 at a time, n0 is before it");
        assertThat(turn.lookAgain()).isEqualTo(NOW.plus(PATIENCE));
    }

    @Test
    void askedAgainWhileAPermissionStandsNothingChanges() {
        RestartTurns.Turn turn = next(stale("n0").permitted(NOW.minusSeconds(60)), stale("n1"));
        assertThat(turn.steps()).isEmpty();
        assertThat(turn.notes()).containsOnlyKeys("n1");
        assertThat(turn.lookAgain()).isEqualTo(NOW.plus(PATIENCE).minusSeconds(60));
    }

    @Test
    void aPoolsLimitIsItsOwnAndPoolsHaveTheirTurnOneAfterTheOther() {
        RestartTurns.Turn turn = next(
                stale("b0").in("b", 5),
                stale("a0").in("a", 2),
                stale("a1").in("a", 2),
                stale("a2").in("a", 2));
        assertThat(given(turn)).containsExactly("a0", "a1");
        assertThat(turn.notes())
                .containsEntry("b0", "the runtime's restart waits for its turn: pool a is before it")
                .containsEntry("a2", "the runtime's restart waits for its turn: 2 at a time, a0, a1 are before it");
    }

    @Test
    void aPermissionThatStandsKeepsTheTurnOfItsPool() {
        RestartTurns.Turn turn =
                next(stale("a0").in("a", 1), stale("b0").in("b", 1).permitted(NOW));
        assertThat(turn.steps()).isEmpty();
        assertThat(turn.notes()).containsOnlyKeys("a0");
    }

    @Test
    void aRestartThatHelpedIsTakenBackAndTheNextHasItsTurn() {
        RestartTurns.Turn turn = next(fine("n0").process(NEW).permitted(NOW.minusSeconds(9)), stale("n1"));
        assertThat(outcomes(turn)).containsExactly("n0 HELPED", "n1 GIVEN");
    }

    @Test
    void aRestartThatDidNotHelpIsNotMadeAgainForTheSameSet() {
        RestartTurns.Turn turn = next(stale("n0").process(NEW).permitted(NOW.minusSeconds(9)));
        assertThat(outcomes(turn)).containsExactly("n0 DID_NOT_HELP");
        assertThat(turn.steps().getFirst().say().warning()).isTrue();
        RestartTurns.Turn later = next(stale("n0").process(NEW).last(Outcome.DID_NOT_HELP, NOW.minus(PAUSE), "v1:set"));
        assertThat(later.steps()).isEmpty();
        assertThat(later.notes().get("n0"))
                .contains("did not help")
                .endsWith("kubectl annotate nodetrust n0 capstan.dev/runtime-restart-");
        assertThat(given(next(stale("n0").process(NEW).last(Outcome.DID_NOT_HELP, NOW, "v1:before"))))
                .containsExactly("n0");
    }

    @Test
    void aPermissionIsTakenBackAfterItsTimeWithTheReason() {
        RestartTurns.Turn turn = next(stale("n0").permitted(NOW.minus(PATIENCE)), stale("n1"));
        assertThat(outcomes(turn)).containsExactly("n0 TIMED_OUT", "n1 GIVEN");
        assertThat(turn.steps().getFirst().say().message())
                .isEqualTo(
                        "the runtime was not restarted within 300 s; the permission is taken back: still trusts CN=Gone");
        assertThat(next(stale("n0").last(Outcome.TIMED_OUT, NOW.minus(PAUSE), "v1:set"))
                        .steps())
                .isEmpty();
    }

    @Test
    void harmIsDoneOnce() {
        RestartTurns.Turn turn =
                next(stale("n0").serves(false).last(Outcome.TIMED_OUT, NOW.minus(PATIENCE), "v1:set"), stale("n1"));
        assertThat(turn.steps()).isEmpty();
        assertThat(turn.notes().get("n1")).endsWith("n0 is before it");
        assertThat(given(next(
                        fine("n0").serves(false).last(Outcome.HELPED, NOW.minus(PATIENCE), "v1:set"), stale("n1"))))
                .as("what happens long after a restart has nothing to do with it")
                .containsExactly("n1");
    }

    @Test
    void noneIsGivenWhereItIsForbiddenAndOneThatWasGivenIsTakenBack() {
        RestartTurns.Turn turn = next(
                stale("n0").forbidden("is forbidden"),
                stale("n1").forbidden("is forbidden").permitted(NOW));
        assertThat(outcomes(turn)).containsExactly("n1 WITHDRAWN");
        assertThat(turn.notes()).containsEntry("n0", "the runtime's restart is forbidden");
        assertThat(given(next(stale("n1").last(Outcome.WITHDRAWN, NOW, "v1:set"))))
                .as("it may be given as soon as it is allowed")
                .containsExactly("n1");
    }

    @Test
    void aNodeThatIsNotReadyWaits() {
        assertThat(next(stale("n0").serves(false)).notes())
                .containsEntry("n0", "the runtime's restart waits until the node is ready");
    }

    @Test
    void onlyWhatIsStaleIsRestarted() {
        assertThat(next(fine("n0"), problem("n1", "RuntimeUnknown"), problem("n2", "Refuted"))
                        .steps())
                .isEmpty();
    }

    @Test
    void aPermissionThatAnAdministratorGaveIsLeftAloneAndCounts() {
        RestartTurns.Turn turn = next(stale("n0").permittedByHand(), stale("n1"));
        assertThat(turn.steps()).isEmpty();
        assertThat(turn.notes()).containsOnlyKeys("n1");
    }

    @Test
    void aNodeIsNotRestartedAgainAndAgainForTheSameSet() {
        Node again = stale("n0").process(NEW).last(Outcome.HELPED, NOW.minusSeconds(30), "v1:set");
        RestartTurns.Turn turn = next(again);
        assertThat(turn.steps()).isEmpty();
        assertThat(turn.lookAgain()).isEqualTo(NOW.minusSeconds(30).plus(PAUSE));
        assertThat(given(next(stale("n0").last(Outcome.HELPED, NOW.minus(PAUSE), "v1:set"))))
                .containsExactly("n0");
    }

    /** Nothing of the agent before is left, and containerd runs on: the set that goes and comes with them is new to it. */
    @Test
    void aNodeWhoseAgentWasInstalledAnewIsNotMadeToWait() {
        Node before = stale("n0").process(NEW).last(Outcome.HELPED, NOW.minusSeconds(73), "v1:set");
        assertThat(given(RestartTurns.next(List.of(before.seen()), NOW, PATIENCE, PAUSE)))
                .isEmpty();
        assertThat(given(RestartTurns.next(List.of(before.installedAnew()), NOW, PATIENCE, PAUSE)))
                .containsExactly("n0");
    }

    /** The set may go again before the permission for it was taken back: then one permission was used for two restarts. */
    @Test
    void aSetThatCameAndWentAndComesAgainIsNotMadeToWait() {
        Node went = fine("n0").process(NEW).permittedFor("v1:came", NOW.minusSeconds(9));
        RestartTurns.Turn gone = next(went);
        assertThat(outcomes(gone)).containsExactly("n0 HELPED");
        assertThat(gone.steps().getFirst().permission().set())
                .as("what the node has loaded; the set that came before may come again at once")
                .isEqualTo("v1:set");

        Node back =
                stale("n0").last(Outcome.HELPED, NOW.minusSeconds(9), "v1:set").process(NEW);
        assertThat(given(next(back)))
                .as("it went, by a restart, while the permission for it was being taken back")
                .containsExactly("n0");
    }

    @Test
    void everyWayEndsWithEveryNodeRestartedOnceAndNeverTwoAtATime() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            nodes.add(stale("n" + i).in(i < 6 ? "a" : "b", 1));
        }
        int steps = 0;
        int restarted = 0;
        while (restarted < nodes.size()) {
            assertThat(++steps).isLessThan(100);
            RestartTurns.Turn turn = next(nodes.toArray(Node[]::new));
            for (RestartTurns.Step step : turn.steps()) {
                nodes.replaceAll(node -> node.name.equals(step.node()) ? node.after(step) : node);
            }
            assertThat(nodes.stream().filter(node -> node.permitted).count()).isLessThanOrEqualTo(1);
            for (Node node : List.copyOf(nodes)) {
                if (node.permitted && node.problem != null) {
                    restarted++;
                    nodes.set(nodes.indexOf(node), node.restarted());
                }
            }
        }
        assertThat(nodes).allSatisfy(node -> assertThat(node.problem).isNull());
    }

    private static RestartTurns.Turn next(Node... nodes) {
        return RestartTurns.next(List.of(nodes).stream().map(Node::seen).toList(), NOW, PATIENCE, PAUSE);
    }

    private static List<String> given(RestartTurns.Turn turn) {
        return turn.steps().stream()
                .filter(RestartTurns.Step::isGiven)
                .map(RestartTurns.Step::node)
                .toList();
    }

    private static List<String> outcomes(RestartTurns.Turn turn) {
        return turn.steps().stream()
                .map(step -> step.node() + " " + step.permission().outcome())
                .toList();
    }

    private static Node stale(String name) {
        return problem(name, "RuntimeStale");
    }

    private static Node fine(String name) {
        return problem(name, null);
    }

    private static Node problem(String name, @Nullable String reason) {
        return new Node(name, "p", 1, null, true, false, null, reason, OLD);
    }

    private record Node(
            String name,
            String pool,
            int limit,
            @Nullable String forbidden,
            boolean serves,
            boolean permitted,
            @Nullable RestartPermission last,
            @Nullable String problem,
            String process) {

        Node in(String other, int most) {
            return new Node(name, other, most, forbidden, serves, permitted, last, problem, process);
        }

        Node forbidden(String why) {
            return new Node(name, pool, limit, why, serves, permitted, last, problem, process);
        }

        Node serves(boolean does) {
            return new Node(name, pool, limit, forbidden, does, permitted, last, problem, process);
        }

        Node process(String since) {
            return new Node(name, pool, limit, forbidden, serves, permitted, last, problem, since);
        }

        Node permitted(Instant at) {
            return permittedFor("v1:set", at);
        }

        Node permittedFor(String set, Instant at) {
            return new Node(
                    name,
                    pool,
                    limit,
                    forbidden,
                    serves,
                    true,
                    new RestartPermission(at.toString(), set, OLD, Outcome.GIVEN),
                    problem,
                    process);
        }

        Node permittedByHand() {
            return new Node(name, pool, limit, forbidden, serves, true, null, problem, process);
        }

        Node last(Outcome outcome, Instant at, String set) {
            return new Node(
                    name,
                    pool,
                    limit,
                    forbidden,
                    serves,
                    false,
                    new RestartPermission(at.toString(), set, process, outcome),
                    problem,
                    process);
        }

        Node after(RestartTurns.Step step) {
            return new Node(name, pool, limit, forbidden, serves, step.isGiven(), step.permission(), problem, process);
        }

        Node restarted() {
            return new Node(name, pool, limit, forbidden, serves, permitted, last, null, NEW);
        }

        Seen seen() {
            return seen(false);
        }

        /** Its agent was installed anew, and knows of no restart. */
        Seen installedAnew() {
            return seen(true);
        }

        private Seen seen(boolean isInstalledAnew) {
            return new Seen(
                    name,
                    pool,
                    limit,
                    forbidden,
                    serves,
                    permitted,
                    last,
                    new NodeTrust.Status(
                            1,
                            "v1:set",
                            "v1:set",
                            problem == null ? "v1:set" : null,
                            null,
                            null,
                            List.of(),
                            List.of(),
                            problem == null ? null : new NodeTrust.Problem(problem, "still trusts CN=Gone"),
                            null,
                            "1",
                            null,
                            null,
                            new NodeRuntime(
                                    "containerd",
                                    "1.6.20",
                                    7,
                                    process,
                                    List.of(),
                                    List.of(),
                                    last == null || isInstalledAnew ? 0 : 1,
                                    last == null || isInstalledAnew ? null : last.given(),
                                    List.of())));
        }
    }
}
