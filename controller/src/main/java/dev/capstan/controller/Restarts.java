package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.UpgradeSettings;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives and takes the permissions to restart runtimes, as {@link RestartTurns} decides. Node trusts are read anew for each
 * decision: what a watch has seen may not yet hold the permission that was given a moment ago. Permission and record are
 * one write.
 */
final class Restarts {

    private final ManagedApis apis;
    private final NodeOrigins origins;
    private final Events events;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;
    private final boolean areForbidden;

    /**
     * Permissions.
     *
     * @param areForbidden whether the configuration forbids restarts altogether
     */
    Restarts(
            ManagedApis apis,
            NodeOrigins origins,
            Events events,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing,
            boolean areForbidden) {
        this.apis = apis;
        this.origins = origins;
        this.events = events;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
        this.areForbidden = areForbidden;
    }

    void reconcile(String cluster) {
        ManagedApi api = apis.get(cluster);
        if (api == null) {
            return;
        }
        Map<String, String> notes = Map.of();
        if (api.trusts().stream().anyMatch(Restarts::matters)) {
            Map<String, NodeTrustObject> trusts = new HashMap<>();
            List<RestartTurns.Seen> seen = new ArrayList<>();
            for (NodeTrustObject trust :
                    api.client().resources(NodeTrustObject.class).list().getItems()) {
                trusts.put(trust.getMetadata().getName(), trust);
                seen.add(seen(api, trust));
            }
            Instant now = clock.instant();
            RestartTurns.Turn turn = RestartTurns.next(
                    seen, now, timing.runtimeRestart(), timing.runtimeRestart().multipliedBy(2));
            for (RestartTurns.Step step : turn.steps()) {
                NodeTrustObject trust = trusts.get(step.node());
                if (trust != null) {
                    store(api, trust, step);
                }
            }
            notes = turn.notes();
            if (turn.lookAgain() != null) {
                queue.addAfter(new Key.Restarts(cluster), Duration.between(now, turn.lookAgain()));
            }
        }
        api.notes().replace(NodeNotes.About.RESTART, notes).forEach(node -> queue.add(new Key.NodeOf(cluster, node)));
    }

    private static boolean matters(NodeTrustObject trust) {
        return trust.getSpec().runtimeRestart()
                || (trust.getStatus() != null
                        && trust.getStatus().problem() != null
                        && trust.getStatus().problem().reason().equals(NodeTrust.Problem.RUNTIME_STALE));
    }

    private RestartTurns.Seen seen(ManagedApi api, NodeTrustObject trust) {
        String name = trust.getMetadata().getName();
        Optional<NodeOrigins.PoolOf> pool = origins.poolOf(api.cluster(), name);
        boolean isHeardOf = api.contact(name) instanceof AgentContact.Alive;
        return new RestartTurns.Seen(
                name,
                pool.map(NodeOrigins.PoolOf::name).orElseGet(() -> poolLabel(api.node(name))),
                pool.map(Restarts::limit).orElse(1),
                forbidden(pool.orElse(null), trust),
                isHeardOf && api.isReady(name),
                trust.getSpec().runtimeRestart(),
                RestartPermission.parse(Manifests.annotation(trust, Names.RUNTIME_RESTART_ANNOTATION)),
                trust.getStatus());
    }

    private @Nullable String forbidden(NodeOrigins.@Nullable PoolOf pool, NodeTrustObject trust) {
        if (areForbidden) {
            return "is forbidden by the controller's configuration; systemctl restart containerd by hand, or drain and"
                    + " replace the node";
        }
        if (AskedFromOutside.of(trust).restartNever()) {
            return "is forbidden (" + Names.RUNTIME_RESTART_TAG
                    + ": never, a tag of the managed cluster or pool that this"
                    + " cluster is attached as); systemctl restart containerd by hand, or take it away";
        }
        if (pool == null) {
            return null;
        }
        TrustRules rules = pool.spec().trustRules();
        if (rules != null && AgentPool.RESTART_NEVER.equals(rules.runtimeRestart())) {
            return "is forbidden ("
                    + (pool.spec().nodeSelector() == null
                            ? Names.RUNTIME_RESTART_TAG + ": never"
                            : "AgentPool " + pool.name() + ": trustRules.runtimeRestart")
                    + "); systemctl restart containerd by hand, or take it away";
        }
        if (pool.updating()) {
            return "waits until the pool's model update ends";
        }
        return null;
    }

    /** As many as may be unavailable where that was said, else one. */
    private static int limit(NodeOrigins.PoolOf pool) {
        UpgradeSettings settings = pool.spec().upgradeSettings();
        return settings == null || settings.maxUnavailable() == null
                ? 1
                : Math.max(1, Limits.of(settings, pool.nodes()).unavailable());
    }

    private static String poolLabel(@Nullable Node node) {
        Map<String, String> labels = node == null ? null : node.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(Names.POOL_LABEL, "");
    }

    /**
     * With the version that was decided on: what was written in between is decided on anew. The Event is written first: done
     * again, it has the same cause, and does not count.
     */
    private void store(ManagedApi api, NodeTrustObject trust, RestartTurns.Step step) {
        RestartPermission permission = step.permission();
        events.say(
                api.client(),
                NodeConditions.reference(step.node()),
                step.say(),
                permission.set() + "/" + permission.process() + "/" + permission.outcome());
        queue.addAfter(new Key.Garbage(api.cluster()), timing.event());
        api.client()
                .resources(NodeTrustObject.class)
                .withName(step.node())
                .patch(
                        Manifests.MERGE,
                        Patches.text(Json.object(
                                "metadata",
                                Json.object(
                                        "resourceVersion",
                                        trust.getMetadata().getResourceVersion(),
                                        "annotations",
                                        Json.object(Names.RUNTIME_RESTART_ANNOTATION, permission.text())),
                                "spec",
                                Json.object("runtimeRestart", step.isGiven()))));
    }
}
