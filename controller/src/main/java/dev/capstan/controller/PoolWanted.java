package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
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
 * @param power whether it shall have machines at all
 * @param image what its new machines are made from
 */
record PoolWanted(
        String cluster,
        String pool,
        int count,
        @Nullable String model,
        Limits limits,
        Hold hold,
        boolean deleting,
        Power power,
        Image image) {

    /** Whether a pool shall have machines at all. */
    enum Power {
        /** As many as its count. */
        ON,
        /** None; nothing is drained for it. */
        OFF
    }

    /**
     * What new machines are made from.
     *
     * @param version the location's present one; null where it does not say
     * @param upgrade what asked last for machines to be made anew, and so part of the model; null where nothing did
     */
    record Image(@Nullable String version, @Nullable String upgrade) {}

    /** Whether a machine was born with another set, or before its pool's image was last asked to be newer. */
    boolean isOld(MachineRecord record) {
        return !record.isOf(model, image.upgrade());
    }

    /** The same with so many nodes: where they are not made here, the count is what is there. */
    PoolWanted counting(int nodes) {
        return new PoolWanted(cluster, pool, nodes, model, limits, hold, deleting, power, image);
    }

    /** The same without a list. */
    PoolWanted withoutModel() {
        return new PoolWanted(cluster, pool, count, null, limits, hold, deleting, power, image);
    }

    boolean isOff() {
        return power == Power.OFF;
    }

    /** Whether anything new may begin. */
    enum Hold {
        /** It may. */
        NONE,
        /** Not yet: it is another pool's turn. */
        TURN,
        /** Not any more: the operation was aborted. */
        ABORT
    }

    /**
     * What a spec asks for.
     *
     * @param nodeImage version of the location's present image
     */
    static PoolWanted of(AgentPool.Spec spec, boolean deleting, @Nullable String nodeImage) {
        int count = spec.stopped() ? 0 : spec.count();
        return new PoolWanted(
                spec.cluster(),
                spec.name(),
                count,
                spec.certificateSet(),
                Limits.of(spec.upgradeSettings(), count),
                hold(spec.hold()),
                deleting,
                spec.stopped() ? Power.OFF : Power.ON,
                new Image(nodeImage, spec.nodeImageUpgrade()));
    }

    private static Hold hold(@Nullable String word) {
        if (word == null) {
            return Hold.NONE;
        }
        return word.equals(AgentPool.HOLD_ABORT) ? Hold.ABORT : Hold.TURN;
    }
}
