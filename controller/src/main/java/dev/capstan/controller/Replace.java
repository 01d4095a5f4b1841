package dev.capstan.controller;

import static dev.capstan.resources.AgentPool.DELETING;
import static dev.capstan.resources.AgentPool.DRAINING;
import static dev.capstan.resources.AgentPool.MAKING;
import static dev.capstan.resources.AgentPool.QUARANTINED;
import static dev.capstan.resources.AgentPool.RUNNING;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ObjectNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The model update {@code Replace}, and with it the pool's count: a pure function from what is wanted and what is seen to
 * the records that shall be stored next. Whoever calls it stores them, then does what each record asks for (Making: make;
 * Running: keep; Draining: cordon and evict; Deleting: delete; Quarantined: nothing), and asks again when something
 * changed.
 *
 * <p>A machine is <em>old</em> if it was born with another set than the pool's model, or before its image was last asked
 * to be newer, else <em>new</em>. It <em>serves</em>
 * if it runs and its node is ready, a new one only with its set loaded and, where it has endpoints and old ones are left,
 * tried: for so long as it may take, since what cannot be reached counts against nobody. Each step, in this order:
 * <ol>
 *   <li>What was done is taken up: made machines run, drained ones (after the soak) are deleted, deleted ones are gone.
 *   <li>A node that has not drained in time is quarantined, or the way fails, as the limits say. It fails too when a
 *       machine was not made in {@value #ATTEMPTS} attempts, its node did not serve in time, or an endpoint refuted a new
 *       one while old ones are left. Then nothing new begins.
 *   <li>An old machine that is still being made is deleted. A new one that is being drained comes back if it is wanted.
 *   <li>Of too many new ones, the highest index goes first.
 *   <li>Old ones are drained, those that do not serve first, then the lowest index, as long as the others suffice.
 *   <li>New ones are made, as many as the count and the surge allow, each with an index above every other, so that a new
 *       node never has the name of the one it replaces.
 * </ol>
 * A pool that shall have no machines deletes them all instead. Where the pool is held nothing of that begins: machines that are being drained come back, those being made are
 * deleted, and so are new ones above the count that hold no pods.
 *
 * <p>Invariants: a machine is made only while there are fewer than count + surge, quarantined ones not counted; one that
 * serves is drained only while as many as count − unavailable others serve; nothing but a machine that is empty, never
 * ran, or whose pool goes is deleted without being drained; a machine that is being deleted is never called back; a name
 * is given out only after its record went; asked again with the same sight, it changes nothing more.
 */
final class Replace {

    /** A machine was not made. */
    static final String MACHINES_FAILED = "MachinesFailed";

    /** A node did not drain in time. */
    static final String DRAIN_TIMED_OUT = "DrainTimedOut";

    /** A node did not become ready, or its runtime did not load the set, in time. */
    static final String NODES_NOT_LOADED = "NodesNotLoaded";

    /** An endpoint of a new machine did not verify with the new set. */
    static final String REFUTED = "Refuted";

    /** After so many the way fails. */
    static final int ATTEMPTS = 3;

    private final PoolWanted wanted;
    private final PoolObserved observed;
    private final List<Seen> machines;

    private Replace(PoolWanted wanted, PoolObserved observed) {
        this.wanted = wanted;
        this.observed = observed;
        machines = new ArrayList<>(observed.machines());
        machines.sort(Comparator.comparing(seen -> seen.record().name()));
    }

    /** The next step. */
    static PoolStep next(PoolWanted wanted, PoolObserved observed) {
        Replace replace = new Replace(wanted, observed);
        Outcome outcome = replace.outcome();
        return new PoolStep(replace.machines.stream().map(Seen::record).toList(), outcome, replace.lookAgain(outcome));
    }

    private Outcome outcome() {
        takeUp();
        if (wanted.deleting()) {
            all(seen -> true).forEach(seen -> move(seen, DELETING));
            return working(words().deleting());
        }
        if (observed.ended()) {
            return wholeOrWorking();
        }
        if (wanted.hold() != PoolWanted.Hold.NONE) {
            return rest();
        }
        if (wanted.isOff()) {
            return turnOff();
        }
        judgeDrains();
        Outcome.Failed failure = failure();
        if (failure != null) {
            return failure;
        }
        callBack();
        removeSurplus();
        drainOld();
        make();
        return wholeOrWorking();
    }

    private Outcome wholeOrWorking() {
        return isWhole() ? new Outcome.Done(words().whole()) : working(words().working());
    }

    private Outcome working(String text) {
        boolean fails = machines.stream().anyMatch(seen -> seen.progress() instanceof Progress.Failed);
        boolean isShort = serving() < wanted.count();
        return new Outcome.Working(fails ? MACHINES_FAILED : isShort ? "NodesNotReady" : "Replacing", text);
    }

    private void takeUp() {
        boolean mayGoOn = wanted.hold() == PoolWanted.Hold.NONE && !observed.ended();
        for (Seen seen : List.copyOf(machines)) {
            if (seen.progress() instanceof Progress.Done done) {
                switch (seen.record().phase()) {
                    case MAKING -> move(seen, RUNNING);
                    case DELETING -> machines.remove(seen);
                    case DRAINING -> {
                        if (mayGoOn && !done.at().plus(wanted.limits().soak()).isAfter(observed.now())) {
                            move(seen, DELETING);
                        }
                    }
                    default -> {}
                }
            }
        }
    }

    /** Deletes what there is, as a stopped cluster of AKS does: nothing is drained, and there is nobody to drain to. */
    private Outcome turnOff() {
        all(seen -> true).forEach(seen -> move(seen, DELETING));
        Outcome.Failed failure = failure();
        return failure == null ? wholeOrWorking() : failure;
    }

    /** Brings a held pool to rest. */
    private Outcome rest() {
        in(DRAINING).forEach(seen -> move(seen, RUNNING));
        in(MAKING).forEach(seen -> move(seen, DELETING));
        if (!wanted.isOff() && in(RUNNING).stream().anyMatch(this::isOld)) {
            int surplus = in(RUNNING).size() - wanted.count();
            in(RUNNING).reversed().stream()
                    .filter(seen -> !isOld(seen) && seen.empty())
                    .limit(Math.max(0, surplus))
                    .forEach(seen -> move(seen, DELETING));
        }
        boolean moves = !in(RUNNING).stream().allMatch(Replace::isKept)
                || in(DELETING).stream().anyMatch(seen -> attempts(seen) < ATTEMPTS);
        if (wanted.hold() == PoolWanted.Hold.TURN) {
            return working(words().turn());
        }
        if (moves) {
            return working(words().resting());
        }
        return isWhole() ? new Outcome.Done(words().whole()) : new Outcome.Canceled(words().canceled());
    }

    private void judgeDrains() {
        if (observed.anew()) {
            in(QUARANTINED).forEach(seen -> move(seen, DRAINING));
        }
        if (wanted.limits().cordonsUndrainable()) {
            in(DRAINING).stream().filter(this::isLate).forEach(seen -> move(seen, QUARANTINED));
        }
    }

    private Outcome.@Nullable Failed failure() {
        List<Seen> notMade =
                all(seen -> attempts(seen) >= ATTEMPTS && !seen.record().phase().equals(RUNNING));
        if (!notMade.isEmpty()) {
            return new Outcome.Failed(MACHINES_FAILED, words().failures(notMade));
        }
        List<Seen> late = in(DRAINING).stream().filter(this::isLate).toList();
        if (!late.isEmpty()) {
            return new Outcome.Failed(DRAIN_TIMED_OUT, words().undrained(late));
        }
        List<Seen> refuted = in(RUNNING).stream().filter(this::isRefuted).toList();
        if (!refuted.isEmpty()) {
            return new Outcome.Failed(REFUTED, words().refuted(refuted));
        }
        List<Seen> silent = in(RUNNING).stream()
                .filter(seen ->
                        !serves(seen) && !deadline(seen, observed.patience()).isAfter(observed.now()))
                .toList();
        return silent.isEmpty() ? null : new Outcome.Failed(NODES_NOT_LOADED, words().notServing(silent));
    }

    private void callBack() {
        in(MAKING).stream().filter(this::isOld).forEach(seen -> move(seen, DELETING));
        in(DRAINING).stream()
                .filter(seen -> !isOld(seen))
                .limit(Math.max(0, wanted.count() - alive()))
                .forEach(seen -> move(seen, RUNNING));
    }

    private void removeSurplus() {
        in(MAKING).reversed().stream()
                .limit(Math.max(0, alive() - wanted.count()))
                .forEach(seen -> move(seen, DELETING));
        List<Seen> newest = in(RUNNING).reversed().stream()
                .filter(seen -> !isOld(seen))
                .sorted(Comparator.comparing(this::serves))
                .toList();
        for (Seen seen : newest) {
            if (alive() > wanted.count() && (!serves(seen) || serving() > floor())) {
                move(seen, DRAINING);
            }
        }
    }

    private void drainOld() {
        List<Seen> old = in(RUNNING).stream()
                .filter(this::isOld)
                .sorted(Comparator.comparing(this::serves))
                .toList();
        for (Seen seen : old) {
            if (serving() - (serves(seen) ? 1 : 0) >= floor()) {
                move(seen, DRAINING);
            }
        }
    }

    private void make() {
        int room = wanted.count()
                + wanted.limits().surge()
                - machines.size()
                + in(QUARANTINED).size();
        int missing = Math.min(room, wanted.count() - alive());
        int index = machines.stream()
                        .map(seen -> ObjectNames.machineIndex(
                                wanted.cluster(), wanted.pool(), seen.record().name()))
                        .flatMapToInt(OptionalInt::stream)
                        .max()
                        .orElse(-1)
                + 1;
        for (int made = 0; made < missing; made++) {
            String name = ObjectNames.machine(wanted.cluster(), wanted.pool(), index + made);
            machines.add(unseen(new MachineRecord(
                    name,
                    MAKING,
                    wanted.model(),
                    observed.now().toString(),
                    wanted.image().version(),
                    wanted.image().upgrade())));
        }
        machines.sort(Comparator.comparing(seen -> seen.record().name()));
    }

    /** Whether everything is as it is wanted; quarantined nodes are left to the user and do not count. */
    private boolean isWhole() {
        return in(RUNNING).size() == wanted.count()
                && in(RUNNING).size() + in(QUARANTINED).size() == machines.size()
                && in(RUNNING).stream().allMatch(seen -> !isOld(seen) && serves(seen) && isKept(seen));
    }

    private boolean isOld(Seen seen) {
        return wanted.isOld(seen.record());
    }

    private boolean serves(Seen seen) {
        return seen.record().phase().equals(RUNNING)
                && seen.ready()
                && (isOld(seen) || (seen.loaded() && !isAwaited(seen) && !isRefuted(seen)));
    }

    private boolean isAwaited(Seen seen) {
        return seen.proof() instanceof Proof.Awaited awaited
                && isOnTrial(seen)
                && deadline(seen, awaited.atMost()).isAfter(observed.now());
    }

    private boolean isRefuted(Seen seen) {
        return seen.proof() instanceof Proof.Refuted && isOnTrial(seen);
    }

    /** Whether what its endpoints say of it decides how this way goes on: while there are old ones to be spared. */
    private boolean isOnTrial(Seen seen) {
        return !isOld(seen) && !observed.ended() && machines.stream().anyMatch(this::isOld);
    }

    /** Whether the machine was seen to be as its record says: booted, told what to trust, not cordoned by us. */
    private static boolean isKept(Seen seen) {
        return seen.progress() instanceof Progress.Done;
    }

    private int serving() {
        return (int) machines.stream().filter(this::serves).count();
    }

    private int floor() {
        return wanted.count() - wanted.limits().unavailable();
    }

    /** New machines that are there or will be. */
    private int alive() {
        return (int) machines.stream()
                .filter(seen -> !isOld(seen))
                .filter(seen -> Set.of(MAKING, RUNNING).contains(seen.record().phase()))
                .count();
    }

    private boolean isLate(Seen seen) {
        return !(seen.progress() instanceof Progress.Done)
                && !deadline(seen, wanted.limits().drainTimeout()).isAfter(observed.now());
    }

    /** The end of a time that began with the machine's phase, or with what is wanted now, whichever is later. */
    private Instant deadline(Seen seen, Duration time) {
        String since = seen.record().since();
        Instant began = since == null ? observed.begun() : Instant.parse(since);
        return (began.isAfter(observed.begun()) ? began : observed.begun()).plus(time);
    }

    private @Nullable Instant lookAgain(Outcome outcome) {
        if (!(outcome instanceof Outcome.Working) || observed.ended() || wanted.hold() != PoolWanted.Hold.NONE) {
            return null;
        }
        return machines.stream()
                .map(seen -> switch (seen.record().phase()) {
                    case DRAINING ->
                        seen.progress() instanceof Progress.Done done
                                ? done.at().plus(wanted.limits().soak())
                                : deadline(seen, wanted.limits().drainTimeout());
                    case RUNNING ->
                        serves(seen)
                                ? Instant.MAX
                                : isAwaited(seen) && seen.proof() instanceof Proof.Awaited awaited
                                        ? deadline(seen, awaited.atMost())
                                        : deadline(seen, observed.patience());
                    default -> Instant.MAX;
                })
                .filter(at -> at.isAfter(observed.now()) && !at.equals(Instant.MAX))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private static int attempts(Seen seen) {
        return seen.progress() instanceof Progress.Failed failed ? failed.attempts() : 0;
    }

    private List<Seen> in(String phase) {
        return all(seen -> seen.record().phase().equals(phase));
    }

    private List<Seen> all(Predicate<Seen> which) {
        return machines.stream().filter(which).toList();
    }

    /** The machine in another phase, of which nothing is done yet; one that is in it already stays as it is. */
    private void move(Seen seen, String phase) {
        MachineRecord record = seen.record();
        if (!record.phase().equals(phase)) {
            machines.set(
                    machines.indexOf(seen),
                    new Seen(
                            record.in(phase, observed.now().toString()),
                            seen.ready(),
                            seen.loaded(),
                            seen.empty(),
                            new Progress.Unknown()));
        }
    }

    private static Seen unseen(MachineRecord record) {
        return new Seen(record, false, false, false, new Progress.Unknown());
    }

    private PoolWords words() {
        return new PoolWords(wanted, observed.patience(), machines, this::serves, this::isOld);
    }
}
