package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import org.jspecify.annotations.Nullable;

/**
 * What a pool shall be.
 *
 * @param cluster object name of its ManagedCluster
 * @param pool the pool's name
 * @param count how many machines
 * @param model fingerprint of the set that they shall be born with; null where there is no list
 * @param limits how far it may go at once
 * @param hold whether anything new may begin
 * @param deleting that nothing of it shall stay
 */
record PoolWanted(
        String cluster, String pool, int count, @Nullable String model, Limits limits, Hold hold, boolean deleting) {

    /** Whether anything new may begin. */
    enum Hold {
        /** It may. */
        NONE,
        /** Not yet: it is another pool's turn. */
        TURN,
        /** Not any more: the operation was aborted. */
        ABORT
    }

    static PoolWanted of(AgentPool.Spec spec, boolean deleting) {
        return new PoolWanted(
                spec.cluster(),
                spec.name(),
                spec.count(),
                spec.certificateSet(),
                Limits.of(spec.upgradeSettings(), spec.count()),
                hold(spec.hold()),
                deleting);
    }

    private static Hold hold(@Nullable String word) {
        if (word == null) {
            return Hold.NONE;
        }
        return word.equals(AgentPool.HOLD_ABORT) ? Hold.ABORT : Hold.TURN;
    }
}
