package dev.capstan.resources;

import org.jspecify.annotations.Nullable;

/**
 * How far a model update may go at once. Names and meaning are AKS's; what is absent has AKS's default.
 *
 * @param maxSurge machines above the pool's count, a number or a percentage of the count, rounded up; {@code 10%} by default
 * @param maxUnavailable nodes below the pool's count, a number or a percentage of the count, rounded down; {@code 0} by default
 * @param drainTimeoutInMinutes how long a node may take to drain; 30 by default
 * @param nodeSoakDurationInMinutes how long a drained node waits before it is deleted and the next has its turn; 0 by default
 * @param undrainableNodeBehavior what becomes of a node that does not drain: {@code Schedule} or {@code Cordon}
 */
public record UpgradeSettings(
        @Nullable String maxSurge,
        @Nullable String maxUnavailable,
        @Nullable Integer drainTimeoutInMinutes,
        @Nullable Integer nodeSoakDurationInMinutes,
        @Nullable String undrainableNodeBehavior) {}
