package dev.capstan.resources;

/**
 * A Kubernetes condition.
 *
 * @param type what is said something of
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one word
 * @param message for people
 * @param lastTransitionTime when the status last changed, RFC 3339
 * @param observedGeneration generation of the spec that this answers
 */
public record Condition(
        String type,
        String status,
        String reason,
        String message,
        String lastTransitionTime,
        long observedGeneration) {}
