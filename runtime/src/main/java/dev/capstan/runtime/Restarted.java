package dev.capstan.runtime;

import java.time.Duration;

/**
 * A restart of the runtime that was done and verified.
 *
 * @param before the process that was there
 * @param after the one that is there now, which started later
 * @param containersKept how many container processes (shims and what they hold) ran before and still run, with the same
 *     process id and start time
 * @param command how long the host's {@code systemctl restart} took
 * @param untilAnswer how long it took from the beginning until the socket answered
 */
public record Restarted(
        RuntimeProcess before, RuntimeProcess after, int containersKept, Duration command, Duration untilAnswer) {}
