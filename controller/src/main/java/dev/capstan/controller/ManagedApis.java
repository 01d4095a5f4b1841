package dev.capstan.controller;

import dev.capstan.resources.ClusterEndpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The open APIs of managed clusters. One is here from when its definitions, watches and list are there. */
final class ManagedApis implements AutoCloseable {

    private final Clients clients;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;
    private final Consumer<Key.NodeOf> readinessChanged;
    private final Map<String, ManagedApi> open = new ConcurrentHashMap<>();

    /**
     * None yet.
     *
     * @param readinessChanged told when a node becomes ready, or is no longer, or its trust changed
     */
    ManagedApis(
            Clients clients,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing,
            Consumer<Key.NodeOf> readinessChanged) {
        this.clients = clients;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
        this.readinessChanged = readinessChanged;
    }

    @Nullable
    ManagedApi get(String cluster) {
        return open.get(cluster);
    }

    /** Makes what Capstan needs in an API that it was given, and begins to watch it. */
    ManagedApi prepare(String cluster, ClusterEndpoint endpoint) throws ReconcileException, InterruptedException {
        return watch(cluster, endpoint, Definitions::ensureManagedCluster);
    }

    /** Begins to watch an API where what Capstan needs was made by somebody else. */
    ManagedApi attach(String cluster, ClusterEndpoint endpoint) throws ReconcileException, InterruptedException {
        return watch(cluster, endpoint, client -> {});
    }

    /** From now on the cluster's objects have their turns. */
    void put(ManagedApi api) {
        open.put(api.cluster(), api);
    }

    /** Closes a cluster's API; one that is not open is no error. */
    void close(String cluster) {
        ManagedApi api = open.remove(cluster);
        if (api != null) {
            api.close();
        }
    }

    @Override
    public void close() {
        open.keySet().forEach(this::close);
    }

    private ManagedApi watch(String cluster, ClusterEndpoint endpoint, Consumer<KubernetesClient> before)
            throws ReconcileException, InterruptedException {
        KubernetesClient client = clients.open(endpoint);
        try {
            before.accept(client);
            return ManagedApi.open(cluster, endpoint, client, queue, clock, timing, readinessChanged);
        } catch (ReconcileException | InterruptedException | RuntimeException e) {
            client.close();
            throw e;
        }
    }
}
