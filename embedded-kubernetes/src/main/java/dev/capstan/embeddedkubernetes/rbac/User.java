package dev.capstan.embeddedkubernetes.rbac;

import java.util.Set;

/**
 * Who asks.
 *
 * @param name the user name, such as {@code alice} or {@code system:serviceaccount:NAMESPACE:NAME}
 * @param groups the groups the user is in, such as {@code system:authenticated}
 */
public record User(String name, Set<String> groups) {

    /** The group whose members may do everything, whatever the policy says. */
    public static final String MASTERS = "system:masters";

    public User {
        groups = Set.copyOf(groups);
    }
}
