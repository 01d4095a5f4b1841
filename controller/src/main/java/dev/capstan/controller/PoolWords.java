package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.resources.AgentPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A pool's state in words for its user: how many nodes are ready, and of every machine that is not what it shall be, why.
 * Nothing in them changes with time alone.
 *
 * @param patience how long a node may take until it serves
 * @param serves whether a machine's node is ready, with its set loaded
 * @param isOld whether a machine was born with another set than the pool's model
 */
record PoolWords(
        PoolWanted wanted, Duration patience, List<Seen> machines, Predicate<Seen> serves, Predicate<Seen> isOld) {

    private static final int NAMED_AT_MOST = 5;

    /** Everything is as it is wanted. */
    String whole() {
        return (wanted.isOff() ? "stopped, without machines" : nodes(wanted.count()) + " ready") + troubles();
    }

    /** There is more to do. */
    String working() {
        return (wanted.isOff() ? "machines are deleted, since the pool is stopped" : headline()) + troubles();
    }

    /** Nothing of the pool shall stay. */
    String deleting() {
        return "machines are deleted" + troubles();
    }

    /** It is another pool's turn. */
    String turn() {
        return "waits until the pools before it are updated; " + headline();
    }

    /** It comes to rest. */
    String resting() {
        return "comes to rest; " + headline() + troubles();
    }

    /** It was aborted, and rests. */
    String canceled() {
        int surplus = wanted.isOff() ? 0 : in(AgentPool.RUNNING) - wanted.count();
        return "aborted; "
                + (wanted.isOff() ? in(AgentPool.RUNNING) + " machines were left running" : headline()) + troubles()
                + (surplus > 0 ? "; above the count, since they hold pods or are old: " + surplus : "");
    }

    /** These could not be made or deleted. */
    String failures(List<Seen> failed) {
        return failed.stream()
                .map(seen -> seen.record().name() + ": " + trouble(seen))
                .collect(Collectors.joining("; "));
    }

    /** These did not drain in time. */
    String undrained(List<Seen> late) {
        return "not drained within " + minutes(wanted.limits().drainTimeout()) + ": " + failures(late)
                + "; they stay cordoned, and the next change takes the drain up again";
    }

    /** These did not serve in time. */
    String notServing(List<Seen> silent) {
        return "within " + minutes(patience) + " after they began to run: " + failures(silent)
                + "; the next change takes it up again";
    }

    /** Endpoints did not verify with the new set. */
    String refuted(List<Seen> refuted) {
        return failures(refuted)
                + "; the old nodes serve on. Give the endpoint a chain that ends in a CA of the list, or"
                + " the list its CA; the next change takes the update up again";
    }

    /** So many nodes. */
    static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }

    private String headline() {
        long old = machines.stream().filter(isOld).count();
        return machines.stream().filter(serves).count() + " of " + nodes(wanted.count()) + " ready"
                + (old == 0 ? "" : ", " + old + " of an older model");
    }

    private String troubles() {
        List<String> words = new ArrayList<>();
        for (Seen seen : machines) {
            boolean isGood = seen.record().phase().equals(AgentPool.RUNNING)
                    && serves.test(seen)
                    && !(seen.progress() instanceof Progress.Failed);
            if (!isGood) {
                words.add(seen.record().name() + ": " + trouble(seen));
            }
        }
        return words.isEmpty() ? "" : "; " + Few.of(words, NAMED_AT_MOST, "; ");
    }

    private String trouble(Seen seen) {
        if (seen.progress() instanceof Progress.Failed failed) {
            return failed.why();
        }
        return switch (seen.record().phase()) {
            case AgentPool.MAKING -> "is being made";
            case AgentPool.DRAINING ->
                seen.progress() instanceof Progress.Blocked blocked
                        ? "is being drained, " + blocked.why()
                        : "is being drained";
            case AgentPool.DELETING -> "is being deleted";
            case AgentPool.QUARANTINED -> "did not drain in time and is quarantined";
            default -> notServing(seen);
        };
    }

    private static String notServing(Seen seen) {
        if (!seen.ready()) {
            return "its node is not ready";
        }
        if (!seen.loaded()) {
            return "its node is ready, but has not taken up the list";
        }
        return switch (seen.proof()) {
            case PoolObserved.Proof.Refuted refuted -> "refuted by " + refuted.why();
            case PoolObserved.Proof.Awaited _ -> "its node has loaded the list, and its endpoints are being tried";
            case PoolObserved.Proof.None _ -> "it is about to be taken up";
        };
    }

    private int in(String phase) {
        return (int) machines.stream()
                .filter(seen -> seen.record().phase().equals(phase))
                .count();
    }

    /** A time as people say it. */
    static String minutes(Duration time) {
        return time.toMinutes() == 0
                ? time.toSeconds() + " s"
                : time.toMinutes() == 1 ? "1 minute" : time.toMinutes() + " minutes";
    }
}
