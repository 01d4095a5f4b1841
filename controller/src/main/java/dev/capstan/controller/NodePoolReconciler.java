package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.NodeCount;
import dev.capstan.resources.Condition;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says in a pool that selects nodes how many those are and how far each is, and what other pool selects them too. Writes
 * its status and nothing else: what its nodes shall trust is each node's turn.
 */
final class NodePoolReconciler {

    private static final int NAMED_AT_MOST = 5;

    private final NodePools pools;
    private final ManagedApi api;
    private final Events events;
    private final InstantSource clock;

    NodePoolReconciler(NodePools pools, ManagedApi api, Events events, InstantSource clock) {
        this.pools = pools;
        this.api = api;
        this.events = events;
        this.clock = clock;
    }

    void reconcile(String name) {
        AgentPoolObject pool = pools.pool(name);
        if (pool == null) {
            return;
        }
        Map<Place, Integer> at = new EnumMap<>(Place.class);
        Map<String, Set<String>> shared = new TreeMap<>();
        for (Node node : pools.nodes()) {
            List<AgentPoolObject> matching = pools.matching(node);
            List<String> names = matching.stream()
                    .map(other -> other.getMetadata().getName())
                    .toList();
            if (names.contains(name)) {
                names.stream()
                        .filter(other -> !other.equals(name))
                        .forEach(other -> shared.computeIfAbsent(other, _ -> new TreeSet<>())
                                .add(node.getMetadata().getName()));
                if (names.getFirst().equals(name)) {
                    at.merge(place(node), 1, Integer::sum);
                }
            }
        }
        NodeCount count = count(at);
        String overlap = overlap(name, shared);
        if (overlap != null) {
            events.say(
                    api.client(),
                    reference(pool),
                    new Events.Say(true, "OverlappingSelectors", overlap),
                    String.valueOf(pool.getMetadata().getGeneration()));
        }
        store(pool, count, verdict(count, pool.getSpec().enableCustomCATrust(), overlap));
    }

    private enum Place {
        PENDING,
        WRITTEN,
        LOADED,
        PROVEN,
        UNSUPPORTED
    }

    private Place place(Node node) {
        NodeTrustObject trust = api.trust(node.getMetadata().getName());
        NodeTrust.Status status = trust == null ? null : trust.getStatus();
        if (KubeletNodes.isWindows(node)
                || (status != null
                        && status.problem() != null
                        && status.problem().reason().equals(NodeTrust.Problem.UNSUPPORTED))) {
            return Place.UNSUPPORTED;
        }
        if (trust == null || status == null || status.observedGeneration() < api.asksSince(trust)) {
            return Place.PENDING;
        }
        return switch (NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven())) {
            case NodeTrust.WRITTEN -> Place.WRITTEN;
            case NodeTrust.LOADED -> Place.LOADED;
            case NodeTrust.PROVEN -> Place.PROVEN;
            case null, default -> Place.PENDING;
        };
    }

    private static NodeCount count(Map<Place, Integer> at) {
        return new NodeCount(
                at.values().stream().mapToInt(Integer::intValue).sum(),
                at.getOrDefault(Place.PENDING, 0),
                at.getOrDefault(Place.WRITTEN, 0),
                at.getOrDefault(Place.LOADED, 0),
                at.getOrDefault(Place.PROVEN, 0),
                at.getOrDefault(Place.UNSUPPORTED, 0));
    }

    private static @Nullable String overlap(String name, Map<String, Set<String>> shared) {
        return shared.isEmpty()
                ? null
                : shared.entrySet().stream()
                        .map(other -> "pool " + other.getKey() + " selects "
                                + Few.of(other.getValue(), NAMED_AT_MOST, ", ") + " too; "
                                + (other.getKey().compareTo(name) < 0 ? other.getKey() : name)
                                + " counts for them, as its name comes first")
                        .collect(Collectors.joining("; "));
    }

    private static Verdict verdict(NodeCount count, boolean isEnabled, @Nullable String overlap) {
        int there = count.loaded() + count.proven();
        int served = count.selected() - count.unsupported();
        String words = there + " of " + served + " nodes have loaded "
                + (isEnabled ? "what they shall trust" : "that they trust nothing of the Secret")
                + (count.unsupported() == 0 ? "" : "; " + count.unsupported() + " cannot be served");
        if (overlap != null) {
            return Verdict.no("OverlappingSelectors", overlap + "; " + words);
        }
        if (count.selected() == 0) {
            return Verdict.no("NoNodes", "no node has the labels of nodeSelector, or another pool has them all");
        }
        return there == served ? Verdict.yes("NodesLoaded", words) : Verdict.no("NodesNotLoaded", words);
    }

    /** Stores it where it is news; a pool that went meanwhile needs none. */
    private void store(AgentPoolObject pool, NodeCount count, Verdict ready) {
        AgentPool.Status before = pool.getStatus();
        long generation = pool.getMetadata().getGeneration();
        Condition old = before == null ? null : Statuses.ready(before.conditions());
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Condition condition = new Condition(
                Names.READY,
                ready.status(),
                ready.reason(),
                ready.message(),
                old != null && old.status().equals(ready.status()) ? old.lastTransitionTime() : now.toString(),
                generation);
        if (before != null
                && before.observedGeneration() == generation
                && count.equals(before.nodes())
                && condition.equals(old)) {
            return;
        }
        String status = Patches.text(Json.object(
                "status",
                Json.object("observedGeneration", generation, "conditions", List.of(condition), "nodes", count)));
        try {
            api.client()
                    .resources(AgentPoolObject.class)
                    .withName(pool.getMetadata().getName())
                    .subresource("status")
                    .patch(Manifests.MERGE, status);
        } catch (KubernetesClientException e) {
            if (!Manifests.isGone(e)) {
                throw e;
            }
        }
    }

    private static ObjectReference reference(AgentPoolObject pool) {
        return new ObjectReferenceBuilder()
                .withApiVersion(Names.API_VERSION)
                .withKind(AgentPool.KIND)
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .build();
    }
}
