package dev.capstan.runtime;

import java.time.Duration;

/**
 * A restart of the runtime that was done and verified.
 *
 * @param before the process that was there
 * @param after the one that is there now, which started later
 * @param containers what became of the containers that ran before; none of them was lost
 * @param command how long the host's {@code systemctl restart} took
 * @param untilAnswer how long it took from the beginning until the socket answered
 */
public record Restarted(
        RuntimeProcess before,
        RuntimeProcess after,
        Containers.Fate containers,
        Duration command,
        Duration untilAnswer) {}
