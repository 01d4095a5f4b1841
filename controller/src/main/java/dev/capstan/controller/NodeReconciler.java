package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings a node's objects to what is known of it. A machine of a pool gets its Node, labels and report from here, since no
 * kubelet makes them, and its NodeTrust from its pool. Any other node is {@link KubeletNodes}' business. A node that went takes
 * its NodeTrust, and what its agent was given, with it. Where there is a NodeTrust, the Node's condition mirrors it.
 *
 * <p>Nothing is deleted on the word of a watch alone: it is read again first.
 */
final class NodeReconciler {

    /** A little later than the end of a Lease, so that it is over when one looks. */
    private static final Duration AFTER_LEASE = Duration.ofMillis(20);

    private final ManagedApis apis;
    private final NodeOrigins origins;
    private final AgentAccess access;
    private final KubeletNodes kubelets;
    private final NodeConditions conditions;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;

    NodeReconciler(
            ManagedApis apis,
            NodeOrigins origins,
            AgentAccess access,
            KubeletNodes kubelets,
            NodeConditions conditions,
            WorkQueue<Key> queue,
            InstantSource clock) {
        this.apis = apis;
        this.origins = origins;
        this.access = access;
        this.kubelets = kubelets;
        this.conditions = conditions;
        this.queue = queue;
        this.clock = clock;
    }

    void reconcile(Key.NodeOf key) {
        ManagedApi api = apis.get(key.cluster());
        if (api == null) {
            return;
        }
        Optional<NodeOrigins.Made> made = origins.of(key.cluster(), key.node());
        if (made.isPresent()) {
            if (!made.get().record().phase().equals(AgentPool.DELETING)) {
                ofMachine(api, key, made.get());
            }
        } else {
            ofNobody(api, key);
        }
        if (api.contact(key.node()) instanceof AgentContact.Alive alive) {
            queue.addAfter(key, Duration.between(clock.instant(), alive.until()).plus(AFTER_LEASE));
        }
    }

    private void ofMachine(ManagedApi api, Key.NodeOf key, NodeOrigins.Made made) {
        String name = key.node();
        Machine machine = made.machine();
        Machine.Facts facts = machine == null ? null : machine.facts();
        NodeTrusts.ensureOfMachine(api, name, made.pool(), made.record().certificateSet());
        if (facts != null && !ensureNode(api, key, made, facts)) {
            return;
        }
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        Machine.State state = machine == null ? null : machine.state();
        verdicts.put(Names.READY, NodeReadiness.of(state, api.contact(name)));
        mirror(
                api,
                name,
                machine == null ? Machine.Kind.SYSTEM : machine.kind(),
                state == Machine.State.RUNNING,
                verdicts);
        conditions.write(api, name, verdicts, facts == null ? Map.of() : NodeObjects.status(name, facts));
    }

    /** Makes the Node or puts its labels right; says whether there is one that shall stay. */
    private boolean ensureNode(ManagedApi api, Key.NodeOf key, NodeOrigins.Made made, Machine.Facts facts) {
        Node node = api.node(key.node());
        if (node == null) {
            return origins.isRecorded(key.cluster(), key.node())
                    && (Manifests.createIfAbsent(api.client()
                                    .resource(api.client()
                                            .getKubernetesSerialization()
                                            .convertValue(
                                                    NodeObjects.made(made.pool(), key.node(), facts),
                                                    GenericKubernetesResource.class)))
                            || api.client().nodes().withName(key.node()).get() != null);
        }
        Map<String, @Nullable Object> labels = NodeObjects.labels(made.pool(), key.node(), facts);
        if (!Json.holds(node.getMetadata().getLabels(), labels)) {
            api.client()
                    .nodes()
                    .withName(key.node())
                    .patch(Manifests.MERGE, Patches.text(Json.object("metadata", Json.object("labels", labels))));
        }
        return true;
    }

    private void ofNobody(ManagedApi api, Key.NodeOf key) {
        Node node = api.node(key.node());
        if (node == null || NodeObjects.isMade(node)) {
            removeLeftOver(api, key, node != null);
            return;
        }
        kubelets.reconcile(api, node);
    }

    /** Removes what is left of a node that went. */
    private void removeLeftOver(ManagedApi api, Key.NodeOf key, boolean hasNode) {
        String name = key.node();
        if (!hasNode && api.trust(name) == null && !api.hasLease(name)) {
            return;
        }
        Node node = api.client().nodes().withName(name).get();
        boolean isTheirs = node != null && !NodeObjects.isMade(node);
        if (isTheirs || origins.isRecorded(key.cluster(), name)) {
            return;
        }
        if (node != null) {
            api.client().nodes().withName(name).delete();
        }
        access.remove(api.client(), name);
        NodeTrusts.remove(api.client(), name);
    }

    /** Adds what the Node's condition shall say, where there is a NodeTrust. */
    static void mirror(ManagedApi api, String node, Machine.Kind kind, boolean runs, Map<String, Verdict> verdicts) {
        NodeTrustObject trust = api.trust(node);
        if (trust != null) {
            verdicts.put(
                    Names.NODE_CONDITION,
                    TrustVerdict.of(
                            api.asksSince(trust),
                            trust.getSpec(),
                            trust.getStatus(),
                            kind,
                            runs,
                            api.contact(node),
                            api.secretExists(),
                            api.notes().of(node)));
        }
    }
}
