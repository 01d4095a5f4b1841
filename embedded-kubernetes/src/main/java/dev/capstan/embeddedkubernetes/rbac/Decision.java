package dev.capstan.embeddedkubernetes.rbac;

/**
 * The answer to a request.
 *
 * @param allowed whether it may be done
 * @param reason which rule allowed it; empty when it is not allowed
 */
public record Decision(boolean allowed, String reason) {}
