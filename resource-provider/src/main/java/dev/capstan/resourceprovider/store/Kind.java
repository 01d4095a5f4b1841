package dev.capstan.resourceprovider.store;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.Names;
import dev.capstan.resources.Principal;
import dev.capstan.resources.Registration;
import dev.capstan.resources.ResourceGroup;

/**
 * A kind of the management cluster.
 *
 * @param name {@code kind} of its objects
 * @param plural as in paths
 * @param spec record of its spec
 * @param status record of its status
 */
public record Kind<S, T>(String name, String plural, Class<S> spec, Class<T> status) {

    public static final Kind<ManagedCluster.Spec, ManagedCluster.Status> CLUSTER = new Kind<>(
            ManagedCluster.KIND, ManagedCluster.PLURAL, ManagedCluster.Spec.class, ManagedCluster.Status.class);

    public static final Kind<AgentPool.Spec, AgentPool.Status> POOL =
            new Kind<>(AgentPool.KIND, AgentPool.PLURAL, AgentPool.Spec.class, AgentPool.Status.class);

    public static final Kind<ResourceGroup.Spec, ResourceGroup.Status> GROUP =
            new Kind<>(ResourceGroup.KIND, ResourceGroup.PLURAL, ResourceGroup.Spec.class, ResourceGroup.Status.class);

    /** It has no status. */
    public static final Kind<Registration.Spec, Void> REGISTRATION =
            new Kind<>(Registration.KIND, Registration.PLURAL, Registration.Spec.class, Void.class);

    /** It has no status. */
    public static final Kind<Principal.Spec, Void> PRINCIPAL =
            new Kind<>(Principal.KIND, Principal.PLURAL, Principal.Spec.class, Void.class);

    String path() {
        return pathOf(plural);
    }

    /** Where a kind's objects are, by its plural name. */
    static String pathOf(String plural) {
        return "/apis/" + Names.GROUP + "/" + Names.VERSION + "/" + plural;
    }

    String path(String object) {
        return path() + "/" + object;
    }
}
