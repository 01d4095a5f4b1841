package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: pools with machines of another model are updated one after the other, in the order of their profiles.
 * The first that is not done goes on; those behind it wait, and do not begin at all once a pool has failed. Where the
 * operation was aborted, every pool is held. A pool that has nothing to replace, or shall have no machines, never waits;
 * where nodes are there, what is to be done on them is known only to who looks, so that each pool waits for those before it.
 */
final class PoolTurns {

    private final long clusterGeneration;
    private final @Nullable String model;
    private final boolean isStopped;
    private final boolean isAborted;
    private final boolean isInPlace;
    private final boolean hasFailed;
    private boolean isTaken;

    /**
     * The turns of a cluster's pools.
     *
     * @param model fingerprint of the list's set; null where there is no list
     * @param pools every pool that is there
     * @param location the attached cluster whose nodes they are; null where their machines are made
     */
    PoolTurns(
            ManagedClusterObject cluster,
            @Nullable String model,
            Collection<AgentPoolObject> pools,
            @Nullable AttachedLocation location) {
        this.isInPlace = location != null;
        this.clusterGeneration = cluster.getMetadata().getGeneration();
        this.model = model;
        this.isStopped = cluster.getSpec().isStopped();
        this.isAborted = ManagedClusters.isAborted(cluster);
        this.hasFailed = pools.stream().anyMatch(pool -> hasFailed(pool, clusterGeneration));
    }

    /** Why the next pool, in the order of the profiles, is held; null where it is not. */
    @Nullable
    String next(@Nullable AgentPoolObject pool, AgentPoolProfile profile) {
        if (isAborted) {
            return AgentPool.HOLD_ABORT;
        }
        if (!isInPlace && (pool == null || isStopped || profile.isStopped() || !isToUpdate(pool, profile))) {
            return null;
        }
        if (pool != null && ended(pool, clusterGeneration) != null) {
            return pool.getSpec().hold();
        }
        boolean hasBegun = pool != null
                && isOfNow(pool, clusterGeneration)
                && pool.getSpec().hold() == null;
        if (hasFailed && !hasBegun) {
            return AgentPool.HOLD_ABORT;
        }
        if (isTaken) {
            return AgentPool.HOLD_TURN;
        }
        isTaken = true;
        return null;
    }

    /** How the pool's way to this generation of its cluster ended; null while there is more to do. */
    static @Nullable Condition ended(AgentPoolObject pool, long clusterGeneration) {
        AgentPool.Status status = pool.getStatus();
        return status != null
                        && isOfNow(pool, clusterGeneration)
                        && Statuses.isEnded(
                                status.conditions(), pool.getMetadata().getGeneration())
                ? Statuses.provisioned(status.conditions())
                : null;
    }

    /** Whether the pool has failed by itself, and was not only kept from beginning. */
    static boolean hasFailed(AgentPoolObject pool, long clusterGeneration) {
        Condition ended = ended(pool, clusterGeneration);
        return ended != null
                && ended.status().equals("False")
                && !ended.reason().equals(Statuses.CANCELED);
    }

    private static boolean isOfNow(AgentPoolObject pool, long clusterGeneration) {
        return Objects.equals(pool.getSpec().clusterGeneration(), clusterGeneration);
    }

    private boolean isToUpdate(AgentPoolObject pool, AgentPoolProfile profile) {
        AgentPool.Status status = pool.getStatus();
        return status != null
                && (Management.machines(pool).stream()
                                .anyMatch(record ->
                                        !record.isOf(profile.isWindows() ? null : model, profile.nodeImageUpgrade()))
                        || isUnderWay(status.modelUpdate()));
    }

    private static boolean isUnderWay(AgentPool.@Nullable ModelUpdate update) {
        return update != null && update.ended() == null;
    }
}
