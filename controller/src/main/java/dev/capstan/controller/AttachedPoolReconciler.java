package dev.capstan.controller;

import dev.capstan.controller.PoolObserved.Progress;
import dev.capstan.controller.PoolObserved.Proof;
import dev.capstan.controller.PoolObserved.Seen;
import dev.capstan.controller.PoolStep.Outcome;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.MachineRecord;
import dev.capstan.resources.AgentPool.ModelUpdate;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a pool whose nodes are there, in an attached cluster, to its list. Each turn: read the pool, and ask the cluster
 * whether it is the one; ask {@link InPlace} for the next step; store it, with the version that it was decided on; only then
 * see to it that each node's NodeTrust names the set of its record. Every change of a node gives the pool another turn.
 *
 * <p>Invariants, through a kill at any step: no node is told a set that its record does not name; a record goes only when
 * its node went, or after its node was told that there is no list any more. They hold since the record is stored before
 * the deed, since the deed may be done again, and since a pool is worked on by one thread, which begins by reading it.
 */
final class AttachedPoolReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(AttachedPoolReconciler.class);

    private final Management management;
    private final PoolStatuses statuses;
    private final AttachedApis apis;
    private final AttachedLocations locations;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;

    AttachedPoolReconciler(
            Management management,
            PoolStatuses statuses,
            AttachedApis apis,
            AttachedLocations locations,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing) {
        this.management = management;
        this.statuses = statuses;
        this.apis = apis;
        this.locations = locations;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    void reconcile(AgentPoolObject read) throws ReconcileException, InterruptedException {
        AgentPoolObject pool = read;
        AgentPool.Spec spec = pool.getSpec();
        AttachedLocation location = locations.find(spec.location()).orElse(null);
        boolean deleting = pool.isMarkedForDeletion();
        if (deleting && (location == null || Management.machines(pool).isEmpty())) {
            if (location == null) {
                LOG.warn(
                        "pool {} of {} goes without a word to its nodes: location {} was given up",
                        spec.name(),
                        spec.cluster(),
                        spec.location());
            }
            Finalizers.remove(management.client(), pool);
            return;
        }
        if (location == null) {
            statuses.store(
                    pool,
                    Verdict.no(
                            "UnknownLocation",
                            "no cluster is attached as location " + spec.location()
                                    + "; 'capstan location add' attaches one"));
            return;
        }
        ManagedClusterObject cluster = management.readCluster(spec.cluster());
        if (cluster == null) {
            return;
        }
        if (!deleting) {
            pool = Finalizers.add(management.client(), pool);
        }
        PoolWanted wanted = PoolWanted.of(spec, deleting, null);
        try {
            AttachedApi api = apis.get(cluster, location);
            api.check();
            use(api, cluster);
            step(pool, api, wanted);
        } catch (ReconcileException e) {
            notReached(pool, wanted, e.reason(), Statuses.words(e));
            throw e;
        } catch (KubernetesClientException e) {
            if (!Manifests.isConflict(e)) {
                notReached(
                        pool,
                        wanted,
                        AttachedApi.UNREACHABLE,
                        "location " + location.name() + ": " + AttachedApi.words(location.endpoint(), e));
            }
            throw e;
        }
    }

    private void use(AttachedApi api, ManagedClusterObject cluster) throws ReconcileException {
        if (!cluster.isMarkedForDeletion() && !ManagedClusters.isDeleted(cluster)) {
            api.sets().use(CertificateList.of(cluster.getSpec(), clock));
        }
    }

    private void step(AgentPoolObject pool, AttachedApi api, PoolWanted spec) {
        List<Seen> nodes = api.nodes(pool.selector()).stream()
                .map(node -> seen(pool, api, node))
                .toList();
        letGo(pool, api, nodes);
        PoolWanted wanted = spec.counting(nodes.size());
        Instant now = clock.instant();
        PoolObserved observed = new PoolObserved(
                nodes,
                now,
                PoolStatuses.begun(pool, now),
                PoolStatuses.isAnew(pool),
                hasStopped(pool),
                timing.patience());
        PoolStep step = InPlace.next(wanted, observed);
        boolean isLast = wanted.deleting() && step.outcome() instanceof Outcome.Done;
        if (isLast) {
            tell(api, pool, wanted, nodes.stream().map(Seen::record).toList());
        }
        AgentPoolObject stored = statuses.store(pool, wanted, step, update(pool, wanted, observed, step), null, now);
        tell(api, pool, wanted, step.records());
        if (isLast) {
            Finalizers.remove(management.client(), stored);
            return;
        }
        Duration unused = api.sets().removeUnused(api.trusts(), management.namedSets(wanted.cluster()));
        lookAgain(pool, unused);
        lookAgain(pool, step.lookAgain() == null ? null : Duration.between(now, step.lookAgain()));
        lookAgain(pool, timing.lastRetry()); // a cluster that falls silent sends no event
    }

    private void lookAgain(AgentPoolObject pool, @Nullable Duration in) {
        if (in != null) {
            queue.addAfter(new Key.Pool(pool.getMetadata().getName()), in);
        }
    }

    /** Whether the way has ended so that nothing goes on by itself; where it ended well, nodes that come are looked after. */
    private static boolean hasStopped(AgentPoolObject pool) {
        var provisioned = Statuses.provisioned(PoolStatuses.conditions(pool));
        return PoolStatuses.isEnded(pool)
                && provisioned != null
                && !provisioned.status().equals("True");
    }

    private Seen seen(AgentPoolObject pool, AttachedApi api, Node node) {
        String name = node.getMetadata().getName();
        NodeTrustObject trust = api.trust(name);
        MachineRecord record = Management.machines(pool).stream()
                .filter(there -> there.name().equals(name))
                .findFirst()
                .orElseGet(() -> firstSeen(pool, node, trust));
        boolean reached = api.isReached(trust, record.certificateSet());
        TrustRules rules = pool.getSpec().trustRules();
        return new Seen(
                record,
                ManagedApi.isReady(node),
                reached,
                false,
                progress(node, trust, reached),
                trust == null || !reached
                        ? new Proof.None() // what was proven before was proven with another set
                        : TrustVerdict.proof(rules == null ? List.of() : rules.probes(), trust, rules, timing.proof()));
    }

    /** A node that came after its pool, and was told nothing yet, joins it; any other was found, with what it has. */
    private static MachineRecord firstSeen(AgentPoolObject pool, Node node, @Nullable NodeTrustObject trust) {
        String set = trust == null ? null : trust.getSpec().certificateSet();
        boolean isYounger = Instant.parse(node.getMetadata().getCreationTimestamp())
                .isAfter(Instant.parse(pool.getMetadata().getCreationTimestamp()));
        return new MachineRecord(
                node.getMetadata().getName(),
                isYounger && set == null ? AgentPool.MAKING : AgentPool.RUNNING,
                set,
                null);
    }

    /** What the cluster's own controller says of the node, which knows of its agent's silence and its runtime. */
    private static Progress progress(Node node, @Nullable NodeTrustObject trust, boolean reached) {
        if (trust == null) {
            return new Progress.Failed(
                    1,
                    "has no NodeTrust; is capstan-controller running in the cluster? kubectl get deployment -n "
                            + Names.SYSTEM_NAMESPACE + " capstan-controller");
        }
        NodeCondition trusted = NodeConditions.condition(node, Names.NODE_CONDITION);
        return reached || trusted == null || trusted.getStatus().equals("True")
                ? new Progress.Unknown()
                : new Progress.Failed(1, trusted.getReason() + ": " + trusted.getMessage());
    }

    /** Nodes that are there, and of this pool no longer: unless another pool has them, the list leaves them. */
    private void letGo(AgentPoolObject pool, AttachedApi api, List<Seen> nodes) {
        Set<String> members = nodes.stream().map(seen -> seen.record().name()).collect(Collectors.toSet());
        for (MachineRecord record : Management.machines(pool)) {
            if (!members.contains(record.name())
                    && api.node(record.name()) != null
                    && !isOfAnother(pool, api, record)) {
                api.tell(record.name(), null, AskedFromOutside.NOTHING);
            }
        }
    }

    private boolean isOfAnother(AgentPoolObject pool, AttachedApi api, MachineRecord record) {
        return AgentPools.of(management.client(), pool.getSpec().cluster()).stream()
                .filter(other ->
                        !other.getMetadata().getName().equals(pool.getMetadata().getName())
                                && !other.isMarkedForDeletion())
                .anyMatch(other -> api.nodes(other.selector()).stream()
                        .anyMatch(node -> node.getMetadata().getName().equals(record.name())));
    }

    private void tell(AttachedApi api, AgentPoolObject pool, PoolWanted wanted, List<MachineRecord> records) {
        for (MachineRecord record : records) {
            AskedFromOutside asked = wanted.deleting()
                    ? AskedFromOutside.NOTHING
                    : AskedFromOutside.of(pool.getSpec().trustRules(), listTold(api, wanted, record));
            api.tell(record.name(), record.certificateSet(), asked);
        }
    }

    /** One whose turn has not come yet was told nothing new; what it was told before still counts. */
    private static @Nullable String listTold(AttachedApi api, PoolWanted wanted, MachineRecord record) {
        Node node = api.node(record.name());
        return node != null && Objects.equals(record.certificateSet(), wanted.model())
                ? node.getMetadata().getUid()
                : AskedFromOutside.of(api.trust(record.name())).listTold();
    }

    private static @Nullable ModelUpdate update(
            AgentPoolObject pool, PoolWanted wanted, PoolObserved observed, PoolStep step) {
        Map<String, Boolean> reached = new HashMap<>();
        observed.machines().forEach(seen -> reached.put(seen.record().name(), seen.loaded()));
        ModelUpdate update = UpdateProgress.of(
                PoolStatuses.update(pool),
                wanted,
                observed,
                step,
                record -> Objects.requireNonNullElse(reached.get(record.name()), false));
        // Nothing is drained or deleted here.
        return update == null
                ? null
                : new ModelUpdate(
                        update.started(), update.ended(), update.machines(), update.made(), update.loaded(), 0, 0);
    }

    /** The cluster cannot be worked on: it is tried again until the way's time is up, or it is aborted. */
    private void notReached(AgentPoolObject pool, PoolWanted wanted, String reason, String words) {
        Instant now = clock.instant();
        boolean isOver = !PoolStatuses.begun(pool, now).plus(timing.patience()).isAfter(now);
        Outcome outcome;
        if (wanted.hold() == PoolWanted.Hold.ABORT && !wanted.deleting()) {
            outcome = new Outcome.Canceled("aborted; " + words);
        } else if (wanted.deleting()) {
            outcome = new Outcome.Working(
                    reason,
                    words + "; it is tried again; to let the cluster go as it is, with the list on its nodes: capstan"
                            + " location remove " + pool.getSpec().location() + " --abandon");
        } else {
            outcome = isOver
                    ? new Outcome.Failed(reason, words + "; the next change tries it again")
                    : new Outcome.Working(reason, words + "; it is tried again");
        }
        statuses.store(
                pool,
                wanted,
                new PoolStep(Management.machines(pool), outcome, null),
                PoolStatuses.update(pool),
                null,
                now);
    }
}
