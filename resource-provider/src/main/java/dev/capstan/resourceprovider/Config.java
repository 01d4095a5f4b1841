package dev.capstan.resourceprovider;

import dev.capstan.resourceprovider.identity.Principal;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.resourceprovider.store.Endpoint;
import dev.capstan.resourceprovider.subscription.Scope;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * What a resource provider works with.
 *
 * @param management the API of the management cluster; its custom resources and the namespace {@code capstan-system} have
 *     to be there
 * @param endpoint {@code https://HOST:PORT}, where this server is reached itself; access tokens are good for it alone
 * @param scope the subscription and the tenant
 * @param principal the service principal that may log in
 * @param administrator the administrator's token, which may do everything
 * @param clusters from the object name of a ManagedCluster to its own API
 * @param locations where machines can be made, at least one; the first is that of every location that is not one of them
 * @param clock the time
 */
public record Config(
        Endpoint management,
        String endpoint,
        Scope scope,
        Principal principal,
        SecretHash administrator,
        Function<String, Endpoint> clusters,
        List<String> locations,
        InstantSource clock) {

    public Config {
        locations = List.copyOf(locations);
    }
}
