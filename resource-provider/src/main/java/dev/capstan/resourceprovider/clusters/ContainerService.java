package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.store.Endpoint;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.subscription.Registrations;
import dev.capstan.resourceprovider.subscription.ResourceGroups;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.Route;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The provider {@code Microsoft.ContainerService}, put together. */
public final class ContainerService {

    private final List<Route> routes;

    /**
     * Puts it together.
     *
     * @param locations where machines can be made
     * @param endpoints from the object name of a ManagedCluster to its own API
     * @param tap sees every request to such an API
     */
    public ContainerService(
            Management management,
            Scope scope,
            Clusters clusters,
            ResourceGroups groups,
            Registrations registrations,
            InstantSource clock,
            List<String> locations,
            Function<String, Endpoint> endpoints,
            Interceptor tap) {
        var kubernetes = new KubernetesVersion(management);
        var views = new ClusterViews(management, scope, kubernetes);
        var operations = new Operations(management, scope, clusters, views);
        var specs = new ClusterSpecs(
                clock, kubernetes, locations, () -> registrations.hasFeature(Registrations.CUSTOM_CA_TRUST));
        var removals = new Removals(management, endpoints, tap, clock);
        var managedClusters = new ManagedClusters(management, clusters, groups, specs, views, operations, removals);
        routes = Stream.of(
                        managedClusters.routes(),
                        new AgentPools(
                                        management,
                                        clusters,
                                        specs,
                                        views,
                                        kubernetes,
                                        operations,
                                        managedClusters,
                                        removals)
                                .routes(),
                        operations.routes(),
                        new Credentials(clusters, endpoints, tap).routes(),
                        new Upgrades(scope, clusters, kubernetes).routes())
                .flatMap(List::stream)
                .toList();
    }

    public List<Route> routes() {
        return routes;
    }
}
