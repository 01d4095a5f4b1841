package dev.capstan.controller;

import static dev.capstan.resources.AgentPool.DELETING;
import static dev.capstan.resources.AgentPool.DRAINING;
import static dev.capstan.resources.AgentPool.MAKING;
import static dev.capstan.resources.AgentPool.QUARANTINED;
import static dev.capstan.resources.AgentPool.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ObjectNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Single steps; whole ways are in {@link ReplaceWorldTest}. */
class ReplaceTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Limits ONE = new Limits(1, 0, HALF_AN_HOUR, Duration.ZERO, false);

    @Test
    void aPoolBeginsWithTheLowestIndexes() {
        assertThat(phases(next(want(2)))).containsExactly("0 Making new", "1 Making new");
    }

    @Test
    void aNewMachineHasAnIndexAboveEveryOtherSoThatNoNameMeansTwoNodes() {
        assertThat(phases(next(want(3), serving(0, "new"), in(2, DELETING, "new"))))
                .containsExactly("0 Running new", "2 Deleting new", "3 Making new", "4 Making new");
    }

    @Test
    void ofTooManyTheHighestIndexIsDrainedFirst() {
        assertThat(phases(next(want(1), serving(0, "new"), serving(2, "new"), serving(4, "new"))))
                .containsExactly("0 Running new", "2 Draining new", "4 Draining new");
    }

    @Test
    void whatIsStillBeingMadeGoesBeforeWhatServes() {
        assertThat(phases(next(want(1), in(0, MAKING, "new"), serving(1, "new"))))
                .containsExactly("0 Deleting new", "1 Running new");
    }

    @Test
    void anOldMachineWaitsForItsReplacement() {
        assertThat(phases(next(want(2), serving(0, "old"), serving(1, "old"))))
                .containsExactly("0 Running old", "1 Running old", "2 Making new");
        assertThat(phases(next(want(2), serving(0, "old"), serving(1, "old"), running(2, "new", true, false))))
                .containsExactly("0 Running old", "1 Running old", "2 Running new");
        assertThat(phases(next(want(2), serving(0, "old"), serving(1, "old"), serving(2, "new"))))
                .containsExactly("0 Draining old", "1 Running old", "2 Running new");
    }

    @Test
    void anOldMachineThatDoesNotServeGoesFirstButOnlyIfTheOthersSuffice() {
        assertThat(phases(next(want(2), serving(0, "old"), running(1, "old", false, true), serving(2, "new"))))
                .containsExactly("0 Running old", "1 Draining old", "2 Running new");
        assertThat(phases(next(want(2), serving(0, "old"), running(1, "old", false, true))))
                .containsExactly("0 Running old", "1 Running old", "2 Making new");
    }

    @Test
    void withoutSurgeADrainComesFirst() {
        PoolWanted wanted = want(2, new Limits(0, 1, HALF_AN_HOUR, Duration.ZERO, false), PoolWanted.Hold.NONE);
        assertThat(phases(next(wanted, serving(0, "old"), serving(1, "old"))))
                .containsExactly("0 Draining old", "1 Running old");
    }

    @Test
    void aDrainedMachineIsDeletedAfterItsSoak() {
        PoolWanted soaks = want(1, new Limits(1, 0, HALF_AN_HOUR, Duration.ofMinutes(5), false), PoolWanted.Hold.NONE);
        Seen drained = seen(0, DRAINING, "old", true, true, new Progress.Done(NOW.minusSeconds(299)));
        PoolStep step = next(soaks, drained, serving(1, "new"));
        assertThat(phases(step)).containsExactly("0 Draining old", "1 Running new");
        assertThat(step.lookAgain()).isEqualTo(NOW.plusSeconds(1));
        drained = seen(0, DRAINING, "old", true, true, new Progress.Done(NOW.minusSeconds(300)));
        assertThat(phases(next(soaks, drained, serving(1, "new")))).containsExactly("0 Deleting old", "1 Running new");
    }

    @Test
    void aNodeThatDoesNotDrainInTimeFailsTheWayAndIsNamed() {
        Seen late = since(0, DRAINING, "old", NOW.minus(HALF_AN_HOUR), new Progress.Blocked("pod d/p may not go: b"));
        PoolStep step = next(want(1), late, serving(1, "new"));
        assertThat(step.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo("DrainTimedOut");
            assertThat(failed.words()).contains(name(0)).contains("pod d/p may not go: b");
        });
        assertThat(phases(step)).containsExactly("0 Draining old", "1 Running new");
    }

    @Test
    void theNextWriteGivesADrainItsWholeTimeAgain() {
        Seen late = since(0, DRAINING, "old", NOW.minus(HALF_AN_HOUR), new Progress.Blocked("why"));
        PoolStep step = Replace.next(want(1), observed(true, false, NOW, late, serving(1, "new")));
        assertThat(step.outcome()).isInstanceOf(Outcome.Working.class);
        assertThat(step.lookAgain()).isEqualTo(NOW.plus(HALF_AN_HOUR));
    }

    @Test
    void aNodeThatDoesNotDrainIsQuarantinedWhereItIsToBeCordonedAndTheRestGoesOn() {
        PoolWanted wanted = want(2, new Limits(1, 0, HALF_AN_HOUR, Duration.ZERO, true), PoolWanted.Hold.NONE);
        Seen late = since(0, DRAINING, "old", NOW.minus(HALF_AN_HOUR), new Progress.Blocked("why"));
        assertThat(phases(next(wanted, late, serving(1, "old"), serving(2, "new"))))
                .containsExactly("0 Quarantined old", "1 Running old", "2 Running new", "3 Making new");
        Seen quarantined = in(0, QUARANTINED, "old");
        assertThat(next(wanted, quarantined, serving(2, "new"), serving(3, "new"))
                        .outcome())
                .isInstanceOf(Outcome.Done.class);
        assertThat(phases(Replace.next(
                        wanted, observed(true, false, NOW, quarantined, serving(2, "new"), serving(3, "new")))))
                .contains("0 Draining old");
    }

    @Test
    void theWayFailsWhenAMachineWasTriedOftenEnough() {
        Seen twice = seen(1, MAKING, "new", false, false, new Progress.Failed(2, "the disk is full"));
        assertThat(next(want(1), serving(0, "old"), twice).outcome()).isInstanceOf(Outcome.Working.class);
        Seen thrice = seen(1, MAKING, "new", false, false, new Progress.Failed(3, "the disk is full"));
        assertThat(next(want(1), serving(0, "old"), thrice).outcome())
                .isEqualTo(new Outcome.Failed("MachinesFailed", name(1) + ": the disk is full"));
    }

    @Test
    void theWayFailsWhenANodeDoesNotServeInTimeAndTheOldOneStays() {
        Seen silent = since(1, RUNNING, "new", NOW.minus(Duration.ofMinutes(10)), new Progress.Done(NOW));
        PoolStep step = next(want(1), serving(0, "old"), silent);
        assertThat(step.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo("NodesNotLoaded"));
        assertThat(phases(step)).containsExactly("0 Running old", "1 Running new");
    }

    @Test
    void afterTheWayHasEndedNothingNewBeginsAndWhatIsBeingDeletedGoes() {
        PoolStep step = Replace.next(
                want(3),
                observed(
                        false,
                        true,
                        NOW,
                        serving(0, "old"),
                        seen(1, DELETING, "old", false, false, new Progress.Done(NOW)),
                        seen(2, DRAINING, "old", false, false, new Progress.Done(NOW))));
        assertThat(phases(step)).containsExactly("0 Running old", "2 Draining old");
    }

    @Test
    void theModelChangedBackCallsBackWhatIsNotBeingDeleted() {
        assertThat(phases(next(
                        want(3),
                        in(0, DELETING, "new"),
                        in(1, DRAINING, "new"),
                        serving(2, "new"),
                        serving(3, "middle"))))
                .containsExactly("0 Deleting new", "1 Running new", "2 Running new", "3 Running middle");
    }

    @Test
    void machinesOfAMiddleModelAreOldToo() {
        assertThat(phases(next(want(1), serving(0, "old"), in(1, MAKING, "middle"))))
                .containsExactly("0 Running old", "1 Deleting middle");
        assertThat(phases(next(want(1), serving(0, "old"), serving(1, "middle"))))
                .containsExactly("0 Draining old", "1 Running middle");
    }

    @Test
    void aDeletedPoolDeletesEverythingWithoutDraining() {
        PoolWanted wanted = RunningPool.of(2, "new", ONE, PoolWanted.Hold.ABORT, true);
        assertThat(phases(next(wanted, serving(0, "old"), in(1, DRAINING, "old"), in(2, MAKING, "new"))))
                .containsExactly("0 Deleting old", "1 Deleting old", "2 Deleting new");
    }

    @Test
    void anAbortedPoolComesToRest() {
        PoolWanted aborted = want(2, ONE, PoolWanted.Hold.ABORT);
        Seen empty = new Seen(record(3, RUNNING, "new", NOW), true, true, true, new Progress.Done(NOW));
        PoolStep step = next(
                aborted, in(0, DRAINING, "old"), serving(1, "old"), serving(2, "new"), empty, in(4, MAKING, "new"));
        assertThat(phases(step))
                .containsExactly("0 Running old", "1 Running old", "2 Running new", "3 Deleting new", "4 Deleting new");
        assertThat(step.outcome()).isInstanceOf(Outcome.Working.class);
        step = next(aborted, serving(0, "old"), serving(1, "old"), serving(2, "new"));
        assertThat(step.outcome())
                .isInstanceOfSatisfying(
                        Outcome.Canceled.class,
                        canceled -> assertThat(canceled.words())
                                .contains("above the count")
                                .endsWith(": 1"));
    }

    @Test
    void anAbortedPoolHasNotEndedBeforeItsNodesAreUncordoned() {
        PoolWanted aborted = want(1, ONE, PoolWanted.Hold.ABORT);
        Seen cordoned = seen(0, RUNNING, "old", true, true, new Progress.Unknown());
        assertThat(next(aborted, cordoned).outcome()).isInstanceOf(Outcome.Working.class);
    }

    @Test
    void aPoolWhoseTurnIsLaterBeginsNothingAndDoesNotEnd() {
        PoolWanted waiting = want(2, ONE, PoolWanted.Hold.TURN);
        PoolStep step = next(waiting, serving(0, "old"), serving(1, "old"));
        assertThat(phases(step)).containsExactly("0 Running old", "1 Running old");
        assertThat(step.outcome()).isInstanceOf(Outcome.Working.class);
    }

    @Test
    void aRefutedSurgeNodeStopsTheUpdateAlsoWhenItIsTakenUpAgain() {
        Seen refuted = tried(2, "new", NOW, new Proof.Refuted("registry.corp:443 (UnknownAuthority): no"));
        PoolStep step = next(want(2), serving(0, "old"), serving(1, "old"), refuted);
        assertThat(phases(step)).containsExactly("0 Running old", "1 Running old", "2 Running new");
        assertThat(step.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo("Refuted");
            assertThat(failed.words()).contains("registry.corp:443 (UnknownAuthority): no", "the old nodes serve on");
        });
        PoolStep again = Replace.next(want(2), observed(true, false, NOW.plusSeconds(9), serving(0, "old"), refuted));
        assertThat(again.outcome()).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void whereNoOldOneIsLeftEndpointsSpeakAgainstNobody() {
        Seen there = tried(0, "new", NOW, new Proof.Refuted("registry.corp:443"));
        PoolStep step = next(want(2), there);
        assertThat(phases(step)).containsExactly("0 Running new", "1 Making new");
        assertThat(next(want(1), there).outcome()).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void aSurgeNodesEndpointsAreTriedBeforeAnOldOneIsDrainedButForALimitedTime() {
        Duration patience = Duration.ofMinutes(2);
        Seen fresh = tried(1, "new", NOW.minusSeconds(119), new Proof.Awaited(patience));
        PoolStep step = next(want(1), serving(0, "old"), fresh);
        assertThat(phases(step)).containsExactly("0 Running old", "1 Running new");
        assertThat(step.lookAgain()).isEqualTo(NOW.plusSeconds(1));
        assertThat(step.outcome().words()).contains("its endpoints are being tried");
        Seen waited = tried(1, "new", NOW.minusSeconds(120), new Proof.Awaited(patience));
        assertThat(phases(next(want(1), serving(0, "old"), waited))).containsExactly("0 Draining old", "1 Running new");
        Seen triedInVain = tried(1, "new", NOW, new Proof.None());
        assertThat(phases(next(want(1), serving(0, "old"), triedInVain)))
                .as("what cannot be reached counts against nobody")
                .containsExactly("0 Draining old", "1 Running new");
    }

    private static Seen tried(int index, String set, Instant since, Proof proof) {
        return new Seen(record(index, RUNNING, set, since), true, true, false, new Progress.Done(NOW), proof);
    }

    private static PoolWanted want(int count) {
        return want(count, ONE, PoolWanted.Hold.NONE);
    }

    private static PoolWanted want(int count, Limits limits, PoolWanted.Hold hold) {
        return RunningPool.of(count, "new", limits, hold, false);
    }

    private static PoolStep next(PoolWanted wanted, Seen... machines) {
        return Replace.next(wanted, observed(false, false, NOW.minus(Duration.ofDays(1)), machines));
    }

    private static PoolObserved observed(boolean anew, boolean ended, Instant begun, Seen... machines) {
        return new PoolObserved(Arrays.asList(machines), NOW, begun, anew, ended, Duration.ofMinutes(10));
    }

    private static Seen serving(int index, String set) {
        return running(index, set, true, true);
    }

    private static Seen running(int index, String set, boolean ready, boolean loaded) {
        return seen(index, RUNNING, set, ready, loaded, new Progress.Done(NOW));
    }

    private static Seen in(int index, String phase, String set) {
        return seen(index, phase, set, false, false, new Progress.Unknown());
    }

    private static Seen seen(int index, String phase, String set, boolean ready, boolean loaded, Progress progress) {
        return new Seen(record(index, phase, set, NOW), ready, loaded, false, progress);
    }

    private static Seen since(int index, String phase, String set, Instant since, Progress progress) {
        return new Seen(record(index, phase, set, since), false, false, false, progress);
    }

    private static MachineRecord record(int index, String phase, String set, Instant since) {
        return new MachineRecord(name(index), phase, set, since.toString());
    }

    private static String name(int index) {
        return ObjectNames.machine("c", "p", index);
    }

    private static List<String> phases(PoolStep step) {
        return step.records().stream()
                .map(record -> ObjectNames.machineIndex("c", "p", record.name()).orElseThrow() + " " + record.phase()
                        + " " + record.certificateSet())
                .toList();
    }
}
