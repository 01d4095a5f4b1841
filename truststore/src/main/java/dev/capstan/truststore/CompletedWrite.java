package dev.capstan.truststore;

import dev.capstan.certificates.Fingerprint;

/**
 * A change of the store that was completed. By it and a process's start time one can tell which set the process may
 * have read.
 *
 * @param fingerprint the set the store held from then on
 * @param bootId the kernel's {@code /proc/sys/kernel/random/boot_id} at that time
 * @param bootNanos CLOCK_BOOTTIME at that time in nanoseconds, from {@code /proc/uptime} and so cut to centiseconds; the
 *     same clock, at the same resolution, as a process's start time in {@code /proc/PID/stat}
 */
public record CompletedWrite(Fingerprint fingerprint, String bootId, long bootNanos) {}
