package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.CustomResourceDefinitions;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.ProbeEndpoints;
import dev.capstan.resources.TrustProof;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the specs of NodeTrusts, and only those members of them that it is asked to. {@code distrusted} is never among
 * them: it is an administrator's, stays on the node where it was written, and goes with it.
 */
final class NodeTrusts {

    private static final int PROOFS_A_SECOND = 20;
    private static final int FEW = 50;
    private static final String NODE_UID = "nodeUid";

    private NodeTrusts() {}

    /**
     * What a machine of ours shall trust and what proves it: everything is said by its pool and its cluster's list.
     *
     * @param certificateSet fingerprint of the list's set that the machine was born with; null where there was none
     */
    static void ensureOfMachine(ManagedApi api, String node, AgentPool.Spec pool, @Nullable String certificateSet) {
        NodeTrustObject there = api.trust(node);
        TrustRules rules = pool.trustRules();
        List<String> probes = rules == null ? List.of() : rules.probes();
        NodeTrust.Spec spec = there == null ? null : there.getSpec();
        if (spec != null
                && spec.followSecret() == pool.enableCustomCATrust()
                && Objects.equals(spec.certificateSet(), certificateSet)
                && spec.probes().equals(probes)
                && Objects.equals(
                        spec.proofSpreadSeconds(), proofSpread(api.trusts().size()))) {
            return;
        }
        Map<String, @Nullable Object> change = following(api, there, pool.enableCustomCATrust(), rules);
        change.put("certificateSet", certificateSet);
        change.put("probes", probes.isEmpty() ? null : probes);
        write(api.client(), node, there, change);
    }

    /**
     * Whether a node that Capstan did not make follows the Secret, and what proves it: said by its pool, or by its label, and
     * by what a control plane that brings the list asks for ({@link AskedFromOutside}). The rest of the spec is left.
     *
     * <p>It names the Node by its UID: one that is made again under a name that was there shall not inherit what was measured
     * before it. The write raises the generation, so that nothing the status says counts before an agent answers anew.
     *
     * @param rules its pool's; null where it is of none, or its pool asks for nothing
     */
    static void ensureOfNode(ManagedApi api, Node of, boolean followSecret, @Nullable TrustRules rules) {
        String node = of.getMetadata().getName();
        NodeTrustObject there = api.trust(node);
        List<String> probes = Stream.concat(
                        rules == null ? Stream.empty() : rules.probes().stream(),
                        AskedFromOutside.of(there).probes().stream())
                .distinct()
                .limit(NodeTrust.Spec.MAX_PROBES)
                .toList();
        if (there == null
                || !isOf(there, of)
                || there.getSpec().followSecret() != followSecret
                || !there.getSpec().probes().equals(probes)
                || !Objects.equals(
                        there.getSpec().proofSpreadSeconds(),
                        proofSpread(api.trusts().size()))) {
            Map<String, @Nullable Object> change = following(api, there, followSecret, rules);
            change.put("probes", probes.isEmpty() ? null : probes);
            change.put(NODE_UID, of.getMetadata().getUid());
            write(api.client(), node, there, change);
        }
    }

    /** Whether it was said of this very Node, and not of one of the same name that went. */
    static boolean isOf(NodeTrustObject trust, Node node) {
        return Objects.equals(trust.getSpec().nodeUid(), node.getMetadata().getUid());
    }

    /** The endpoints that an object's annotation names; what is none of them is passed over. */
    static List<String> probesNamedBy(@Nullable HasMetadata object) {
        String named = Manifests.annotation(object, Names.PROBE_ANNOTATION);
        return named == null ? List.of() : ProbeEndpoints.read(named).endpoints();
    }

    /**
     * Whether it follows the Secret, and with the first word of it what it waits for: a guarded node that begins to follow
     * takes up the Secret as it was last read, and nothing before it was. From then on {@link SecretGuard} says it.
     */
    private static Map<String, @Nullable Object> following(
            ManagedApi api, @Nullable NodeTrustObject there, boolean followSecret, @Nullable TrustRules rules) {
        Map<String, @Nullable Object> change = Json.object(
                "followSecret",
                followSecret,
                "proofSpreadSeconds",
                proofSpread(api.trusts().size()));
        boolean begins = followSecret && (there == null || !there.getSpec().followSecret());
        if (!followSecret) {
            change.put("secretFingerprint", null);
        } else if (begins && SecretGuard.isGuarded(rules, there, api.secret(Names.SECRET_NAMESPACE))) {
            SecretContent content = api.memory().content();
            change.put("secretFingerprint", (content == null ? SecretContent.NONE : content).fingerprint());
        }
        return change;
    }

    /**
     * Within how many seconds the nodes of a cluster begin their proofs after a change, so that no more than about {@value
     * #PROOFS_A_SECOND} of them ask a registry in one second; null where there are too few for it to matter. In steps of
     * powers of two: else every node that comes would change what all others are told.
     */
    static @Nullable Integer proofSpread(int nodes) {
        if (nodes <= FEW) {
            return null;
        }
        int seconds = Integer.highestOneBit((nodes - 1) / PROOFS_A_SECOND) * 2;
        return Math.min(seconds, NodeTrust.Spec.MAX_PROOF_SPREAD);
    }

    /**
     * What a node that follows the Secret waits for.
     *
     * @param fingerprint null where it takes up everything
     * @param override the set that was let through although endpoints break by it, and by whom; null where none was
     */
    static void awaitSecret(
            KubernetesClient client, String node, @Nullable String fingerprint, @Nullable String override) {
        Map<String, @Nullable Object> change = Json.object("spec", Json.object("secretFingerprint", fingerprint));
        if (override != null) {
            change.put(
                    "metadata",
                    Json.object("annotations", Json.object(Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION, override)));
        }
        client.resources(NodeTrustObject.class).withName(node).patch(Manifests.MERGE, Patches.text(change));
    }

    /**
     * Whether a machine's NodeTrust says what it shall and, where that includes a list, its agent has measured for just
     * that the level which this kind of machine can reach. Where there is no list, there is nothing to wait for. What a
     * proof found is judged apart: it does not lower the level.
     *
     * @param generation of the NodeTrust since which it asks for the same
     */
    static boolean isReached(
            @Nullable NodeTrustObject trust,
            long generation,
            boolean followSecret,
            @Nullable String certificateSet,
            Machine.Kind kind) {
        if (trust == null
                || trust.getSpec().followSecret() != followSecret
                || !Objects.equals(trust.getSpec().certificateSet(), certificateSet)) {
            return false;
        }
        return certificateSet == null || isMeasured(trust, generation, kind.level());
    }

    /**
     * Whether the node's agent has measured, for what the NodeTrust asks for since that generation, this level or a higher
     * one; of no certificate too, which tells that those there were are gone.
     */
    static boolean isMeasured(NodeTrustObject trust, long generation, String wanted) {
        NodeTrust.Status status = trust.getStatus();
        if (status == null
                || status.observedGeneration() < generation
                || (status.problem() != null && !status.problem().reason().equals(TrustProof.REFUTED))) {
            return false;
        }
        String level = NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        return NodeTrust.isAtLeast(level, wanted);
    }

    static void remove(KubernetesClient client, String node) {
        client.resources(NodeTrustObject.class).withName(node).delete();
    }

    private static void write(
            KubernetesClient client,
            String node,
            @Nullable NodeTrustObject there,
            Map<String, @Nullable Object> change) {
        Map<String, @Nullable Object> said = new LinkedHashMap<>(change);
        said.values().removeIf(Objects::isNull);
        if (there == null
                && Manifests.createIfAbsent(client.resource(client.getKubernetesSerialization()
                        .convertValue(
                                Map.of(
                                        "apiVersion",
                                        Names.API_VERSION,
                                        "kind",
                                        NodeTrust.KIND,
                                        "metadata",
                                        Map.of(
                                                "name",
                                                node,
                                                "labels",
                                                Map.of(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)),
                                        "spec",
                                        said),
                                GenericKubernetesResource.class)))) {
            return;
        }
        NodeTrustObject now = client.resources(NodeTrustObject.class)
                .withName(node)
                .patch(Manifests.MERGE, Patches.text(Json.object("spec", change)));
        if (said.containsKey(NODE_UID) && now.getSpec().nodeUid() == null) {
            throw new IllegalStateException("the definition " + CustomResourceDefinitions.nameOf(NodeTrust.PLURAL)
                    + " is an older one and drops spec." + NODE_UID
                    + ", without which nobody knows of which Node a NodeTrust is: kubectl apply -k deploy brings the"
                    + " one of this version");
        }
    }
}
