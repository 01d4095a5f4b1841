package dev.capstan.embeddedkubernetes.identity;

import dev.capstan.embeddedkubernetes.pipeline.ApiFailure;
import dev.capstan.embeddedkubernetes.rbac.Policy;
import dev.capstan.embeddedkubernetes.rbac.Request;
import dev.capstan.embeddedkubernetes.rbac.User;
import dev.capstan.embeddedkubernetes.store.ClusterStore;
import dev.capstan.embeddedkubernetes.store.Event;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides every request by the cluster's Role, ClusterRole and binding objects. The policy is read from memory again
 * when one of these has changed, before that change is acknowledged to its writer.
 */
public final class Authorizer {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final String ROLES = "roles." + GROUP;
    static final String CLUSTER_ROLES = "clusterroles." + GROUP;
    static final String ROLE_BINDINGS = "rolebindings." + GROUP;
    static final String CLUSTER_ROLE_BINDINGS = "clusterrolebindings." + GROUP;
    private static final Set<String> RESOURCES = Set.of(ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS);

    private record Known(long change, Policy policy) {}

    private final ClusterStore store;
    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable Known known;

    /** An authorizer over the objects of a store; {@link #observe} must be told of every commit. */
    public Authorizer(ClusterStore store) {
        this.store = store;
    }

    /** Looks at a commit; called on the store's writer thread. */
    public void observe(List<Event> events) {
        if (events.stream().anyMatch(event -> RESOURCES.contains(event.key().resource()))) {
            changes.incrementAndGet();
        }
    }

    /** The policy as of the last acknowledged write. */
    public Policy policy() {
        // Read before the objects: a change in between makes the policy newer than its number, which only costs another
        // reading.
        long change = changes.get();
        Known last = known;
        if (last == null || last.change() != change) {
            last = new Known(
                    change,
                    Policy.of(
                            store.list(CLUSTER_ROLES, null).objects(),
                            store.list(CLUSTER_ROLE_BINDINGS, null).objects(),
                            store.list(ROLES, null).objects(),
                            store.list(ROLE_BINDINGS, null).objects()));
            known = last;
        }
        return last.policy();
    }

    /** Lets the request pass or throws 403 in Kubernetes' words. */
    public void require(User user, Request request) {
        if (policy().authorize(user, request).allowed()) {
            return;
        }
        String who = "User \"" + user.name() + "\" cannot ";
        throw switch (request) {
            case Request.Path(String verb, String path) ->
                ApiFailure.forbiddenPath(who + verb + " path \"" + path + "\"");
            case Request.Resource resource -> {
                String what = resource.subresource().isEmpty()
                        ? resource.resource()
                        : resource.resource() + "/" + resource.subresource();
                String where = resource.namespace().isEmpty()
                        ? "at the cluster scope"
                        : "in the namespace \"" + resource.namespace() + "\"";
                yield ApiFailure.forbidden(
                        resource.group(),
                        resource.resource(),
                        resource.name(),
                        who + resource.verb() + " resource \"" + what + "\" in API group \"" + resource.group() + "\" "
                                + where);
            }
        };
    }
}
