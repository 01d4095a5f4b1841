package dev.capstan.controller;

import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is seen of a pool.
 *
 * @param machines every machine that it has recorded
 * @param now the time
 * @param begun when the way to what is wanted now began
 * @param anew whether this is the first look since something else is wanted
 * @param ended whether that way has ended, well or not: nothing new begins before something else is wanted
 * @param patience how long a machine that runs may take until its node is ready and has loaded its set
 */
record PoolObserved(List<Seen> machines, Instant now, Instant begun, boolean anew, boolean ended, Duration patience) {

    PoolObserved {
        machines = List.copyOf(machines);
    }

    /**
     * One machine.
     *
     * @param record what is recorded of it
     * @param ready whether its node is ready
     * @param loaded whether the node was told what it shall trust and, where that includes a list, has proved that its
     *     runtime reads it: level {@code Loaded}, or what else is the most that its kind of machine can prove
     * @param empty whether its node is known to hold no pod that would have to be evicted
     * @param progress how far what its record asks for has come
     * @param proof what its endpoints say of it
     */
    record Seen(MachineRecord record, boolean ready, boolean loaded, boolean empty, Progress progress, Proof proof) {

        /** A machine without endpoints. */
        Seen(MachineRecord record, boolean ready, boolean loaded, boolean empty, Progress progress) {
            this(record, ready, loaded, empty, progress, new Proof.None());
        }
    }

    /** What a machine's endpoints say of it. */
    sealed interface Proof {

        /** There are none, or they were tried, and nothing speaks against it. */
        record None() implements Proof {}

        /**
         * They were not tried yet with its set.
         *
         * @param atMost how long that is waited for
         */
        record Awaited(Duration atMost) implements Proof {}

        /**
         * One did not verify.
         *
         * @param why which and why, in words
         */
        record Refuted(String why) implements Proof {}
    }

    /** How far what a record asks for has come: make, keep, drain or delete. */
    sealed interface Progress {

        /** Nothing is known; it is under way, or was not begun. */
        record Unknown() implements Progress {}

        /**
         * It is done.
         *
         * @param at when it was found done
         */
        record Done(Instant at) implements Progress {}

        /**
         * It was tried and failed.
         *
         * @param attempts how often
         * @param why the last failure, in words
         */
        record Failed(int attempts, String why) implements Progress {}

        /**
         * Pods are there that may not go, or have not gone yet.
         *
         * @param why which and why, in words
         */
        record Blocked(String why) implements Progress {}
    }
}
