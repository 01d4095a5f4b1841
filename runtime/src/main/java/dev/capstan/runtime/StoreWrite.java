package dev.capstan.runtime;

import dev.capstan.certificates.Fingerprint;

/**
 * A completed write of the trust store, as the store's history has it.
 *
 * @param fingerprint the set the store held from then on
 * @param bootId the kernel's boot id at that time
 * @param bootNanos CLOCK_BOOTTIME at that time, in nanoseconds, cut to centiseconds
 */
public record StoreWrite(Fingerprint fingerprint, String bootId, long bootNanos) {}
