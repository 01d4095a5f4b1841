package dev.capstan.runtime;

import dev.capstan.certificates.Fingerprint;
import org.jspecify.annotations.Nullable;

/** Which set the running runtime reads, or why that cannot be told. */
public sealed interface Loaded {

    /**
     * The runtime provably reads this set.
     *
     * @param fingerprint the set
     * @param evidence what proves it, in words
     */
    record Known(Fingerprint fingerprint, String evidence) implements Loaded {}

    /**
     * The store was changed after the runtime started, so the runtime may still trust what it read before.
     *
     * @param before the set the store held when the runtime started; absent where it held none
     * @param reason what shows it and what to do, in words
     */
    record Stale(@Nullable Fingerprint before, String reason) implements Loaded {}

    /**
     * It cannot be told.
     *
     * @param reason why, and what to do, in words
     */
    record Unknown(String reason) implements Loaded {}
}
