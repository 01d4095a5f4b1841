package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Node's status when it does not yet say what it should, and an Event for what changed in its trust. Only the
 * conditions named are written; a kubelet's own stay (strategic merge patch: conditions are merged by type). The Event is
 * written first: a crash in between repeats it with the same cause, which does not count, and never loses it.
 */
final class NodeConditions {

    /** Passing states, and those with which a node begins: not worth an Event. */
    private static final Set<String> QUIET = Set.of(TrustVerdict.PENDING);

    private static final Set<String> QUIET_AT_FIRST =
            Set.of(TrustVerdict.PENDING, TrustVerdict.NOT_ENABLED, TrustVerdict.AGENT_SILENT);

    private final NodeEvents events;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;

    NodeConditions(NodeEvents events, WorkQueue<Key> queue, InstantSource clock, ControllerConfig.Timing timing) {
        this.events = events;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    /**
     * Brings the Node's status to these verdicts, by condition type, and to this report.
     *
     * @param report members of the status; may be empty
     */
    void write(ManagedApi api, String name, Map<String, Verdict> verdicts, Map<String, @Nullable Object> report) {
        Node seen = api.node(name);
        if (seen != null && says(api, seen, verdicts, report)) {
            return;
        }
        Node node = api.client().nodes().withName(name).get();
        if (node == null || says(api, node, verdicts, report)) {
            return;
        }
        List<Map<String, @Nullable Object>> written = new ArrayList<>();
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        verdicts.forEach((type, verdict) -> {
            NodeCondition before = condition(node, type);
            if (type.equals(Names.NODE_CONDITION) && !isSame(verdict, before)) {
                say(api, name, before, verdict);
            }
            written.add(Json.object(
                    "type",
                    type,
                    "status",
                    verdict.status(),
                    "reason",
                    verdict.reason(),
                    "message",
                    verdict.message(),
                    "lastHeartbeatTime",
                    now,
                    "lastTransitionTime",
                    since(before, verdict, now)));
        });
        Map<String, @Nullable Object> status = Json.object("conditions", written);
        status.putAll(report);
        api.client()
                .nodes()
                .withName(name)
                .subresource("status")
                .patch(Manifests.STRATEGIC, Patches.text(Json.object("status", status)));
    }

    private void say(ManagedApi api, String name, @Nullable NodeCondition before, Verdict verdict) {
        if ((before == null ? QUIET_AT_FIRST : QUIET).contains(verdict.reason())) {
            return;
        }
        NodeTrustObject trust = api.trust(name);
        String version = trust == null ? "" : trust.getMetadata().getResourceVersion();
        boolean warning = verdict.reason().equals(TrustVerdict.QUARANTINED)
                || (!verdict.isTrue() && !verdict.reason().equals(TrustVerdict.NOT_ENABLED));
        events.say(
                api,
                name,
                new Events.Say(warning, "CustomCATrust" + verdict.reason(), verdict.message()),
                version + "/" + verdict.status());
        queue.addAfter(new Key.Garbage(api.cluster()), timing.event());
    }

    /** A Node for an Event. The UID is the name, as kubelets write it: older kubectl describe looks for no other. */
    static ObjectReference reference(String node) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .withUid(node)
                .build();
    }

    private static boolean says(
            ManagedApi api, Node node, Map<String, Verdict> verdicts, Map<String, @Nullable Object> report) {
        return verdicts.entrySet().stream()
                        .allMatch(verdict -> isSame(verdict.getValue(), condition(node, verdict.getKey())))
                && (report.isEmpty()
                        || Json.holds(
                                api.client().getKubernetesSerialization().convertValue(node, Map.class),
                                Map.of("status", report)));
    }

    private static String since(@Nullable NodeCondition before, Verdict verdict, String now) {
        return before != null && verdict.status().equals(before.getStatus()) ? before.getLastTransitionTime() : now;
    }

    private static boolean isSame(Verdict verdict, @Nullable NodeCondition condition) {
        return condition != null
                && verdict.sameAs(condition.getStatus(), condition.getReason(), condition.getMessage());
    }

    /** The condition of this type, as the Node has it; null where it has none. */
    static @Nullable NodeCondition condition(Node node, String type) {
        if (node.getStatus() == null || node.getStatus().getConditions() == null) {
            return null;
        }
        return node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElse(null);
    }
}
