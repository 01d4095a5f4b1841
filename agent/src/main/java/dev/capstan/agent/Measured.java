package dev.capstan.agent;

import dev.capstan.resources.NodeRuntime;
import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.Loaded;
import dev.capstan.runtime.RuntimeProcess;
import org.jspecify.annotations.Nullable;

/**
 * What was found on the node after it was brought to a set. Every level here has been looked up, none is assumed.
 *
 * @param written fingerprint of what the trust store was read back to hold; absent where it could not be read
 * @param changes what of the node was not as it shall be and was written, in words; empty where nothing was
 * @param store why the store does not hold the set; absent where it does
 * @param reach how far the set has come in the runtime
 * @param settled whether there is nothing to try again before something changes
 */
record Measured(
        @Nullable String written, String changes, NodeTrust.@Nullable Problem store, Reach reach, boolean settled) {

    static final Measured NOTHING = new Measured(null, "", null, Reach.UNKNOWN, true);

    /**
     * How far the set has come in the runtime.
     *
     * @param loaded fingerprint of what the runtime provably reads; absent where that cannot be told
     * @param lane how a change reaches the runtime; absent where it could not be looked up
     * @param process the runtime's process; absent where none runs
     * @param facts what is told of the runtime; absent where none runs
     * @param stale what the process may still trust or not know yet; absent where it is not stale
     * @param problem why the runtime does not read the set; absent where it does
     */
    record Reach(
            @Nullable String loaded,
            NodeTrust.@Nullable Lane lane,
            @Nullable RuntimeProcess process,
            @Nullable NodeRuntime facts,
            Loaded.@Nullable Stale stale,
            NodeTrust.@Nullable Problem problem) {

        static final Reach UNKNOWN = new Reach(null, null, null, null, null, null);
    }

    /** Whether anything was written to the node. */
    boolean changed() {
        return !changes.isEmpty();
    }

    @Nullable
    String loaded() {
        return reach.loaded();
    }

    @Nullable
    RuntimeProcess process() {
        return reach.process();
    }

    NodeTrust.@Nullable Problem runtime() {
        return reach.problem();
    }

    /** The same, but that the set could not even be recorded, so that nothing was done for it. */
    Measured unrecorded(String words) {
        return new Measured(written, "", new NodeTrust.Problem(NodeTrust.Problem.STORE_FAILED, words), reach, false);
    }
}
