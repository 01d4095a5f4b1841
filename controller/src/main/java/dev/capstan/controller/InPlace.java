package dev.capstan.controller;

import static dev.capstan.resources.AgentPool.MAKING;
import static dev.capstan.resources.AgentPool.RUNNING;

import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model update {@code InPlace}, in its plain form: the nodes of a pool that are there, and that nobody makes or deletes
 * here, are told a new set one after the other. A pure function from what is wanted and what is seen to the records that
 * shall be stored next. Whoever calls it stores them, then sees to it that each node's NodeTrust names the set of its
 * record, and asks again when something changed.
 *
 * <p>A record's set is what its node was <em>told</em>, {@code since} is when; without {@code since} the node was found
 * with it. A node is <em>old</em> if it was told another set than the pool's model, else <em>new</em>; <em>joined</em> if
 * it came after the pool and was told nothing yet (phase Making). It <em>serves</em> once it has reached the level that it
 * can, no endpoint speaks against it, and, if it was told in this way, it is ready. A new one that does not serve is
 * <em>on its way</em>. Each step, in this order:
 * <ol>
 *   <li>Joined nodes are told the model at once: they have nothing yet that could be taken from them.
 *   <li>The way fails when an endpoint refuted a new node, or one on its way has used up its time. Then no old node is told
 *       anything before something else is wanted.
 *   <li>While a node is on its way, all others wait.
 *   <li>Else the next old node is told: first one that has not reached what it was told before, since it is neither here
 *       nor there; then those that are ready, by name; those that are not come last.
 * </ol>
 * Where the pool is held, nobody is told; nothing is called back, since a node that was told goes on by itself. A pool
 * that goes has no model: its nodes are told so in the same order, but none is waited for longer than its time, and what
 * endpoints say of it stops nothing, since it would keep a list on the nodes that nobody has any more.
 *
 * <p>Invariants: an old node is told something only where every new one serves and, as long as there are old ones that
 * have not reached what they were told, only one of those; at most one is told in a step; once no more nodes come, and each answers or runs out of time, it ends;
 * asked again with the same sight, it changes nothing more.
 */
final class InPlace {

    private final PoolWanted wanted;
    private final PoolObserved observed;
    private final List<Seen> nodes;

    private InPlace(PoolWanted wanted, PoolObserved observed) {
        this.wanted = wanted;
        this.observed = observed;
        nodes = new ArrayList<>(observed.machines());
        nodes.sort(Comparator.comparing(seen -> seen.record().name()));
    }

    /**
     * The next step.
     *
     * @param wanted what the pool shall be; its count is how many nodes there are
     * @param observed its nodes, and whether the way ended so that only another wish begins it anew
     */
    static PoolStep next(PoolWanted wanted, PoolObserved observed) {
        InPlace update = new InPlace(wanted.deleting() ? wanted.withoutModel() : wanted, observed);
        Outcome outcome = update.outcome();
        boolean isGone = wanted.deleting() && outcome instanceof Outcome.Done;
        return new PoolStep(
                isGone ? List.of() : update.nodes.stream().map(Seen::record).toList(),
                outcome,
                update.lookAgain(outcome));
    }

    private Outcome outcome() {
        nodes.removeIf(seen -> wanted.deleting() && isJoining(seen));
        nodes.stream().filter(InPlace::isJoining).toList().forEach(this::tell);
        if (wanted.deleting()) {
            return leave();
        }
        if (observed.ended()) {
            return wholeOrWorking();
        }
        if (wanted.hold() == PoolWanted.Hold.TURN) {
            return working(words().turn());
        }
        if (wanted.hold() == PoolWanted.Hold.ABORT) {
            return isWhole() ? new Outcome.Done(words().whole()) : new Outcome.Canceled(words().canceled());
        }
        Outcome.Failed failure = failure();
        if (failure != null) {
            return failure;
        }
        if (onTheirWay().findAny().isEmpty()) {
            nextOld().ifPresent(this::tell);
        }
        return wholeOrWorking();
    }

    private Outcome leave() {
        if (onTheirWay().noneMatch(seen -> !isLate(seen))) {
            var next = nextOld();
            if (next.isEmpty()) {
                return new Outcome.Done(words().left());
            }
            tell(next.get());
        }
        return working(words().leaving());
    }

    private Outcome.@Nullable Failed failure() {
        List<Seen> refuted = onTheirWay().filter(this::isRefuted).toList();
        if (!refuted.isEmpty()) {
            return new Outcome.Failed(Replace.REFUTED, words().refuted(refuted));
        }
        List<Seen> late = onTheirWay().filter(this::isLate).toList();
        return late.isEmpty() ? null : new Outcome.Failed(Replace.NODES_NOT_LOADED, words().notServing(late));
    }

    private Outcome wholeOrWorking() {
        return isWhole() ? new Outcome.Done(words().whole()) : working(words().working());
    }

    private static Outcome working(String text) {
        return new Outcome.Working("NodesNotLoaded", text);
    }

    private boolean isWhole() {
        return nodes.stream().allMatch(seen -> !isOld(seen) && serves(seen));
    }

    private Stream<Seen> onTheirWay() {
        return nodes.stream().filter(seen -> !isOld(seen) && !serves(seen));
    }

    private Optional<Seen> nextOld() {
        return nodes.stream()
                .filter(this::isOld)
                .min(Comparator.comparing(this::isSettled)
                        .thenComparing(seen -> !seen.ready())
                        .thenComparing(seen -> seen.record().name()));
    }

    /**
     * Whether it is where it was told to be. One that was never told anything is; but where it names the model all the
     * same, that is for its agent to prove.
     */
    private boolean isSettled(Seen seen) {
        return seen.loaded() || (seen.record().since() == null && (isOld(seen) || wanted.model() == null));
    }

    private boolean serves(Seen seen) {
        return isSettled(seen)
                && (isOld(seen) || (!isAwaited(seen) && !isRefuted(seen) && (seen.ready() || !isToldNow(seen))));
    }

    /** Whether it was told in this way what it was told; of those before only the level counts. */
    private boolean isToldNow(Seen seen) {
        String since = seen.record().since();
        return since != null && !Instant.parse(since).isBefore(observed.begun());
    }

    /** Whether its endpoints stop the way: as long as there is something to be spared, and of the last node too. */
    private boolean isRefuted(Seen seen) {
        return seen.proof() instanceof Proof.Refuted
                && !wanted.deleting()
                && (isToldNow(seen) || nodes.stream().anyMatch(this::isOld));
    }

    private boolean isAwaited(Seen seen) {
        return seen.proof() instanceof Proof.Awaited awaited
                && !wanted.deleting()
                && isToldNow(seen)
                && deadline(seen, awaited.atMost()).isAfter(observed.now());
    }

    private boolean isLate(Seen seen) {
        return !isAwaited(seen) && !deadline(seen, observed.patience()).isAfter(observed.now());
    }

    private boolean isOld(Seen seen) {
        return seen.record().phase().equals(RUNNING)
                && !Objects.equals(seen.record().certificateSet(), wanted.model());
    }

    /** The end of a time that began when the node was told, or with what is wanted now, whichever is later. */
    private Instant deadline(Seen seen, Duration time) {
        String since = seen.record().since();
        Instant told = since == null ? observed.begun() : Instant.parse(since);
        return (told.isAfter(observed.begun()) ? told : observed.begun()).plus(time);
    }

    private static boolean isJoining(Seen seen) {
        return seen.record().phase().equals(MAKING);
    }

    /** Tells it the model; a node that joins a pool without a list is told nothing. */
    private void tell(Seen seen) {
        boolean isNothing = isJoining(seen) && wanted.model() == null;
        nodes.set(
                nodes.indexOf(seen),
                new Seen(
                        new MachineRecord(
                                seen.record().name(),
                                RUNNING,
                                wanted.model(),
                                isNothing ? null : observed.now().toString()),
                        seen.ready(),
                        false,
                        seen.empty(),
                        new PoolObserved.Progress.Unknown()));
    }

    private @Nullable Instant lookAgain(Outcome outcome) {
        if (!(outcome instanceof Outcome.Working)) {
            return null;
        }
        return onTheirWay()
                .map(seen -> isAwaited(seen) && seen.proof() instanceof Proof.Awaited awaited
                        ? deadline(seen, awaited.atMost())
                        : deadline(seen, observed.patience()))
                .filter(at -> at.isAfter(observed.now()))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private InPlaceWords words() {
        return new InPlaceWords(observed.patience(), nodes, this::serves, this::isOld);
    }
}
