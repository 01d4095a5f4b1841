package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.AgentPool.TrustRules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings a pool to its count and model. Each turn: read the pool; ask {@link Replace} for the next step; store it, with
 * the version that it was decided on; only then hand each machine what its record now asks for. The deeds are done beside,
 * and every one that ends gives the pool another turn.
 *
 * <p>Invariants, through a kill at any step: no machine exists whose name is not recorded; a record goes only after its
 * machine and everything of it went; a name is used by one machine at a time. They hold since the records are stored
 * before the deed, since every deed may be done again, and since a pool is worked on by one thread, which begins by
 * reading it.
 */
final class AgentPoolReconciler {

    private final Management management;
    private final PoolStatuses statuses;
    private final AttachedPoolReconciler attached;
    private final ManagedApis apis;
    private final Machines machines;
    private final MachineReconciler deeds;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;

    AgentPoolReconciler(
            Management management,
            PoolStatuses statuses,
            AttachedPoolReconciler attached,
            ManagedApis apis,
            Machines machines,
            MachineReconciler deeds,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing) {
        this.management = management;
        this.statuses = statuses;
        this.attached = attached;
        this.apis = apis;
        this.machines = machines;
        this.deeds = deeds;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    void reconcile(String name) throws ReconcileException, InterruptedException {
        AgentPoolObject pool = management.readPool(name);
        if (pool == null) {
            deeds.forget(name);
            return;
        }
        if (pool.getSpec().nodeSelector() != null) {
            attached.reconcile(pool); // no machine is made for it
            return;
        }
        AgentPool.Spec spec = pool.getSpec();
        boolean deleting = pool.isMarkedForDeletion();
        if (machines.provider(spec.location()) == null) {
            Verdict unknown = unknownLocation(spec);
            statuses.store(pool, unknown);
            if (deleting && Management.machines(pool).isEmpty()) {
                Finalizers.remove(management.client(), pool);
            }
            return;
        }
        ManagedApi api = apis.get(spec.cluster());
        if (api == null && !(deleting && management.isGoing(spec.cluster()))) {
            return; // the cluster's turn comes back here once its API is open
        }
        if (!deleting) {
            pool = Finalizers.add(management.client(), pool);
        }
        String image = Objects.requireNonNull(machines.provider(spec.location()), "looked for above")
                .image();
        step(pool, api, PoolWanted.of(spec, deleting, image));
    }

    private void step(AgentPoolObject pool, @Nullable ManagedApi api, PoolWanted wanted) {
        PoolObserved observed = observe(pool, api, wanted);
        PoolStep step = limited(Replace.next(wanted, observed), pool.getSpec());
        AgentPoolObject stored = statuses.store(
                pool,
                wanted,
                step,
                UpdateProgress.of(
                        PoolStatuses.update(pool),
                        wanted,
                        observed,
                        step,
                        record -> serves(api, pool.getSpec(), record)),
                wanted.image().version(),
                observed.now());
        deeds.assign(stored, step.records(), !wanted.deleting() && PoolStatuses.isEnded(stored));
        if (wanted.deleting() && step.records().isEmpty()) {
            Finalizers.remove(management.client(), stored);
        }
        if (step.lookAgain() != null) {
            queue.addAfter(
                    new Key.Pool(pool.getMetadata().getName()), Duration.between(observed.now(), step.lookAgain()));
        }
    }

    /** Says it where machines of the pool cannot get to the level that others reach. */
    private PoolStep limited(PoolStep step, AgentPool.Spec spec) {
        long directories = step.records().stream()
                .filter(record -> kind(spec, record) == Machine.Kind.DIRECTORY)
                .count();
        return directories > 0 && step.outcome() instanceof Outcome.Done done
                ? new PoolStep(
                        step.records(),
                        new Outcome.Done(done.words() + "; directory machines without a container runtime: "
                                + "level Written is the most they reach"),
                        step.lookAgain())
                : step;
    }

    private PoolObserved observe(AgentPoolObject pool, @Nullable ManagedApi api, PoolWanted wanted) {
        String name = pool.getMetadata().getName();
        long generation = pool.getMetadata().getGeneration();
        Instant now = clock.instant();
        List<Seen> seen = Management.machines(pool).stream()
                .map(record -> new Seen(
                        record,
                        api != null && api.isReady(record.name()),
                        api != null && isReached(api, pool.getSpec(), record),
                        api != null && mayBeSurplus(record, wanted) && Pods.isEmpty(api.client(), record.name()),
                        deeds.progress(name, generation, record),
                        api == null ? new Proof.None() : proof(api, pool.getSpec(), record)))
                .toList();
        return new PoolObserved(
                seen,
                now,
                PoolStatuses.begun(pool, now),
                PoolStatuses.isAnew(pool),
                PoolStatuses.isEnded(pool),
                timing.patience());
    }

    /** Whether it matters that the node is empty: only then its pods are listed. */
    private static boolean mayBeSurplus(MachineRecord record, PoolWanted wanted) {
        return wanted.hold() != PoolWanted.Hold.NONE
                && record.phase().equals(AgentPool.RUNNING)
                && !wanted.isOld(record);
    }

    private boolean serves(@Nullable ManagedApi api, AgentPool.Spec spec, MachineRecord record) {
        return api != null && api.isReady(record.name()) && isReached(api, spec, record);
    }

    private boolean isReached(ManagedApi api, AgentPool.Spec spec, MachineRecord record) {
        NodeTrustObject trust = api.trust(record.name());
        return NodeTrusts.isReached(
                trust,
                trust == null ? 0 : api.asksSince(trust),
                spec.enableCustomCATrust(),
                record.certificateSet(),
                kind(spec, record));
    }

    private Proof proof(ManagedApi api, AgentPool.Spec spec, MachineRecord record) {
        NodeTrustObject trust = api.trust(record.name());
        if (trust == null || kind(spec, record) == Machine.Kind.DIRECTORY) {
            return new Proof.None();
        }
        TrustRules rules = spec.trustRules();
        Set<String> asked = new HashSet<>(rules == null ? List.of() : rules.probes());
        if (spec.enableCustomCATrust()) {
            asked.addAll(api.probesOfSecret());
        }
        return TrustVerdict.proof(asked, trust, rules, timing.proof());
    }

    private Machine.Kind kind(AgentPool.Spec spec, MachineRecord record) {
        Machine machine = machines.machine(spec.location(), record.name());
        return machine == null ? Machine.Kind.SYSTEM : machine.kind();
    }

    private Verdict unknownLocation(AgentPool.Spec spec) {
        return Verdict.no(
                "UnknownLocation",
                "no machine provider serves location " + spec.location() + "; this control plane serves "
                        + machines.locations());
    }
}
