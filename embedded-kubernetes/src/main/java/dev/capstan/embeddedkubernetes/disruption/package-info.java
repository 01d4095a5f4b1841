/**
 * Keeping enough pods: how many of a set may go (the PodDisruptionBudgets of {@code policy/v1}), and the way to make one go
 * that asks them first (eviction).
 */
@NullMarked
package dev.capstan.embeddedkubernetes.disruption;

import org.jspecify.annotations.NullMarked;
