package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Brings the objects of a node that Capstan did not make to what its pool says, or where it is of none its label: its
 * NodeTrust, its agent's Lease, its condition, its startup taint. A node that no agent can run on gets the condition alone.
 */
final class KubeletNodes {

    private static final String OS_LABEL = "kubernetes.io/os";
    private static final String WINDOWS = "windows";

    private final NodeOrigins origins;
    private final AgentAccess access;
    private final ControllerConfig.ThisCluster rules;
    private final NodeConditions conditions;

    /**
     * Nodes with kubelets of their own.
     *
     * @param rules what counts where a node's pool says nothing
     */
    KubeletNodes(
            NodeOrigins origins, AgentAccess access, ControllerConfig.ThisCluster rules, NodeConditions conditions) {
        this.origins = origins;
        this.access = access;
        this.rules = rules;
        this.conditions = conditions;
    }

    void reconcile(ManagedApi api, Node node) {
        String name = node.getMetadata().getName();
        Optional<NodeOrigins.PoolOf> pool = origins.poolOf(api.cluster(), name);
        if (isWindows(node)) {
            ofWindows(api, node);
            return;
        }
        if (!api.hasLease(name) || api.contact(name) instanceof AgentContact.Silent) {
            access.ensure(api.client(), name);
        }
        TrustRules trustRules = pool.map(of -> of.spec().trustRules()).orElse(null);
        boolean follows = pool.map(of -> of.spec().enableCustomCATrust())
                .orElseGet(() -> rules.trustLabel().isOn(node.getMetadata().getLabels()));
        NodeTrusts.ensureOfNode(api, node, follows, trustRules);
        NodeTrustObject trust = api.trust(name);
        if (trust != null && !NodeTrusts.isOf(trust, node)) {
            return; // it tells of the node that had this name before; what was just written comes by the watch
        }
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        NodeReconciler.mirror(api, name, Machine.Kind.SYSTEM, true, verdicts);
        boolean awaitsList = StartupTaint.awaitsList(node, trust);
        if (awaitsList) {
            verdicts.computeIfPresent(
                    Names.NODE_CONDITION,
                    (_, verdict) -> verdict.adding(
                            "its startup taint waits for the list of the"
                                    + " control plane that this cluster is attached to, which has said nothing of this node yet"));
        }
        conditions.write(api, name, verdicts, Map.of());
        if (StartupTaint.isOn(node) && !awaitsList) {
            String until = trustRules == null || trustRules.trustPendingUntil() == null
                    ? rules.trustPendingUntil()
                    : trustRules.trustPendingUntil();
            if (StartupTaint.isDue(
                    follows, until, trust, trust == null ? 0 : api.asksSince(trust), api.contact(name))) {
                StartupTaint.lift(api.client(), node);
            }
        }
    }

    /** Whether it is a node of Windows (Kubernetes: well-known label {@code kubernetes.io/os}, or what its kubelet reports). */
    static boolean isWindows(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        return (labels != null && WINDOWS.equals(labels.get(OS_LABEL)))
                || (node.getStatus() != null
                        && node.getStatus().getNodeInfo() != null
                        && WINDOWS.equals(node.getStatus().getNodeInfo().getOperatingSystem()));
    }

    private void ofWindows(ManagedApi api, Node node) {
        String name = node.getMetadata().getName();
        if (api.trust(name) != null) {
            NodeTrusts.remove(api.client(), name);
        }
        conditions.write(
                api,
                name,
                Map.of(
                        Names.NODE_CONDITION,
                        Verdict.no(
                                NodeTrust.Problem.UNSUPPORTED,
                                "this is a node of Windows, which Capstan does not serve; nothing on it is changed. Put CAs into"
                                        + " its certificate store by the means of its image or of group policy")),
                Map.of());
        StartupTaint.lift(api.client(), node);
    }
}
