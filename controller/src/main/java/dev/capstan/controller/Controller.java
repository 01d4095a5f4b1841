package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.CustomResourceDefinitions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.InstantSource;
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
    private final ControllerMetrics metrics;
    private final Events events;
    private final NodeEvents nodeEvents;
    private final AgentIdentities identities;
    private final NodeConditions conditions;
    private final SecretReconciler secrets;
    private volatile @Nullable Reconcilers reconcilers;

    /** What can be done once the API answers. */
    private record Reconcilers(NodeReconciler nodes, SecretGuard guard, Restarts restarts, ScopeWork scope) {}

    private Controller(ControllerConfig config, Interceptor tap, ControllerMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
        ControllerConfig.Timing timing = config.timing();
        clients = new Clients(tap);
        queue = new WorkQueue<>(timing.firstRetry(), timing.lastRetry(), AT_ONCE, this::counted, Controller::failed);
        metrics.begins(queue::size);
        apis = new ManagedApis(clients, queue, clock, timing, this::addPoolOf);
        events = new Events(clock, timing.event(), metrics::eventWithheld);
        nodeEvents = new NodeEvents(events, queue, clock);
        identities = new AgentIdentities(timing);
        conditions = new NodeConditions(nodeEvents, queue, clock, timing);
        secrets = new SecretReconciler(apis, events, queue, timing);
    }

    /** Starts a controller and returns at once; an API that does not answer yet is waited for. */
    public static Controller start(ControllerConfig config) {
        return start(config, Clients.NOTHING);
    }

    /** Starts a controller with a tap on its requests. */
    static Controller start(ControllerConfig config, Interceptor tap) {
        return start(config, tap, new ControllerMetrics());
    }

    /** Starts a controller with a tap on its requests that tells what it does there. */
    static Controller start(ControllerConfig config, Interceptor tap, ControllerMetrics metrics) {
        Controller controller = new Controller(config, tap, metrics);
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
        metrics.ends();
        queue.close();
        apis.close();
        Reconcilers open = reconcilers;
        if (open != null) {
            open.scope().close();
        }
    }

    private void counted(Key key) throws Exception {
        try {
            work(key);
        } catch (Exception e) {
            metrics.worked(key, e);
            throw e;
        }
        metrics.worked(key, null);
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
            case Key.NodeOf node -> open.nodes().reconcile(node);
            case Key.SecretOf secret -> secrets.reconcile(secret.cluster(), secret.namespace());
            case Key.Guard cluster -> open.guard().reconcile(cluster.cluster());
            case Key.Restarts cluster -> open.restarts().reconcile(cluster.cluster());
            case Key.Bursts cluster -> {
                ManagedApi api = apis.get(cluster.cluster());
                if (api != null) {
                    nodeEvents.tell(api);
                }
            }
            case Key.Cluster _, Key.Pool _, Key.MachineOf _, Key.Group _, Key.Garbage _, Key.Location _ ->
                open.scope().work(key);
        }
    }

    private void begin() throws Exception {
        switch (config.scope()) {
            case ControllerConfig.ManagedClusters scope -> begin(scope);
            case ControllerConfig.ThisCluster scope -> begin(scope);
        }
    }

    private void begin(ControllerConfig.ThisCluster scope) throws Exception {
        ManagedApi api = apis.attach(THIS_CLUSTER, config.management());
        apis.put(api);
        NodePools pools;
        try {
            pools = NodePools.open(api, queue);
        } catch (ReconcileException | InterruptedException | RuntimeException e) {
            apis.close(THIS_CLUSTER);
            throw e;
        }
        NodeOrigins origins = new NodeOrigins.Kubelets(pools);
        AgentAccess access = new AgentLeases(config.timing());
        reconcilers = new Reconcilers(
                new NodeReconciler(
                        apis,
                        origins,
                        access,
                        new KubeletNodes(origins, access, scope, conditions),
                        conditions,
                        queue,
                        clock),
                guard(origins),
                restarts(origins, !scope.restartsRuntimes()),
                new ScopeWork.OfThisCluster(queue, pools, new NodePoolReconciler(pools, api, events, clock)));
        metrics.watches(api);
        api.addAll();
        pools.addAll();
    }

    private void begin(ControllerConfig.ManagedClusters scope) throws Exception {
        KubernetesClient client = clients.open(config.management());
        Management management;
        try {
            Definitions.ensureResources(client, CustomResourceDefinitions.manifests());
            management = Management.open(client, queue, config.timing().unusedSet());
        } catch (ReconcileException | InterruptedException | RuntimeException e) {
            client.close();
            throw e;
        }
        Machines machines = new Machines(scope.providers(), queue, this::addMachine);
        MachineKeeper keeper = new MachineKeeper(machines, identities, clock, config.timing());
        ControllerConfig.Timing timing = config.timing();
        MachineReconciler deeds = new MachineReconciler(apis, machines, keeper, queue, clock, timing);
        NodeOrigins origins = new NodeOrigins.Pools(management, machines);
        AttachedApis attached = new AttachedApis(clients, clock, timing.unusedSet(), management::addPoolsOf);
        PoolStatuses statuses = new PoolStatuses(management, clock);
        AttachedPoolReconciler attachedPools =
                new AttachedPoolReconciler(management, statuses, attached, scope.locations(), queue, clock, timing);
        reconcilers = new Reconcilers(
                new NodeReconciler(
                        apis,
                        origins,
                        identities,
                        new KubeletNodes(origins, identities, ControllerConfig.ThisCluster.STANDARD, conditions),
                        conditions,
                        queue,
                        clock),
                guard(origins),
                restarts(origins, false),
                new ScopeWork.OfManagedClusters(
                        queue,
                        management,
                        machines,
                        attached,
                        new ManagedClusterReconciler(
                                management,
                                scope.access(),
                                apis,
                                attached,
                                scope.locations(),
                                machines,
                                queue,
                                clock,
                                timing.tombstone()),
                        new AgentPoolReconciler(
                                management, statuses, attachedPools, apis, machines, deeds, queue, clock, timing),
                        deeds,
                        new ResourceGroupReconciler(management, queue, clock, timing.tombstone()),
                        new Garbage(apis, events, queue, management::namedSets)));
        machines.start();
        management.addAll();
    }

    private SecretGuard guard(NodeOrigins origins) {
        return new SecretGuard(apis, origins, events, queue, clock, config.timing());
    }

    private Restarts restarts(NodeOrigins origins, boolean areForbidden) {
        return new Restarts(apis, origins, events, queue, clock, config.timing(), areForbidden);
    }

    private void addMachine(Machine machine) {
        Key.NodeOf key = new Key.NodeOf(machine.cluster(), machine.name());
        queue.add(key);
        addPoolOf(key);
    }

    private void addPoolOf(Key.NodeOf node) {
        Reconcilers open = reconcilers;
        if (open != null) {
            open.scope().nodeChanged(node);
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
