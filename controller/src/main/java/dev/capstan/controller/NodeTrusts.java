package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.TrustProof;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the specs of NodeTrusts, and only those members of them that it is asked to. {@code distrusted} is never among
 * them: it is an administrator's, stays on the node where it was written, and goes with it.
 */
final class NodeTrusts {

    private static final int PROOFS_A_SECOND = 20;
    private static final int FEW = 50;

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
        Map<String, @Nullable Object> change = following(api, spec, pool.enableCustomCATrust(), rules);
        change.put("certificateSet", certificateSet);
        change.put("probes", probes.isEmpty() ? null : probes);
        write(api.client(), node, there, change);
    }

    /** Whether a node that Capstan did not make follows the Secret: said by its label. The rest of the spec is left. */
    static void ensureOfLabel(ManagedApi api, String node, boolean followSecret) {
        NodeTrustObject there = api.trust(node);
        NodeTrust.Spec spec = there == null ? null : there.getSpec();
        if (spec == null
                || spec.followSecret() != followSecret
                || !Objects.equals(
                        spec.proofSpreadSeconds(), proofSpread(api.trusts().size()))) {
            write(api.client(), node, there, following(api, spec, followSecret, null));
        }
    }

    /**
     * Whether it follows the Secret, and with the first word of it what it waits for: a guarded node that begins to follow
     * takes up the Secret as it was last read, and nothing before it was. From then on {@link SecretGuard} says it.
     */
    private static Map<String, @Nullable Object> following(
            ManagedApi api, NodeTrust.@Nullable Spec there, boolean followSecret, @Nullable TrustRules rules) {
        Map<String, @Nullable Object> change = Json.object(
                "followSecret",
                followSecret,
                "proofSpreadSeconds",
                proofSpread(api.trusts().size()));
        boolean begins = followSecret && (there == null || !there.followSecret());
        if (!followSecret) {
            change.put("secretFingerprint", null);
        } else if (begins && SecretGuard.isGuarded(rules, api.secret(Names.SECRET_NAMESPACE))) {
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
        if (certificateSet == null) {
            return true;
        }
        NodeTrust.Status status = trust.getStatus();
        if (status == null
                || status.observedGeneration() < generation
                || (status.problem() != null && !status.problem().reason().equals(TrustProof.REFUTED))) {
            return false;
        }
        String level = NodeTrust.levelOf(status.wanted(), status.written(), status.loaded(), status.proven());
        return NodeTrust.isAtLeast(level, kind.level());
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
        client.resources(NodeTrustObject.class)
                .withName(node)
                .patch(Manifests.MERGE, Patches.text(Json.object("spec", change)));
    }
}
