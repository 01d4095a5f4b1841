package dev.capstan.embeddedkubernetes.identity;

import dev.capstan.embeddedkubernetes.rbac.User;
import java.util.Set;

/**
 * Who makes a request.
 *
 * @param user name and groups
 * @param uid of the service account, or empty
 */
public record Identity(User user, String uid) {
    /** The group of everybody with a valid credential. */
    public static final String AUTHENTICATED = "system:authenticated";

    /** The identity of a service account, with the groups Kubernetes gives it. */
    static Identity serviceAccount(String namespace, String name, String uid) {
        return new Identity(
                new User(
                        "system:serviceaccount:" + namespace + ":" + name,
                        Set.of("system:serviceaccounts", "system:serviceaccounts:" + namespace, AUTHENTICATED)),
                uid);
    }
}
