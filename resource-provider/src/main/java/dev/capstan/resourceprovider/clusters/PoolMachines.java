package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.Call;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resourceprovider.wire.Page;
import dev.capstan.resourceprovider.wire.Route;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ObjectNames;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The machines of a pool: those that the pool has recorded, their addresses from the cluster's nodes. */
final class PoolMachines {

    private static final String TYPE = AgentPools.TYPE + "/machines";

    /** AKS's words for where a machine is on its way. */
    private static final Map<String, String> STATES = Map.of(
            AgentPool.MAKING, "Creating",
            AgentPool.RUNNING, "Succeeded",
            AgentPool.DRAINING, "Deleting",
            AgentPool.DELETING, "Deleting",
            AgentPool.QUARANTINED, "Failed");

    private final Clusters clusters;
    private final ClusterViews views;
    private final Function<String, ClusterEndpoint> endpoints;
    private final Interceptor tap;

    /**
     * Machines of clusters.
     *
     * @param endpoints from the object name of a ManagedCluster to its own API
     */
    PoolMachines(Clusters clusters, ClusterViews views, Function<String, ClusterEndpoint> endpoints, Interceptor tap) {
        this.clusters = clusters;
        this.views = views;
        this.endpoints = endpoints;
        this.tap = tap;
    }

    List<Route> routes() {
        String all = "/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.containerservice"
                + "/managedclusters/{cluster}/agentpools/{pool}/machines";
        return List.of(
                Route.cluster("GET", all, call -> Page.of(call, machines(call))),
                Route.cluster("GET", all + "/{machine}", this::get));
    }

    private ArmAnswer get(Call call) {
        for (JsonNode machine : machines(call)) {
            if (machine.path("name").asText().equalsIgnoreCase(call.variable("machine"))) {
                return ArmAnswer.ok(machine);
            }
        }
        throw ArmFailure.resourceNotFound(
                Clusters.TYPE,
                call.variable("cluster") + "/agentPools/" + call.variable("pool") + "/machines/"
                        + call.variable("machine"),
                call.variable("group"));
    }

    private ArrayNode machines(Call call) {
        if (!ApiFields.has(ApiFields.MACHINE, "id", call.version())) {
            throw ArmFailure.of(
                    404,
                    "NotFound",
                    ApiFields.refusal(
                            ApiFields.MACHINE, "id", "This path, machines of an agent pool,", call.version()));
        }
        Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster = clusters.get(call);
        AgentPoolProfile profile = AgentPools.profile(call, cluster);
        var pool = PoolViews.derived(cluster, profile, views.derived(cluster));
        AgentPool.Status status = pool == null ? null : pool.status();
        List<MachineRecord> records = status == null
                ? List.of()
                : status.machines().stream()
                        .sorted(Comparator.comparing(MachineRecord::name))
                        .toList();
        Map<String, String> addresses = records.isEmpty() ? Map.of() : addresses(cluster);
        ArrayNode all = Json.array();
        String id = ObjectNames.poolArmId(cluster.spec().id(), profile.name()) + "/machines/";
        for (MachineRecord record : records) {
            ObjectNode view = Json.object()
                    .put("id", id + record.name())
                    .put("name", record.name())
                    .put("type", TYPE);
            ObjectNode properties = view.putObject("properties")
                    .put("resourceId", id + record.name())
                    .put("provisioningState", STATES.getOrDefault(record.phase(), "Updating"));
            if (record.nodeImage() != null) {
                properties.put("nodeImageVersion", record.nodeImage());
            }
            ArrayNode network = properties.putObject("network").putArray("ipAddresses");
            String address = addresses.get(record.name());
            if (address != null) {
                network.addObject()
                        .put("family", address.contains(":") ? "IPv6" : "IPv4")
                        .put("ip", address);
            }
            all.add(ApiFields.shown(ApiFields.MACHINE, view, call.version()));
        }
        return all;
    }

    /** Internal addresses of the nodes, by name; none where the cluster has no API yet. */
    private Map<String, String> addresses(Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster) {
        ManagedCluster.Status status = cluster.status();
        Map<String, String> addresses = new HashMap<>();
        if (status == null || status.endpoint() == null) {
            return addresses;
        }
        try (KubernetesApi api = KubernetesApi.open(endpoints.apply(cluster.name()), tap)) {
            api.get("/api/v1/nodes")
                    .ifPresent(nodes -> nodes.path("items")
                            .forEach(node -> node.at("/status/addresses").forEach(address -> {
                                if (address.path("type").asText().equals("InternalIP")) {
                                    addresses.put(
                                            node.at("/metadata/name").asText(),
                                            address.path("address").asText());
                                }
                            })));
        }
        return addresses;
    }
}
