package dev.capstan.resourceprovider.wire;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who sent a request, and what she may do.
 *
 * @param name for people: in the log, in the audit log and in messages
 * @param isAdministrator whether she may do everything, whatever is granted
 * @param grants what else she may do
 */
public record Caller(String name, boolean isAdministrator, List<Grant> grants) {

    /** Before it is known who sent a request: may nothing. */
    public static final Caller NOBODY = new Caller("", false, List.of());

    /** Who runs this server. */
    public static final Caller ADMINISTRATOR = new Caller("administrator", true, List.of());

    /**
     * A role and where it holds.
     *
     * @param role what may be done
     * @param scope there and in all that is in it
     */
    public record Grant(Role role, AccessScope scope) {}

    public Caller {
        grants = List.copyOf(grants);
    }

    /** Whether she has at least this role there. */
    public boolean may(Role role, AccessScope there) {
        return isAdministrator
                || grants.stream()
                        .anyMatch(grant ->
                                grant.role().includes(role) && grant.scope().covers(there));
    }

    /** Whether what has this ARM id, a group or a cluster, is shown to her; lists leave out the rest. */
    public boolean mayRead(String id) {
        return isAdministrator
                || AccessScope.parse(id).map(scope -> may(Role.READER, scope)).orElse(false);
    }

    /** Every role that she has somewhere. */
    public Set<Role> roles() {
        return grants.stream().map(Grant::role).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether she has a role there or anywhere in it. */
    boolean hasAnyRoleIn(AccessScope there) {
        return isAdministrator
                || grants.stream().anyMatch(grant -> grant.scope().covers(there) || there.covers(grant.scope()));
    }
}
