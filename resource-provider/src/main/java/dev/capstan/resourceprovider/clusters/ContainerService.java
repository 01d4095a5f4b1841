package dev.capstan.resourceprovider.clusters;

import dev.capstan.resourceprovider.location.Locations;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.subscription.Registrations;
import dev.capstan.resourceprovider.subscription.ResourceGroups;
import dev.capstan.resourceprovider.subscription.Scope;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.ClusterEndpoint;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The provider {@code Microsoft.ContainerService}, put together. */
public final class ContainerService {

    private final List<Route> routes;

    /**
     * Puts it together.
     *
     * @param places every location that there is now
     * @param systems operating systems that a location's machines can have; Linux where it is not named
     * @param locations those that are clusters which are there
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
            Supplier<List<String>> places,
            Map<String, List<String>> systems,
            Locations locations,
            Function<String, ClusterEndpoint> endpoints,
            Interceptor tap) {
        var kubernetes = new KubernetesVersion(management);
        var views = new ClusterViews(management, scope, kubernetes);
        var operations = new Operations(management, scope, clusters, views);
        var attached = new AttachedRules(management, clusters, locations);
        var specs = new ClusterSpecs(
                clock,
                kubernetes,
                places,
                systems,
                attached,
                () -> registrations.hasFeature(Registrations.CUSTOM_CA_TRUST));
        var removals = new Removals(management, endpoints, tap, clock);
        var managedClusters = new ManagedClusters(
                management, clusters, groups, specs, views, operations, removals, new StoredList(clock));
        routes = Stream.of(
                        managedClusters.routes(),
                        new AgentPools(
                                        management,
                                        clusters,
                                        specs,
                                        views,
                                        operations,
                                        managedClusters,
                                        removals,
                                        attached)
                                .routes(),
                        operations.routes(),
                        new Credentials(clusters, attached, endpoints, tap).routes(),
                        List.of(Route.cluster(
                                "GET", "/providers/microsoft.containerservice/operations", _ -> Rights.list())),
                        new Power(management, clusters, attached, operations).routes(),
                        new PoolMachines(clusters, views, endpoints, tap).routes(),
                        new Upgrades(scope, clusters, views, kubernetes).routes())
                .flatMap(List::stream)
                .toList();
    }

    public List<Route> routes() {
        return routes;
    }
}
