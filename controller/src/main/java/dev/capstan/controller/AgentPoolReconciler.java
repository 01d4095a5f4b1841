package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    private final ManagedApis apis;
    private final Machines machines;
    private final MachineReconciler deeds;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;

    AgentPoolReconciler(
            Management management,
            ManagedApis apis,
            Machines machines,
            MachineReconciler deeds,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing) {
        this.management = management;
        this.apis = apis;
        this.machines = machines;
        this.deeds = deeds;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    void reconcile(String name) {
        AgentPoolObject pool = management.readPool(name);
        if (pool == null) {
            deeds.forget(name);
            return;
        }
        AgentPool.Spec spec = pool.getSpec();
        boolean deleting = pool.isMarkedForDeletion();
        if (machines.provider(spec.location()) == null) {
            Verdict unknown = unknownLocation(spec);
            store(pool, Management.machines(pool), unknown, unknown, update(pool));
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
        step(pool, api, PoolWanted.of(spec, deleting));
    }

    private void step(AgentPoolObject pool, @Nullable ManagedApi api, PoolWanted wanted) {
        PoolObserved observed = observe(pool, api, wanted);
        PoolStep step = limited(Replace.next(wanted, observed), pool.getSpec());
        AgentPoolObject stored = store(
                pool,
                step.records(),
                ready(step.outcome()),
                provisioned(pool, wanted, step.outcome()),
                UpdateProgress.of(update(pool), wanted, observed, step, record -> serves(api, pool.getSpec(), record)));
        deeds.assign(
                stored,
                step.records(),
                !wanted.deleting()
                        && Statuses.isEnded(
                                conditions(stored), stored.getMetadata().getGeneration()));
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
        AgentPool.Status status = pool.getStatus();
        boolean anew = status == null || status.observedGeneration() < generation;
        Instant now = clock.instant();
        Condition provisioned = Statuses.provisioned(conditions(pool));
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
                anew || provisioned == null ? now : Instant.parse(provisioned.lastTransitionTime()),
                anew,
                !anew && Statuses.isEnded(conditions(pool), generation),
                timing.patience());
    }

    /** Whether it matters that the node is empty: only then its pods are listed. */
    private static boolean mayBeSurplus(MachineRecord record, PoolWanted wanted) {
        return wanted.hold() != PoolWanted.Hold.NONE
                && record.phase().equals(AgentPool.RUNNING)
                && Objects.equals(record.certificateSet(), wanted.model());
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
        Integer spread = trust.getSpec().proofSpreadSeconds();
        return TrustVerdict.proof(
                asked,
                trust.getStatus(),
                rules == null ? List.of() : rules.givenUp(),
                spread == null ? timing.proof() : timing.proof().plusSeconds(spread));
    }

    private Machine.Kind kind(AgentPool.Spec spec, MachineRecord record) {
        Machine machine = machines.machine(spec.location(), record.name());
        return machine == null ? Machine.Kind.SYSTEM : machine.kind();
    }

    private AgentPoolObject store(
            AgentPoolObject pool,
            List<MachineRecord> records,
            Verdict ready,
            Verdict provisioned,
            AgentPool.@Nullable ModelUpdate update) {
        AgentPool.Status before = pool.getStatus();
        long generation = pool.getMetadata().getGeneration();
        AgentPool.Status status = new AgentPool.Status(
                generation,
                records,
                Statuses.of(conditions(pool), ready, provisioned, generation, clock.instant()),
                update);
        if (status.equals(before)) {
            return pool;
        }
        pool.setStatus(status);
        return management.client().resource(pool).updateStatus();
    }

    private static Verdict ready(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Verdict.yes("NodesReady", done.words());
            case Outcome.Working working -> Verdict.no(working.reason(), working.words());
            case Outcome.Canceled canceled -> Verdict.no(Statuses.CANCELED, canceled.words());
            case Outcome.Failed failed -> Verdict.no(failed.reason(), failed.words());
        };
    }

    private static Verdict provisioned(AgentPoolObject pool, PoolWanted wanted, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> Verdict.yes(Statuses.SUCCEEDED, done.words());
            case Outcome.Canceled canceled -> Verdict.no(Statuses.CANCELED, canceled.words());
            case Outcome.Failed failed -> Verdict.no(failed.reason(), failed.words());
            case Outcome.Working working -> {
                String reason = Statuses.workingReason(conditions(pool));
                if (wanted.deleting()) {
                    reason = Statuses.DELETING;
                } else if (wanted.hold() == PoolWanted.Hold.ABORT) {
                    reason = Statuses.CANCELING;
                }
                yield Verdict.unknown(reason, working.words());
            }
        };
    }

    private static List<Condition> conditions(AgentPoolObject pool) {
        return Optional.ofNullable(pool.getStatus())
                .map(AgentPool.Status::conditions)
                .orElse(List.of());
    }

    private static AgentPool.@Nullable ModelUpdate update(AgentPoolObject pool) {
        return pool.getStatus() == null ? null : pool.getStatus().modelUpdate();
    }

    private Verdict unknownLocation(AgentPool.Spec spec) {
        return Verdict.no(
                "UnknownLocation",
                "no machine provider serves location " + spec.location() + "; this control plane serves "
                        + machines.locations());
    }
}
