package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.AgentPool.ModelUpdate;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How far a model update is, counted anew each time from the records and from how many machines it began with, so that no
 * kill can make it count wrong. It begins when old machines are there and may be replaced, and begins again when something
 * else is wanted while some are left; it ends when the way to what is wanted ends, or is held.
 */
final class UpdateProgress {

    private UpdateProgress() {}

    /**
     * The progress to be stored beside the records.
     *
     * @param before what is stored
     * @param serves whether the node of this machine is ready, with its set loaded
     */
    static @Nullable ModelUpdate of(
            @Nullable ModelUpdate before,
            PoolWanted wanted,
            PoolObserved observed,
            PoolStep step,
            Predicate<MachineRecord> serves) {
        List<MachineRecord> old =
                step.records().stream().filter(record -> isOld(record, wanted)).toList();
        boolean runs =
                !observed.ended() && !wanted.deleting() && !wanted.isOff() && wanted.hold() == PoolWanted.Hold.NONE;
        boolean begins = runs && !old.isEmpty() && (before == null || before.ended() != null || observed.anew());
        String now = observed.now().toString();
        ModelUpdate base = begins ? new ModelUpdate(now, null, old.size(), 0, 0, 0, 0) : before;
        if (base == null || base.ended() != null) {
            return base;
        }
        int machines = base.machines();
        int deleted = Math.clamp(machines - old.size(), 0, machines);
        int others = Math.max(0, wanted.count() - machines);
        List<MachineRecord> made = step.records().stream()
                .filter(record -> !isOld(record, wanted) && record.phase().equals(AgentPool.RUNNING))
                .toList();
        int loaded = (int) made.stream().filter(serves).count();
        return new ModelUpdate(
                base.started(),
                runs && step.outcome() instanceof PoolStep.Outcome.Working ? null : now,
                machines,
                Math.max(base.made(), Math.clamp(made.size() - others, 0, machines)),
                Math.max(base.loaded(), Math.clamp(loaded - others, 0, machines)),
                deleted
                        + (int) old.stream()
                                .filter(record -> record.phase().equals(AgentPool.DELETING))
                                .count(),
                deleted);
    }

    private static boolean isOld(MachineRecord record, PoolWanted wanted) {
        return wanted.isOld(record);
    }
}
