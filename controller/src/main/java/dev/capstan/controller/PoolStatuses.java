package dev.capstan.controller;

import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.Condition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the status of pools: the records as they shall be, and how the way stands. */
final class PoolStatuses {

    private final Management management;
    private final InstantSource clock;

    PoolStatuses(Management management, InstantSource clock) {
        this.management = management;
        this.clock = clock;
    }

    /**
     * Stores a step with the version that it was decided on; writes nothing where nothing changed.
     *
     * @param now when it was decided: what the step says began now must not be older than the way that begins with it
     * @return the pool as it is stored
     */
    AgentPoolObject store(
            AgentPoolObject pool,
            PoolWanted wanted,
            PoolStep step,
            AgentPool.@Nullable ModelUpdate update,
            @Nullable String nodeImage,
            Instant now) {
        return store(
                pool,
                step.records(),
                ready(step.outcome()),
                provisioned(pool, wanted, step.outcome()),
                update,
                nodeImage,
                now);
    }

    /** Stores what is the matter with a pool whose location nobody serves. */
    AgentPoolObject store(AgentPoolObject pool, Verdict why) {
        return store(pool, Management.machines(pool), why, why, update(pool), null, clock.instant());
    }

    private AgentPoolObject store(
            AgentPoolObject pool,
            List<MachineRecord> records,
            Verdict ready,
            Verdict provisioned,
            AgentPool.@Nullable ModelUpdate update,
            @Nullable String nodeImage,
            Instant now) {
        AgentPool.Status before = pool.getStatus();
        long generation = pool.getMetadata().getGeneration();
        AgentPool.Status status = new AgentPool.Status(
                generation,
                records,
                Statuses.of(conditions(pool), ready, provisioned, generation, now),
                update,
                nodeImage);
        if (status.equals(before)) {
            return pool;
        }
        pool.setStatus(status);
        return management.client().resource(pool).updateStatus();
    }

    /** Whether nobody has looked at the pool yet since something else is wanted. */
    static boolean isAnew(AgentPoolObject pool) {
        AgentPool.Status status = pool.getStatus();
        return status == null
                || status.observedGeneration() < pool.getMetadata().getGeneration();
    }

    /** Whether the way to what is wanted now has ended, well or not. */
    static boolean isEnded(AgentPoolObject pool) {
        return !isAnew(pool)
                && Statuses.isEnded(conditions(pool), pool.getMetadata().getGeneration());
    }

    /** When the way to what is wanted now began. */
    static Instant begun(AgentPoolObject pool, Instant now) {
        Condition provisioned = Statuses.provisioned(conditions(pool));
        return isAnew(pool) || provisioned == null ? now : Instant.parse(provisioned.lastTransitionTime());
    }

    static List<Condition> conditions(AgentPoolObject pool) {
        return Optional.ofNullable(pool.getStatus())
                .map(AgentPool.Status::conditions)
                .orElse(List.of());
    }

    static AgentPool.@Nullable ModelUpdate update(AgentPoolObject pool) {
        return pool.getStatus() == null ? null : pool.getStatus().modelUpdate();
    }

    private static Verdict ready(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Verdict.yes("NodesReady", done.words());
            case Outcome.Working working -> Verdict.no(working.reason(), working.words());
            case Outcome.Canceled canceled -> Verdict.no(Statuses.CANCELED, canceled.words());
            case Outcome.Failed failed -> Verdict.no(failed.reason(), failed.words());
        };
    }

    private static Verdict provisioned(AgentPoolObject pool, PoolWanted wanted, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Verdict.yes(Statuses.SUCCEEDED, done.words());
            case Outcome.Canceled canceled -> Verdict.no(Statuses.CANCELED, canceled.words());
            case Outcome.Failed failed -> Verdict.no(failed.reason(), failed.words());
            case Outcome.Working working -> {
                String reason = Statuses.workingReason(conditions(pool));
                if (wanted.deleting()) {
                    reason = Statuses.DELETING;
                } else if (wanted.hold() == PoolWanted.Hold.ABORT) {
                    reason = Statuses.CANCELING;
                }
                yield Verdict.unknown(reason, working.words());
            }
        };
    }
}
