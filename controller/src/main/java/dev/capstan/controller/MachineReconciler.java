package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Does for each machine what its stored record asks for, one thing at a time, and remembers how far it came; its pool has
 * a turn whenever that changes. What it remembers counts for that very record and generation only, so that nothing done
 * for an earlier purpose is taken for a later one; lost with the process, it is found again by doing the deed again, which
 * changes nothing where it was done.
 */
final class MachineReconciler {

    /** What has to be done for a machine: its record as it is stored. */
    private record Task(AgentPool.Spec pool, long generation, MachineRecord record, boolean ended) {}

    /** How far that came; how often it was looked at in vain. */
    private record Result(Task task, Progress progress, int looks) {}

    private static final Progress UNKNOWN = new Progress.Unknown();

    private final ManagedApis apis;
    private final Machines machines;
    private final MachineKeeper keeper;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;
    private final Map<Key.MachineOf, Task> tasks = new ConcurrentHashMap<>();
    private final Map<Key.MachineOf, Result> results = new ConcurrentHashMap<>();
    private final Map<Key.MachineOf, Thread> makers = new ConcurrentHashMap<>();

    MachineReconciler(
            ManagedApis apis,
            Machines machines,
            MachineKeeper keeper,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing) {
        this.apis = apis;
        this.machines = machines;
        this.keeper = keeper;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    /**
     * Takes up what a pool has stored; machines without a record are forgotten. A machine that runs has a turn each time,
     * since that costs nothing where all is well; the others when something else is asked for, or in their own time.
     *
     * @param ended whether the way to this generation has ended: nothing is made or drained then
     */
    void assign(AgentPoolObject pool, List<MachineRecord> records, boolean ended) {
        String name = pool.getMetadata().getName();
        long generation = pool.getMetadata().getGeneration();
        Set<Key.MachineOf> there = ConcurrentHashMap.newKeySet();
        for (MachineRecord record : records) {
            Key.MachineOf key = new Key.MachineOf(name, record.name());
            Task task = new Task(pool.getSpec(), generation, record, ended);
            there.add(key);
            if (!task.equals(tasks.put(key, task)) || record.phase().equals(AgentPool.RUNNING)) {
                queue.add(key);
            }
            if (record.phase().equals(AgentPool.DELETING)) {
                makers.computeIfPresent(key, (_, maker) -> {
                    maker.interrupt();
                    return maker;
                });
            }
        }
        tasks.keySet().removeIf(key -> key.pool().equals(name) && !there.contains(key));
        results.keySet().removeIf(key -> key.pool().equals(name) && !there.contains(key));
    }

    /** Forgets the machines of a pool that is gone. */
    void forget(String pool) {
        tasks.keySet().removeIf(key -> key.pool().equals(pool));
        results.keySet().removeIf(key -> key.pool().equals(pool));
    }

    /** How far what this record asks for has come, for this generation of the pool. */
    Progress progress(String pool, long generation, MachineRecord record) {
        Result result = results.get(new Key.MachineOf(pool, record.name()));
        return result != null
                        && result.task().generation() == generation
                        && result.task().record().equals(record)
                ? result.progress()
                : UNKNOWN;
    }

    void reconcile(Key.MachineOf key) throws Exception {
        Task task = tasks.get(key);
        MachineProvider provider =
                task == null ? null : machines.provider(task.pool().location());
        if (task == null || provider == null) {
            return;
        }
        String cluster = task.pool().cluster();
        ManagedApi api = apis.get(cluster);
        if (task.record().phase().equals(AgentPool.DELETING)) {
            attempt(key, task, () -> keeper.remove(api, provider, key.machine()));
        } else if (api != null) {
            switch (task.record().phase()) {
                case AgentPool.MAKING -> {
                    if (!task.ended()) {
                        make(key, task, api, provider);
                    }
                }
                case AgentPool.DRAINING -> {
                    if (!task.ended()) {
                        drain(key, task, api);
                    }
                }
                case AgentPool.QUARANTINED -> attempt(key, task, () -> Cordons.quarantine(api.client(), key.machine()));
                default -> keep(key, task, api, provider);
            }
        }
    }

    private void keep(Key.MachineOf key, Task task, ManagedApi api, MachineProvider provider) throws Exception {
        boolean isFirst = !(progress(key.pool(), task.generation(), task.record()) instanceof Progress.Done);
        attempt(key, task, () -> {
            keeper.ensure(api, provider, task.pool(), task.record());
            if (isFirst) {
                Cordons.uncordon(api.client(), key.machine());
            }
        });
        if (!(api.contact(key.machine()) instanceof AgentContact.Alive)) {
            queue.addAfter(key, keeper.lookAgain());
        }
    }

    /** Tries so often and no more; that it could not be made is the pool's to judge. */
    private void make(Key.MachineOf key, Task task, ManagedApi api, MachineProvider provider) {
        Progress before = progress(key.pool(), task.generation(), task.record());
        if (attempts(before) >= Replace.ATTEMPTS || before instanceof Progress.Done) {
            return;
        }
        try {
            interruptible(key, task, () -> keeper.ensure(api, provider, task.pool(), task.record()));
            machines.refresh(provider.location());
            say(key, task, new Progress.Done(clock.instant()), 0);
        } catch (MachineException | ReconcileException e) {
            machines.refresh(provider.location());
            say(key, task, failed(before, e), 0);
            queue.addAfter(key, timing.nextAttempt());
        }
    }

    /** What is asked to be deleted while it is being made is not waited for: its maker is interrupted. */
    private void interruptible(Key.MachineOf key, Task task, Deed making) throws MachineException, ReconcileException {
        makers.put(key, Thread.currentThread());
        try {
            if (task.equals(tasks.get(key))) {
                making.run();
            }
        } finally {
            makers.remove(key);
            Thread.interrupted(); // what came after the deed was meant for the deed
        }
    }

    /** Asks the pods to go, and again after a wait that doubles up to a few seconds. */
    private void drain(Key.MachineOf key, Task task, ManagedApi api) throws Exception {
        if (progress(key.pool(), task.generation(), task.record()) instanceof Progress.Done) {
            return;
        }
        try {
            Cordons.cordon(api.client(), key.machine());
            List<String> left = Pods.evict(api.client(), key.machine());
            if (left.isEmpty()) {
                say(key, task, new Progress.Done(clock.instant()), 0);
                return;
            }
            Result before = results.get(key);
            int looks = before != null && before.task().equals(task) ? before.looks() : 0;
            say(key, task, new Progress.Blocked(String.join(", ", left)), looks + 1);
            Duration doubled = timing.firstRetry().multipliedBy(1L << Math.min(looks, 20));
            queue.addAfter(key, doubled.compareTo(timing.eviction()) < 0 ? doubled : timing.eviction());
        } catch (ReconcileException | KubernetesClientException e) {
            say(key, task, new Progress.Blocked(words(e)), 0);
            throw e;
        }
    }

    private interface Deed {
        void run() throws MachineException, ReconcileException;
    }

    /** Does it; a failure is told to the pool, and the queue tries again until it succeeds. */
    private void attempt(Key.MachineOf key, Task task, Deed deed) throws Exception {
        Progress before = progress(key.pool(), task.generation(), task.record());
        try {
            deed.run();
        } catch (MachineException | ReconcileException | KubernetesClientException e) {
            if (!Manifests.isConflict(e)) {
                say(key, task, failed(before, e), 0);
            }
            throw e;
        }
        if (!(before instanceof Progress.Done)) {
            machines.refresh(task.pool().location());
            say(key, task, new Progress.Done(clock.instant()), 0);
        }
    }

    private void say(Key.MachineOf key, Task task, Progress progress, int looks) {
        Result before = results.put(key, new Result(task, progress, looks));
        if (before == null || !before.task().equals(task) || !Objects.equals(before.progress(), progress)) {
            queue.add(new Key.Pool(key.pool()));
        }
    }

    private static Progress failed(Progress before, Exception failure) {
        return new Progress.Failed(attempts(before) + 1, words(failure));
    }

    private static int attempts(@Nullable Progress progress) {
        return progress instanceof Progress.Failed failed ? failed.attempts() : 0;
    }

    private static String words(Exception failure) {
        return failure instanceof KubernetesClientException e && e.getStatus() != null
                ? e.getStatus().getMessage()
                : Statuses.words(failure);
    }
}
