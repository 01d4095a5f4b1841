package dev.capstan.embeddedkubernetes.kinds;

import java.util.Set;

/**
 * A subresource of a kind, such as {@code status} or {@code token}.
 *
 * @param name the last part of its path
 * @param group the group of the objects it takes and gives; that of the kind for {@code status}
 * @param version their version
 * @param kind their kind
 * @param verbs what may be done with it
 */
public record Subresource(String name, String group, String version, String kind, Set<String> verbs) {}
