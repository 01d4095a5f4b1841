package dev.capstan.controller;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.resources.AgentPool.TrustRules;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a change of the Secret that takes CAs away. Guarded nodes wait for a fingerprint and get it from here, as
 * {@link GuardDecision} says; while this controller does not run they keep what they have. Every other node takes up the
 * Secret by itself, and what breaks by that is only told. The Secret's content is read where a node is guarded or an
 * endpoint was proven with a CA, and nowhere else.
 */
final class SecretGuard {

    private static final int NODES_TOLD = 20;
    private static final int ENDPOINTS_NAMED = 5;

    private final ManagedApis apis;
    private final NodeOrigins origins;
    private final Events events;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final ControllerConfig.Timing timing;

    SecretGuard(
            ManagedApis apis,
            NodeOrigins origins,
            Events events,
            WorkQueue<Key> queue,
            InstantSource clock,
            ControllerConfig.Timing timing) {
        this.apis = apis;
        this.origins = origins;
        this.events = events;
        this.queue = queue;
        this.clock = clock;
        this.timing = timing;
    }

    /** Whether a node waits for fingerprints: its pool asks for it, here or from outside, or the Secret does for all. */
    static boolean isGuarded(
            @Nullable TrustRules rules, @Nullable NodeTrustObject trust, @Nullable SecretMetadata secret) {
        return (rules != null && rules.removalGuard())
                || AskedFromOutside.of(trust).removalGuard()
                || Names.ENABLED.equals(Manifests.annotation(secret, Names.REMOVAL_GUARD_ANNOTATION));
    }

    void reconcile(String cluster) throws ReconcileException {
        ManagedApi api = apis.get(cluster);
        if (api == null) {
            return;
        }
        SecretMetadata secret = api.secret(Names.SECRET_NAMESPACE);
        List<GuardDecision.Seen> nodes = api.trusts().stream()
                .filter(trust -> trust.getSpec().followSecret())
                .map(trust -> seen(api, trust, secret))
                .toList();
        boolean matters = nodes.stream().anyMatch(node -> node.isGuarded() || node.fingerprint() != null)
                || !api.memory().anchors().isEmpty();
        Map<String, String> notes = Map.of();
        if (matters) {
            SecretContent before = api.memory().content();
            SecretContent content = read(api, secret, before);
            Set<String> renewed = api.memory().renewed(clock.instant());
            if (before != null && !before.fingerprint().equals(content.fingerprint())) {
                tellUnguarded(api, secret, nodes, content.certificates(), renewed);
            }
            GuardDecision decision = GuardDecision.of(
                    nodes,
                    content.certificates(),
                    renewed,
                    Manifests.annotation(secret, Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION));
            carryOut(api, secret, nodes, content, decision);
            notes = notes(nodes, content, decision);
        }
        api.notes().replace(NodeNotes.About.GUARD, notes).forEach(node -> queue.add(new Key.NodeOf(cluster, node)));
    }

    private GuardDecision.Seen seen(ManagedApi api, NodeTrustObject trust, @Nullable SecretMetadata secret) {
        String name = trust.getMetadata().getName();
        TrustRules rules = origins.poolOf(api.cluster(), name)
                .map(pool -> pool.spec().trustRules())
                .orElse(null);
        return new GuardDecision.Seen(
                name, isGuarded(rules, trust, secret), trust.getSpec().secretFingerprint(), trust.getStatus());
    }

    private SecretContent read(ManagedApi api, @Nullable SecretMetadata secret, @Nullable SecretContent before)
            throws ReconcileException {
        String version = secret == null ? "" : secret.getMetadata().getResourceVersion();
        if (before != null && before.resourceVersion().equals(version)) {
            return before;
        }
        SecretContent now = SecretContent.read(api.client(), clock);
        api.memory().saw(now);
        return now;
    }

    private void carryOut(
            ManagedApi api,
            @Nullable SecretMetadata secret,
            List<GuardDecision.Seen> nodes,
            SecretContent content,
            GuardDecision decision) {
        String who = decision.overridden().isEmpty() ? null : content.fingerprint() + overrider(secret);
        if (who != null && secret != null) {
            say(api, secret, Set.of(), overridden(decision, who));
        }
        if (!decision.held().isEmpty() && secret != null) {
            say(api, secret, Set.of(), heldBack(decision, content, true));
        }
        for (GuardDecision.Seen node : nodes) {
            String fingerprint = decision.fingerprints().get(node.name());
            if (!Objects.equals(fingerprint, node.fingerprint())) {
                NodeTrusts.awaitSecret(api.client(), node.name(), fingerprint, who);
            }
        }
        if (who != null) {
            say(api, null, nodesOf(decision.overridden()), overridden(decision, who));
        }
    }

    /** Nodes that are not guarded have taken up the change by themselves, or are about to. */
    private void tellUnguarded(
            ManagedApi api,
            @Nullable SecretMetadata secret,
            List<GuardDecision.Seen> nodes,
            CertificateSet now,
            Set<String> renewed) {
        Map<String, Map<String, TrustedCertificate>> anchors =
                new HashMap<>(api.memory().anchors());
        anchors.keySet()
                .retainAll(nodes.stream()
                        .filter(node -> !node.isGuarded())
                        .map(GuardDecision.Seen::name)
                        .collect(Collectors.toSet()));
        List<EndangeredEndpoint> broken = GuardDecision.broken(anchors, now, renewed);
        if (!broken.isEmpty()) {
            say(
                    api,
                    secret,
                    nodesOf(broken),
                    new Events.Say(
                            true,
                            "RemovalBreaksEndpoints",
                            "the Secret lost CAs that endpoints needed when they were last proven: " + named(broken)));
        }
    }

    private void say(ManagedApi api, @Nullable SecretMetadata secret, Set<String> nodes, Events.Say say) {
        String cause = secret == null ? say.message() : secret.getMetadata().getResourceVersion();
        if (secret != null) {
            events.say(api.client(), SecretReconciler.reference(secret), say, cause);
        }
        nodes.stream()
                .limit(NODES_TOLD)
                .forEach(node -> events.say(api.client(), NodeConditions.reference(node), say, cause));
        queue.addAfter(new Key.Garbage(api.cluster()), timing.event());
    }

    private static Map<String, String> notes(
            List<GuardDecision.Seen> nodes, SecretContent content, GuardDecision decision) {
        Map<String, String> notes = new HashMap<>();
        if (!decision.held().isEmpty()) {
            String note = heldBack(decision, content, false).message();
            nodes.stream()
                    .map(GuardDecision.Seen::name)
                    .filter(node -> decision.fingerprints().get(node) != null
                            && !content.fingerprint()
                                    .equals(decision.fingerprints().get(node)))
                    .forEach(node -> notes.put(node, note));
        }
        return notes;
    }

    private static Events.Say heldBack(GuardDecision decision, SecretContent content, boolean isThere) {
        String adds = decision.adds() == 0
                ? ""
                : "; what it adds, " + (decision.adds() == 1 ? "1 certificate" : decision.adds() + " certificates")
                        + ", waits with it";
        String command = "kubectl annotate --overwrite -n " + Names.SECRET_NAMESPACE + " secret " + Names.SECRET_NAME
                + " " + Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION + "=" + content.fingerprint();
        String create = content.resourceVersion().isEmpty()
                ? "kubectl create secret generic -n " + Names.SECRET_NAMESPACE + " " + Names.SECRET_NAME + " && "
                : "";
        return new Events.Say(
                true,
                "RemovalHeldBack",
                "the removal guard holds the Secret's last change back, since it takes CAs away that endpoints needed when"
                        + " they were last proven: " + named(decision.held()) + adds
                        + (isThere ? ". Guarded nodes keep what they have" : "")
                        + ". Put the CAs back until the endpoints are proven with others, or let it through: " + create
                        + command);
    }

    private static Events.Say overridden(GuardDecision decision, String who) {
        return new Events.Say(
                true,
                "RemovalOverridden",
                "the removal guard let the set " + who
                        + " through, as it was told to; endpoints needed what it lacks when"
                        + " they were last proven: " + named(decision.overridden()));
    }

    private static String named(List<EndangeredEndpoint> endpoints) {
        int more = endpoints.size() - ENDPOINTS_NAMED;
        return endpoints.stream()
                        .limit(ENDPOINTS_NAMED)
                        .map(EndangeredEndpoint::words)
                        .collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    private static Set<String> nodesOf(List<EndangeredEndpoint> endpoints) {
        return endpoints.stream()
                .flatMap(endpoint -> endpoint.nodes().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Who wrote the override and when, as far as the API keeps it (Kubernetes: managedFields). */
    private static String overrider(@Nullable SecretMetadata secret) {
        if (secret == null || secret.getMetadata().getManagedFields() == null) {
            return "";
        }
        return secret.getMetadata().getManagedFields().stream()
                .filter(entry -> owns(entry, Names.REMOVAL_GUARD_OVERRIDE_ANNOTATION))
                .findFirst()
                .map(entry -> " (written by " + entry.getManager() + " at " + entry.getTime() + ")")
                .orElse("");
    }

    private static boolean owns(ManagedFieldsEntry entry, String annotation) {
        return entry.getFieldsV1() != null
                && entry.getFieldsV1().getAdditionalProperties().get("f:metadata") instanceof Map<?, ?> metadata
                && metadata.get("f:annotations") instanceof Map<?, ?> annotations
                && annotations.containsKey("f:" + annotation);
    }
}
