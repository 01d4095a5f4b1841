package dev.capstan.embeddedkubernetes.identity;

import dev.capstan.embeddedkubernetes.rbac.Request;
import dev.capstan.embeddedkubernetes.rbac.User;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a request's {@code Impersonate-*} headers ask: to be judged as somebody else. Kubernetes' rules
 * (k8s.io/apiserver, endpoints/filters/impersonation.go): each of user, groups, extras and uid needs the verb
 * {@code impersonate} on its own resource; who is a service account gets that account's groups where none are named; everybody but
 * the anonymous is authenticated.
 *
 * @param user {@code Impersonate-User}; empty where nobody is impersonated
 * @param groups every {@code Impersonate-Group}
 * @param uid {@code Impersonate-Uid}, or empty
 * @param extras values of {@code Impersonate-Extra-NAME} by NAME; checked, and shown nowhere
 */
public record Impersonation(String user, List<String> groups, String uid, Map<String, List<String>> extras) {

    /** Of a request without such headers. */
    public static final Impersonation NONE = new Impersonation("", List.of(), "", Map.of());

    private static final String ANONYMOUS = "system:anonymous";
    private static final String UNAUTHENTICATED = "system:unauthenticated";
    private static final String ACCOUNT = "system:serviceaccount:";
    private static final String AUTHENTICATION = "authentication.k8s.io";

    public Impersonation {
        groups = List.copyOf(groups);
        extras = Map.copyOf(extras);
    }

    /** Whether it names groups, a uid or extras and nobody to have them: a fault, for which Kubernetes has no Status. */
    public boolean isWithoutUser() {
        return user.isEmpty() && !(groups.isEmpty() && uid.isEmpty() && extras.isEmpty());
    }

    /** Who the request is judged as; 403 if the caller may not be that. */
    public Identity apply(Identity caller, Authorizer authorizer) {
        if (user.isEmpty()) {
            return caller;
        }
        String[] account =
                user.startsWith(ACCOUNT) ? user.substring(ACCOUNT.length()).split(":", -1) : new String[0];
        boolean isAccount = account.length == 2;
        if (isAccount) {
            require(caller, authorizer, "", "serviceaccounts", "", account[0], account[1]);
        } else {
            require(caller, authorizer, "", "users", "", "", user);
        }
        groups.forEach(group -> require(caller, authorizer, "", "groups", "", "", group));
        extras.forEach((name, values) ->
                values.forEach(value -> require(caller, authorizer, AUTHENTICATION, "userextras", name, "", value)));
        if (!uid.isEmpty()) {
            require(caller, authorizer, AUTHENTICATION, "uids", "", "", uid);
        }
        return new Identity(new User(user, groupsOf(isAccount ? account[0] : "")), uid);
    }

    private Set<String> groupsOf(String accountNamespace) {
        Set<String> all = new LinkedHashSet<>(groups);
        if (groups.isEmpty() && !accountNamespace.isEmpty()) {
            all.addAll(List.of("system:serviceaccounts", "system:serviceaccounts:" + accountNamespace));
        }
        if (user.equals(ANONYMOUS)) {
            if (groups.isEmpty()) {
                all.add(UNAUTHENTICATED);
            }
        } else if (!all.contains(UNAUTHENTICATED)) {
            all.add(Identity.AUTHENTICATED);
        }
        return all;
    }

    private static void require(
            Identity caller,
            Authorizer authorizer,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name) {
        authorizer.require(
                caller.user(), new Request.Resource("impersonate", group, resource, subresource, namespace, name));
    }
}
