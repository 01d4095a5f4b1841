package dev.capstan.agent;

import dev.capstan.resources.NodeTrust;
import dev.capstan.runtime.RuntimeProcess;
import org.jspecify.annotations.Nullable;

/**
 * What was found on the node after it was brought to a set. Every level here has been looked up, none is assumed.
 *
 * @param written fingerprint of what the trust store was read back to hold; absent where it could not be read
 * @param loaded fingerprint of what the runtime provably reads; absent where that cannot be told
 * @param lane how a change reaches the runtime; absent where it could not be looked up
 * @param process the runtime's process; absent where none runs
 * @param changed whether anything was written to the node
 * @param store why the store does not hold the set; absent where it does
 * @param runtime why the runtime does not read the set; absent where it does
 * @param settled whether there is nothing to try again before something changes
 */
record Measured(
        @Nullable String written,
        @Nullable String loaded,
        NodeTrust.@Nullable Lane lane,
        @Nullable RuntimeProcess process,
        boolean changed,
        NodeTrust.@Nullable Problem store,
        NodeTrust.@Nullable Problem runtime,
        boolean settled) {

    static final Measured NOTHING = new Measured(null, null, null, null, false, null, null, true);

    /** The same, but that the set could not even be recorded, so that nothing was done for it. */
    Measured unrecorded(String words) {
        return new Measured(
                written, loaded, lane, process, false, new NodeTrust.Problem(Node.STORE_FAILED, words), runtime, false);
    }
}
