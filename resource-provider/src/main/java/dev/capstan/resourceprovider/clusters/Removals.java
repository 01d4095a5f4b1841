package dev.capstan.resourceprovider.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.resourceprovider.store.Kind;
import dev.capstan.resourceprovider.store.KubernetesApi;
import dev.capstan.resourceprovider.store.Management;
import dev.capstan.resourceprovider.store.Stored;
import dev.capstan.resourceprovider.wire.ArmAnswer;
import dev.capstan.resourceprovider.wire.ArmFailure;
import dev.capstan.resourceprovider.wire.ArmFailure.Problem;
import dev.capstan.resourceprovider.wire.Json;
import dev.capstan.resources.AgentPool;
import dev.capstan.resources.ClusterEndpoint;
import dev.capstan.resources.Departure;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ManagedCluster.AgentPoolProfile;
import dev.capstan.resources.ManagedCluster.Operation;
import dev.capstan.resources.ManagedCluster.Removal;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import dev.capstan.resources.NodeTrust.TrustedCertificate;
import dev.capstan.resources.TrustTags;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Before a write takes CAs away: which endpoints need them, by what the nodes last proved. CAs go when the list loses
 * them, and from a pool's nodes when the pool no longer follows the Secret. A CA whose new certificate, of the same
 * subject and key, is in the new list goes in no way that an endpoint could notice.
 *
 * <p>Without the removal guard the write goes through, and says so. Where cluster or pool ask for the guard, by the tags as
 * they are or as they shall be, so that no single write takes off both guard and CA, it is refused with all of it, unless
 * the tag {@code capstan-removal-guard-override} names the list as it will be. Nodes are asked only where something goes.
 */
final class Removals {

    private static final String CODE = "RemovalWouldBreakEndpoints";
    private static final String TRUSTS = "/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL;

    private final Management management;
    private final Function<String, ClusterEndpoint> endpoints;
    private final Interceptor tap;
    private final InstantSource clock;
    private final StoredList lists;

    /**
     * A judge of removals.
     *
     * @param endpoints from the object name of a ManagedCluster to its own API
     * @param tap sees every request to such an API
     */
    Removals(Management management, Function<String, ClusterEndpoint> endpoints, Interceptor tap, InstantSource clock) {
        this.management = management;
        this.endpoints = endpoints;
        this.tap = tap;
        this.clock = clock;
        this.lists = new StoredList(clock);
    }

    /**
     * The spec as it may be written: with what is known to break, where that is something.
     *
     * @param wanted the spec that a request asks for, with the operation it begins
     * @param caller who asks
     * @throws ArmFailure 409 where the removal guard holds it back
     */
    ManagedCluster.Spec judged(
            Stored<ManagedCluster.Spec, ManagedCluster.Status> cluster, ManagedCluster.Spec wanted, String caller) {
        ManagedCluster.Spec present = cluster.spec();
        CertificateSet list = lists.set(wanted);
        Departure gone = new Departure(lost(lists.set(present), list), poolsOff(present, wanted));
        ManagedCluster.Status status = cluster.status();
        if (gone.isNothing() || status == null || status.endpoint() == null) {
            return wanted;
        }
        Map<String, String> pools = pools(cluster.name());
        Set<String> guarded = guarded(present, wanted);
        List<EndangeredEndpoint> broken = gone.endangers(anchors(cluster.name(), !guarded.isEmpty()), pools);
        if (broken.isEmpty()) {
            return wanted;
        }
        List<EndangeredEndpoint> held = Departure.held(broken, pools, guarded);
        String fingerprint = list.fingerprint().value();
        boolean isOverridden = overrides(wanted).contains(fingerprint);
        if (!held.isEmpty() && !isOverridden) {
            throw refusal(wanted, held, fingerprint);
        }
        return with(wanted, new Removal(broken, held.isEmpty() ? null : caller));
    }

    /** The answer with one warning for each endpoint that the write breaks. */
    static ArmAnswer warned(ArmAnswer answer, ManagedCluster.Spec written) {
        Operation operation = written.operation();
        Removal removal = operation == null ? null : operation.removal();
        if (removal == null) {
            return answer;
        }
        return Warnings.on(
                answer,
                "capstan",
                removal.endpoints().stream()
                        .map(endpoint -> "this takes a CA away that an endpoint needs: " + endpoint.words())
                        .toList());
    }

    private Set<String> lost(CertificateSet before, CertificateSet after) {
        return before.lostTo(after, clock.instant()).stream()
                .map(certificate -> certificate.identity().hex())
                .collect(Collectors.toSet());
    }

    private static Set<String> poolsOff(ManagedCluster.Spec present, ManagedCluster.Spec wanted) {
        return wanted.agentPoolProfiles().stream()
                .filter(pool -> !Objects.equals(pool.enableCustomCATrust(), true))
                .filter(pool -> ClusterSpecs.find(present.agentPoolProfiles(), pool.name())
                        .filter(before -> Objects.equals(before.enableCustomCATrust(), true))
                        .isPresent())
                .map(Removals::key)
                .collect(Collectors.toSet());
    }

    private static Set<String> guarded(ManagedCluster.Spec present, ManagedCluster.Spec wanted) {
        Set<String> guarded = new HashSet<>();
        for (ManagedCluster.Spec spec : List.of(present, wanted)) {
            TrustTags tags = TrustTags.of(spec.arm());
            spec.agentPoolProfiles().stream()
                    .filter(pool -> tags.and(TrustTags.of(pool.arm())).removalGuard())
                    .forEach(pool -> guarded.add(key(pool)));
        }
        return guarded;
    }

    private static Set<String> overrides(ManagedCluster.Spec wanted) {
        Set<String> overrides = new HashSet<>();
        overrides.add(Objects.requireNonNullElse(TrustTags.of(wanted.arm()).override(), ""));
        wanted.agentPoolProfiles()
                .forEach(pool -> overrides.add(
                        Objects.requireNonNullElse(TrustTags.of(pool.arm()).override(), "")));
        return overrides;
    }

    private static String key(AgentPoolProfile pool) {
        return pool.name().toLowerCase(Locale.ROOT);
    }

    /** Which pool each node of the cluster is of. */
    private Map<String, String> pools(String cluster) {
        Map<String, String> pools = new HashMap<>();
        for (Stored<AgentPool.Spec, AgentPool.Status> pool : management.list(Kind.POOL)) {
            if (pool.spec().cluster().equals(cluster) && pool.status() != null) {
                pool.status()
                        .machines()
                        .forEach(machine ->
                                pools.put(machine.name(), pool.spec().name().toLowerCase(Locale.ROOT)));
            }
        }
        return pools;
    }

    /**
     * What the endpoints of each node were last proven with; nothing where the cluster's API does not answer and nobody
     * asked for the guard.
     */
    private Map<String, Map<String, TrustedCertificate>> anchors(String cluster, boolean isGuarded) {
        Map<String, Map<String, TrustedCertificate>> nodes = new HashMap<>();
        try (KubernetesApi api = KubernetesApi.open(endpoints.apply(cluster), tap)) {
            ObjectNode list = api.get(TRUSTS)
                    .orElseThrow(
                            () -> ArmFailure.unavailable("The cluster's own API does not say what its nodes trust, so"
                                    + " what the removal breaks is not known, and it is guarded. Nothing was changed; try again in a"
                                    + " moment."));
            for (JsonNode item : list.path("items")) {
                if (item.hasNonNull("status")) {
                    nodes.put(
                            item.at("/metadata/name").asText(),
                            EndangeredEndpoint.anchors(Json.as(NodeTrust.Status.class, item.get("status"))));
                }
            }
        } catch (ArmFailure unanswered) {
            if (isGuarded) {
                throw unanswered;
            }
        }
        return nodes;
    }

    private static ArmFailure refusal(ManagedCluster.Spec wanted, List<EndangeredEndpoint> held, String fingerprint) {
        StringBuilder message = new StringBuilder(
                "The removal guard holds this back, and nothing was changed: it takes CAs away that endpoints needed when"
                        + " they were last proven.");
        held.forEach(endpoint -> message.append('\n').append(endpoint.words()).append('.'));
        message.append("\nKeep these CAs until the endpoints have certificates of another one and the nodes have proven"
                        + " it. To go on all the same, send the same change with the tag ")
                .append(Names.REMOVAL_GUARD_OVERRIDE_TAG)
                .append(", which names the list as it will be; with the Azure CLI: --tags ")
                .append(tags(wanted))
                .append(Names.REMOVAL_GUARD_OVERRIDE_TAG)
                .append('=')
                .append(fingerprint);
        return ArmFailure.conflict(
                new Problem(CODE, message.toString(), Certificates.TARGET),
                held.stream()
                        .map(endpoint -> new Problem(CODE, endpoint.words(), endpoint.endpoint()))
                        .toList());
    }

    /** The tags that are to stay, as they are typed: naming tags replaces all of them. */
    private static String tags(ManagedCluster.Spec wanted) {
        Object tags = wanted.arm() == null ? null : wanted.arm().get("tags");
        return tags instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .filter(tag -> !Names.REMOVAL_GUARD_OVERRIDE_TAG.equalsIgnoreCase(String.valueOf(tag.getKey())))
                        .map(tag -> typed(tag.getKey() + "=" + tag.getValue()) + " ")
                        .collect(Collectors.joining())
                : "";
    }

    private static String typed(String word) {
        return word.matches("[A-Za-z0-9_.,:/=@+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static ManagedCluster.Spec with(ManagedCluster.Spec spec, Removal removal) {
        Operation operation = Objects.requireNonNull(spec.operation(), "every write of ARM begins one");
        return spec.with(new Operation(
                operation.id(),
                operation.kind(),
                operation.started(),
                operation.agentPool(),
                operation.abort(),
                removal));
    }
}
