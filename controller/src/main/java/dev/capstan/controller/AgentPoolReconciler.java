package dev.capstan.controller;

import dev.capstan.machines.MachineProvider;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Brings a pool's machines to its count. Each turn: read the pool; decide which machines it shall have; store that list;
 * only then do the deeds, all machines at once; store what came of them.
 *
 * <p>Invariants, through a kill at any step: no machine exists whose name is not recorded; a record goes only after its
 * machine and everything of it went; a name is used by one machine at a time. They hold since the list is stored before
 * the deed, with the version that it was decided on, since every deed may be done again, and since a pool is worked on by
 * one thread, which begins by reading it.
 */
final class AgentPoolReconciler {

    /** Reason of the condition when a machine could not be made or deleted. */
    static final String FAILED = "MachinesFailed";

    private final Management management;
    private final ManagedApis apis;
    private final Machines machines;
    private final MachineKeeper keeper;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final Semaphore atOnce = new Semaphore(2 * Runtime.getRuntime().availableProcessors());

    AgentPoolReconciler(
            Management management,
            ManagedApis apis,
            Machines machines,
            MachineKeeper keeper,
            WorkQueue<Key> queue,
            InstantSource clock) {
        this.management = management;
        this.apis = apis;
        this.machines = machines;
        this.keeper = keeper;
        this.queue = queue;
        this.clock = clock;
    }

    void reconcile(String name) throws Exception {
        AgentPoolObject pool = management.readPool(name);
        if (pool == null) {
            return;
        }
        AgentPool.Spec spec = pool.getSpec();
        MachineProvider provider = machines.provider(spec.location());
        boolean deleting = pool.isMarkedForDeletion();
        if (provider == null) {
            pool = store(pool, Management.machines(pool), unknownLocation(spec));
            if (deleting && Management.machines(pool).isEmpty()) {
                Finalizers.remove(management.client(), pool);
            }
            return;
        }
        ManagedApi api = apis.get(spec.cluster());
        if (api == null && !(deleting && isClusterGoing(spec.cluster()))) {
            return; // the cluster's turn comes back here once its API is open
        }
        if (!deleting) {
            pool = Finalizers.add(management.client(), pool);
        }
        List<MachineRecord> recorded = Management.machines(pool);
        List<MachineRecord> planned = PoolPlan.next(spec.cluster(), spec.name(), deleting ? 0 : spec.count(), recorded);
        if (!planned.equals(recorded)) {
            pool = store(pool, planned, Verdict.no("Scaling", "on the way to " + nodes(spec.count())));
        }
        Map<String, Exception> failures = new TreeMap<>();
        List<MachineRecord> reached = work(api, provider, spec, planned, failures);
        machines.refresh(spec.location());
        pool = store(pool, reached, verdict(api, spec, reached, failures));
        if (deleting && reached.isEmpty()) {
            Finalizers.remove(management.client(), pool);
        }
        if (!failures.isEmpty()) {
            throw failures.values().iterator().next();
        }
        if (api != null && reached.stream().anyMatch(machine -> !isAlive(api, machine))) {
            queue.addAfter(new Key.Pool(name), keeper.lookAgain());
        }
    }

    /** What is in the API of a cluster that goes, goes with it. */
    private boolean isClusterGoing(String cluster) {
        ManagedClusterObject object = management.readCluster(cluster);
        return object == null || object.isMarkedForDeletion();
    }

    /** Works on every machine; gives the records that remain, each in the phase it has reached. */
    private List<MachineRecord> work(
            @Nullable ManagedApi api,
            MachineProvider provider,
            AgentPool.Spec spec,
            List<MachineRecord> planned,
            Map<String, Exception> failures)
            throws InterruptedException {
        List<Future<@Nullable MachineRecord>> results = new ArrayList<>();
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (MachineRecord machine : planned) {
                results.add(workers.submit(bounded(() -> work(api, provider, spec, machine))));
            }
        }
        List<MachineRecord> reached = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            MachineRecord machine = planned.get(i);
            try {
                MachineRecord now = results.get(i).get();
                if (now != null) {
                    reached.add(now);
                }
            } catch (ExecutionException e) {
                failures.put(machine.name(), e.getCause() instanceof Exception cause ? cause : e);
                reached.add(machine);
            }
        }
        return List.copyOf(reached);
    }

    private @Nullable MachineRecord work(
            @Nullable ManagedApi api, MachineProvider provider, AgentPool.Spec spec, MachineRecord machine)
            throws Exception {
        if (!PoolPlan.stays(machine)) {
            keeper.remove(api, provider, machine.name());
            return null;
        }
        if (api == null) {
            throw new IllegalStateException("machine " + machine.name() + " stays, but its cluster is gone");
        }
        keeper.ensure(api, provider, spec, machine.name());
        return new MachineRecord(machine.name(), AgentPool.RUNNING, null, null);
    }

    private <T> Callable<T> bounded(Callable<T> task) {
        return () -> {
            atOnce.acquire();
            try {
                return task.call();
            } finally {
                atOnce.release();
            }
        };
    }

    private AgentPoolObject store(AgentPoolObject pool, List<MachineRecord> records, Verdict verdict) {
        AgentPool.Status before = pool.getStatus();
        long generation = pool.getMetadata().getGeneration();
        AgentPool.Status status = new AgentPool.Status(
                generation,
                records,
                Statuses.ready(before == null ? List.of() : before.conditions(), verdict, generation, clock.instant()),
                null);
        if (status.equals(before)) {
            return pool;
        }
        pool.setStatus(status);
        return management.client().resource(pool).updateStatus();
    }

    private static Verdict verdict(
            @Nullable ManagedApi api,
            AgentPool.Spec spec,
            List<MachineRecord> records,
            Map<String, Exception> failures) {
        if (!failures.isEmpty()) {
            List<String> words = new ArrayList<>();
            failures.forEach((machine, failure) -> words.add(machine + ": " + words(failure)));
            return Verdict.no(FAILED, String.join("; ", words));
        }
        List<String> waiting = records.stream()
                .map(MachineRecord::name)
                .filter(machine -> api == null || !api.isReady(machine))
                .toList();
        if (waiting.isEmpty()) {
            return Verdict.yes("NodesReady", nodes(spec.count()) + " ready");
        }
        return Verdict.no(
                "NodesNotReady",
                records.size() - waiting.size() + " of " + nodes(spec.count()) + " ready; not ready: "
                        + String.join(", ", waiting));
    }

    private static String words(Exception failure) {
        return failure instanceof KubernetesClientException e && e.getStatus() != null
                ? e.getStatus().getMessage()
                : String.valueOf(failure.getMessage());
    }

    private Verdict unknownLocation(AgentPool.Spec spec) {
        return Verdict.no(
                "UnknownLocation",
                "no machine provider serves location " + spec.location() + "; this control plane serves "
                        + machines.locations());
    }

    private static boolean isAlive(ManagedApi api, MachineRecord machine) {
        return api.contact(machine.name()) instanceof AgentContact.Alive;
    }

    private static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }
}
