package dev.capstan.controller;

import static dev.capstan.resources.AgentPool.MAKING;
import static dev.capstan.resources.AgentPool.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Single steps; whole ways are in {@link InPlaceWorldTest}. */
class InPlaceTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant BEFORE = NOW.minusSeconds(3600);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Test
    void nodesThatAreThereAreToldOneAfterTheOtherByName() {
        assertThat(sets(next("new", found("b"), found("a"), found("c")))).containsExactly("a new", "b -", "c -");
        assertThat(sets(next("new", told("a", "new", NOW, false), found("b")))).containsExactly("a new", "b -");
        assertThat(sets(next("new", told("a", "new", NOW, true), found("b")))).containsExactly("a new", "b new");
    }

    @Test
    void aNodeThatJoinsIsToldAtOnceAndTheOthersWaitForIt() {
        PoolStep step = next("new", told("a", "old", BEFORE, true), joined("x"), joined("y"));
        assertThat(sets(step)).containsExactly("a old", "x new", "y new");
        assertThat(sets(held("new", PoolWanted.Hold.ABORT, told("a", "old", BEFORE, true), joined("x"))))
                .containsExactly("a old", "x new");
        assertThat(sets(ended("new", told("a", "old", BEFORE, true), joined("x"))))
                .containsExactly("a old", "x new");
    }

    @Test
    void aNodeThatJoinsAPoolWithoutAListIsWaitedForByNobody() {
        PoolStep step = next(null, joined("x"));
        assertThat(sets(step)).containsExactly("x -");
        assertThat(step.outcome()).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void whatWasToldAndIsNotThereYetIsTheFirstToBeToldTheNextList() {
        assertThat(sets(next("third", told("a", "first", BEFORE, true), told("b", "second", BEFORE, false))))
                .containsExactly("a first", "b third");
    }

    @Test
    void nodesThatAreNotReadyComeLast() {
        Seen down = new Seen(record("a", "old", BEFORE), false, true, false, new Progress.Done(NOW));
        assertThat(sets(next("new", down, told("b", "old", BEFORE, true)))).containsExactly("a old", "b new");
    }

    @Test
    void aNodeThatWasToldHasToBeReadyAgain() {
        Seen back = new Seen(record("a", "new", NOW), false, true, false, new Progress.Done(NOW));
        assertThat(sets(next("new", back, found("b")))).containsExactly("a new", "b -");
        Seen downForLong = new Seen(record("a", "new", BEFORE), false, true, false, new Progress.Done(NOW));
        assertThat(sets(next("new", downForLong, found("b")))).containsExactly("a new", "b new");
    }

    @Test
    void anEndpointThatRefutesANodeStopsTheWay() {
        Seen refuted = proven("a", "new", NOW, new Proof.Refuted("registry.corp:443 (unknown-authority)"));
        PoolStep step = next("new", refuted, found("b"));
        assertThat(sets(step)).containsExactly("a new", "b -");
        assertThat(step.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo("Refuted");
            assertThat(failed.words()).contains("a: refuted by registry.corp:443", "1 node not told yet");
        });
        assertThat(next("new", refuted).outcome()).isInstanceOf(Outcome.Failed.class);
        Seen brokenSince = proven("a", "new", BEFORE, new Proof.Refuted("its certificate has expired"));
        assertThat(next("new", brokenSince).outcome())
                .as("nothing is left to be spared")
                .isInstanceOf(Outcome.Done.class);
    }

    @Test
    void endpointsThatWereNotTriedAreWaitedForOnlySoLong() {
        Seen awaited = proven("a", "new", NOW.minusSeconds(60), new Proof.Awaited(Duration.ofMinutes(2)));
        PoolStep step = InPlace.next(want("new"), observed(NOW.minusSeconds(60), awaited, found("b")));
        assertThat(sets(step)).containsExactly("a new", "b -");
        assertThat(step.lookAgain()).isEqualTo(NOW.plusSeconds(60));
        Seen longAgo = proven("a", "new", NOW.minusSeconds(120), new Proof.Awaited(Duration.ofMinutes(2)));
        assertThat(sets(InPlace.next(want("new"), observed(NOW.minusSeconds(120), longAgo, found("b")))))
                .containsExactly("a new", "b new");
    }

    @Test
    void aNodeThatDoesNotReachTheLevelInTimeStopsTheWayWithItsWords() {
        Seen late = new Seen(
                record("a", "new", NOW.minus(PATIENCE)),
                true,
                false,
                false,
                new Progress.Failed(1, "RuntimeStale: containerd runs without it"));
        PoolStep step = InPlace.next(want("new"), observed(NOW.minus(PATIENCE), late, found("b")));
        assertThat(sets(step)).containsExactly("a new", "b -");
        assertThat(step.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo("NodesNotLoaded");
            assertThat(failed.words()).contains("within 10 minutes", "a: RuntimeStale: containerd runs without it");
        });
    }

    @Test
    void theNextChangeGivesANodeItsWholeTimeAgain() {
        Seen late = told("a", "new", NOW.minus(PATIENCE), false);
        PoolStep step = next("new", late, found("b"));
        assertThat(step.outcome()).isInstanceOf(Outcome.Working.class);
        assertThat(step.lookAgain()).isEqualTo(NOW.plus(PATIENCE));
    }

    @Test
    void heldOrEndedNobodyIsTold() {
        assertThat(sets(held("new", PoolWanted.Hold.TURN, found("a")))).containsExactly("a -");
        PoolStep aborted = held("new", PoolWanted.Hold.ABORT, told("a", "new", NOW, false), found("b"));
        assertThat(sets(aborted)).containsExactly("a new", "b -");
        assertThat(aborted.outcome()).isInstanceOf(Outcome.Canceled.class);
        assertThat(sets(ended("new", found("a")))).containsExactly("a -");
    }

    @Test
    void aNodeThatWasFoundWithTheSetProvesItFirst() {
        Seen found = new Seen(record("a", "new", null), true, false, false, new Progress.Done(NOW));
        assertThat(next("new", found).outcome()).isInstanceOf(Outcome.Working.class);
    }

    @Test
    void aPoolThatGoesTakesTheListFromOneNodeAfterTheOther() {
        PoolStep first =
                InPlace.next(leaving(), observed(NOW, told("a", "new", BEFORE, true), told("b", "new", BEFORE, true)));
        assertThat(sets(first)).containsExactly("a -", "b new");
        PoolStep second =
                InPlace.next(leaving(), observed(NOW, told("a", null, NOW, false), told("b", "new", BEFORE, true)));
        assertThat(sets(second)).containsExactly("a -", "b new");
        PoolStep third =
                InPlace.next(leaving(), observed(NOW, told("a", null, NOW, true), told("b", "new", BEFORE, true)));
        assertThat(sets(third)).containsExactly("a -", "b -");
        PoolStep last = InPlace.next(leaving(), observed(NOW, told("a", null, NOW, true), told("b", null, NOW, true)));
        assertThat(last.records()).isEmpty();
        assertThat(last.outcome()).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void aPoolThatGoesWaitsForNoNodeLongerThanItsTime() {
        Seen dead = told("a", null, NOW.minus(PATIENCE), false);
        PoolStep step = InPlace.next(leaving(), observed(NOW.minus(PATIENCE), dead, told("b", "new", BEFORE, true)));
        assertThat(sets(step)).containsExactly("a -", "b -");
        PoolStep last = InPlace.next(leaving(), observed(NOW.minus(PATIENCE), dead, told("b", null, NOW, true)));
        assertThat(last.records()).isEmpty();
        assertThat(last.outcome().words()).contains("told and not heard of since: a");
    }

    @Test
    void aPoolWithoutNodesIsAsItIsWanted() {
        assertThat(next("new").outcome()).isEqualTo(new Outcome.Done("no node of the cluster is of this pool"));
    }

    private static PoolStep next(@Nullable String model, Seen... nodes) {
        return InPlace.next(want(model), observed(NOW, nodes));
    }

    private static PoolStep ended(@Nullable String model, Seen... nodes) {
        return InPlace.next(want(model), new PoolObserved(List.of(nodes), NOW, BEFORE, false, true, PATIENCE));
    }

    private static PoolStep held(@Nullable String model, PoolWanted.Hold hold, Seen... nodes) {
        return InPlace.next(RunningPool.of(nodes.length, model, LIMITS, hold, false), observed(NOW, nodes));
    }

    private static final Limits LIMITS = new Limits(1, 0, Duration.ofMinutes(30), Duration.ZERO, false);

    private static PoolWanted want(@Nullable String model) {
        return RunningPool.of(3, model, LIMITS, PoolWanted.Hold.NONE, false);
    }

    private static PoolWanted leaving() {
        return RunningPool.of(3, "new", LIMITS, PoolWanted.Hold.NONE, true);
    }

    private static PoolObserved observed(Instant begun, Seen... nodes) {
        return new PoolObserved(List.of(nodes), NOW, begun, false, false, PATIENCE);
    }

    private static MachineRecord record(String name, @Nullable String set, @Nullable Instant since) {
        return new MachineRecord(name, RUNNING, set, since == null ? null : since.toString());
    }

    private static Seen found(String name) {
        return new Seen(record(name, null, null), true, true, false, new Progress.Unknown());
    }

    private static Seen joined(String name) {
        return new Seen(new MachineRecord(name, MAKING, null, null), false, false, false, new Progress.Unknown());
    }

    private static Seen told(String name, @Nullable String set, Instant since, boolean loaded) {
        return new Seen(record(name, set, since), true, loaded, false, new Progress.Done(NOW));
    }

    private static Seen proven(String name, String set, Instant since, Proof proof) {
        return new Seen(record(name, set, since), true, true, false, new Progress.Done(NOW), proof);
    }

    private static List<String> sets(PoolStep step) {
        return Arrays.asList(step.records().stream()
                .map(record -> record.name() + " " + Objects.requireNonNullElse(record.certificateSet(), "-"))
                .toArray(String[]::new));
    }
}
