package dev.capstan.resourceprovider;

import dev.capstan.resourceprovider.audit.AuditLog;
import dev.capstan.resourceprovider.identity.HomePrincipal;
import dev.capstan.resourceprovider.identity.Limits;
import dev.capstan.resourceprovider.identity.SecretHash;
import dev.capstan.resourceprovider.identity.TrustedIssuer;
import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resourceprovider.store.Reads;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resources.ClusterEndpoint;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a resource provider works with.
 *
 * @param management the API of the management cluster; its custom resources and the namespace {@code capstan-system} have
 *     to be there
 * @param reads reads the management cluster's objects where that takes no request; null: they are read through its API
 * @param endpoint {@code https://HOST:PORT}, where this server is reached itself; access tokens are good for it alone
 * @param scope the subscription and the tenant
 * @param principal the service principal that is always there
 * @param administrator the administrator's token, which may do everything
 * @param clusters from the object name of a ManagedCluster to its own API
 * @param locations where machines can be made, at least one; the first is that of every location that is not one of them
 * @param audit where every write and every login is kept; closed by who opened it
 * @param issuers outside issuers whose tokens are taken
 * @param limits how many requests are taken
 * @param clock the time
 * @param systems operating systems that a location's machines can have, in ARM's words; Linux where it is not named
 * @param attached locations that are clusters which are there
 */
public record Config(
        ClusterEndpoint management,
        @Nullable Reads reads,
        String endpoint,
        Scope scope,
        HomePrincipal principal,
        SecretHash administrator,
        Function<String, ClusterEndpoint> clusters,
        List<String> locations,
        AuditLog audit,
        List<TrustedIssuer> issuers,
        Limits limits,
        InstantSource clock,
        Map<String, List<String>> systems,
        Locations attached) {

    public Config {
        locations = List.copyOf(locations);
        issuers = List.copyOf(issuers);
        systems = Map.copyOf(systems);
    }

    /** Every location that there is now. */
    List<String> everyLocation() {
        return Stream.concat(locations.stream(), attached.all().stream().map(Locations.Attached::name))
                .toList();
    }
}
