package dev.capstan.controller;

import dev.capstan.resources.AgentPool.MachineRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next step of a pool.
 *
 * @param records its machines as they shall be, by name; to be stored before anything is done to a machine
 * @param outcome how the way stands
 * @param lookAgain when time alone may change the answer; null if it cannot
 */
record PoolStep(
        List<MachineRecord> records,
        Outcome outcome,
        @Nullable Instant lookAgain) {

    PoolStep {
        records = List.copyOf(records);
    }

    /** How the way to what is wanted stands. */
    sealed interface Outcome {

        /** For people; the same facts give the same words. */
        String words();

        /**
         * There is more to do.
         *
         * @param reason one word for what is missing
         */
        record Working(String reason, String words) implements Outcome {}

        /** Everything is as it is wanted. */
        record Done(String words) implements Outcome {}

        /** It was aborted, and rests. */
        record Canceled(String words) implements Outcome {}

        /**
         * It does not go on without somebody's help.
         *
         * @param reason one word
         */
        record Failed(String reason, String words) implements Outcome {}
    }
}
