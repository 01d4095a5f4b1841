package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.CustomResourceDefinitions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller, from start to close. It may be killed at any time: all it knows it derives again, and all it does may
 * be done again. One controller works on a management cluster at a time.
 */
public final class Controller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    /** Name of the one cluster where management and managed cluster are one. */
    private static final String THIS_CLUSTER = "this";

    /** Enough to hide the time that an API takes to answer; few enough not to be a burden to it. */
    private static final int AT_ONCE = 64;

    private final ControllerConfig config;
    private final Clients clients;
    private final InstantSource clock = InstantSource.system();
    private final WorkQueue<Key> queue;
    private final ManagedApis apis;
    private final Events events;
    private final AgentIdentities identities;
    private final NodeConditions conditions;
    private final SecretReconciler secrets;
    private final Garbage garbage;
    private volatile @Nullable Reconcilers reconcilers;

    /** What can be done once the management cluster answers. */
    private record Reconcilers(
            NodeReconciler nodes,
            SecretGuard guard,
            Restarts restarts,
            @Nullable ManagedClusterReconciler clusters,
            @Nullable AgentPoolReconciler pools,
            @Nullable MachineReconciler deeds,
            @Nullable ResourceGroupReconciler groups,
            @Nullable Machines machines,
            @Nullable Management management) {}

    private Controller(ControllerConfig config, Interceptor tap) {
        this.config = config;
        ControllerConfig.Timing timing = config.timing();
        clients = new Clients(tap);
        queue = new WorkQueue<>(timing.firstRetry(), timing.lastRetry(), AT_ONCE, this::work, Controller::failed);
        apis = new ManagedApis(clients, queue, clock, timing, this::addPoolOf);
        events = new Events(clock, timing.event());
        identities = new AgentIdentities(timing);
        conditions = new NodeConditions(events, queue, clock, timing);
        secrets = new SecretReconciler(apis, events, queue, timing);
        garbage = new Garbage(apis, events, queue, this::namedSets);
    }

    /** Starts a controller and returns at once; an API that does not answer yet is waited for. */
    public static Controller start(ControllerConfig config) {
        return start(config, Clients.NOTHING);
    }

    /** Starts a controller with a tap on its requests. */
    static Controller start(ControllerConfig config, Interceptor tap) {
        Controller controller = new Controller(config, tap);
        controller.queue.add(new Key.Start());
        return controller;
    }

    /** Whether nothing is being worked on at this moment. */
    boolean isIdle() {
        return queue.isIdle();
    }

    /** Ends what is under way and lets go of every API. Machines keep running. */
    @Override
    public void close() {
        queue.close();
        apis.close();
        Reconcilers open = reconcilers;
        if (open != null && open.management() != null) {
            open.management().close();
        }
        if (open != null && open.machines() != null) {
            open.machines().close();
        }
    }

    private void work(Key key) throws Exception {
        if (key instanceof Key.Start) {
            begin();
            return;
        }
        Reconcilers open = reconcilers;
        if (open == null) {
            return; // every key gets a turn when the start is done
        }
        switch (key) {
            case Key.Start _ -> {}
            case Key.Cluster cluster -> {
                if (open.clusters() != null) {
                    open.clusters().reconcile(cluster.name());
                }
            }
            case Key.Pool pool -> {
                if (open.pools() != null) {
                    open.pools().reconcile(pool.name());
                }
            }
            case Key.MachineOf machine -> {
                if (open.deeds() != null) {
                    open.deeds().reconcile(machine);
                }
            }
            case Key.Group group -> {
                if (open.groups() != null) {
                    open.groups().reconcile(group.name());
                }
            }
            case Key.NodeOf node -> open.nodes().reconcile(node);
            case Key.SecretOf secret -> secrets.reconcile(secret.cluster(), secret.namespace());
            case Key.Guard cluster -> open.guard().reconcile(cluster.cluster());
            case Key.Restarts cluster -> open.restarts().reconcile(cluster.cluster());
            case Key.Garbage cluster -> garbage.collect(cluster.cluster());
            case Key.Location location -> {
                if (open.machines() != null) {
                    open.machines().refresh(location.name());
                }
            }
        }
    }

    private void begin() throws Exception {
        switch (config.scope()) {
            case ControllerConfig.ManagedClusters scope -> begin(scope);
            case ControllerConfig.ThisCluster scope -> {
                ManagedApi api = apis.attach(THIS_CLUSTER, config.management());
                apis.put(api);
                NodeOrigins origins = new NodeOrigins.Kubelets();
                reconcilers = new Reconcilers(
                        nodes(origins),
                        guard(origins),
                        restarts(origins, !scope.restartsRuntimes()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
                api.addAll();
            }
        }
    }

    private void begin(ControllerConfig.ManagedClusters scope) throws Exception {
        KubernetesClient client = clients.open(config.management());
        Management management;
        try {
            Definitions.ensureResources(client, CustomResourceDefinitions.manifests());
            management = Management.open(client, queue);
        } catch (ReconcileException | InterruptedException | RuntimeException e) {
            client.close();
            throw e;
        }
        Machines machines = new Machines(scope.providers(), queue, this::addMachine);
        MachineKeeper keeper = new MachineKeeper(machines, identities, clock, config.timing());
        ControllerConfig.Timing timing = config.timing();
        MachineReconciler deeds = new MachineReconciler(apis, machines, keeper, queue, clock, timing);
        NodeOrigins origins = new NodeOrigins.Pools(management, machines);
        reconcilers = new Reconcilers(
                nodes(origins),
                guard(origins),
                restarts(origins, false),
                new ManagedClusterReconciler(
                        management, scope.access(), apis, machines, queue, clock, timing.tombstone()),
                new AgentPoolReconciler(management, apis, machines, deeds, queue, clock, timing),
                deeds,
                new ResourceGroupReconciler(management, queue, clock, timing.tombstone()),
                machines,
                management);
        machines.start();
        management.addAll();
    }

    private NodeReconciler nodes(NodeOrigins origins) {
        return new NodeReconciler(apis, origins, identities, conditions, queue, clock);
    }

    private SecretGuard guard(NodeOrigins origins) {
        return new SecretGuard(apis, origins, events, queue, clock, config.timing());
    }

    private Restarts restarts(NodeOrigins origins, boolean areForbidden) {
        return new Restarts(apis, origins, events, queue, clock, config.timing(), areForbidden);
    }

    /** Sets that the pools of a cluster and their machines name. */
    private Set<String> namedSets(String cluster) {
        Reconcilers open = reconcilers;
        return open == null || open.management() == null
                ? Set.of()
                : open.management().namedSets(cluster);
    }

    private void addMachine(Machine machine) {
        Key.NodeOf key = new Key.NodeOf(machine.cluster(), machine.name());
        queue.add(key);
        addPoolOf(key);
    }

    private void addPoolOf(Key.NodeOf node) {
        Reconcilers open = reconcilers;
        if (open != null && open.management() != null) {
            open.management()
                    .poolOf(node.cluster(), node.node())
                    .ifPresent(pool -> queue.add(new Key.Pool(pool.getMetadata().getName())));
        }
    }

    private static void failed(Key key, Exception failure, Duration retryIn) {
        if (Manifests.isConflict(failure)) {
            LOG.debug("{} was written by somebody else meanwhile; looked at again", key);
        } else {
            LOG.warn("{}: {}; tried again in {} ms", key, failure.getMessage(), retryIn.toMillis());
            LOG.debug("{}", key, failure);
        }
    }
}
