package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open APIs of attached clusters, by the ManagedCluster that stands for each. A cluster is claimed before anything is
 * written in it, by the object {@value #CLAIM} in its own namespace {@code capstan-system}: whoever makes that has it, and
 * no other ManagedCluster, of this control plane or another, works on it until it is given back.
 */
final class AttachedApis implements AutoCloseable {

    /** The cluster is claimed by somebody else. */
    static final String CLAIMED = "ClusterClaimed";

    private static final String CLAIM = "capstan-location";
    private static final String OWNER = "owner";

    private final Clients clients;
    private final InstantSource clock;
    private final Duration unusedSet;
    private final Consumer<String> changed;
    private final Map<String, AttachedApi> open = new HashMap<>();

    /**
     * None yet.
     *
     * @param changed told of a cluster where something changed
     */
    AttachedApis(Clients clients, InstantSource clock, Duration unusedSet, Consumer<String> changed) {
        this.clients = clients;
        this.clock = clock;
        this.unusedSet = unusedSet;
        this.changed = changed;
    }

    /**
     * The API of a cluster, opened and claimed if it was not; anew where the location's address or credential changed.
     *
     * @throws ReconcileException {@code LocationUnreachable}, or {@code ClusterClaimed}
     */
    AttachedApi get(ManagedClusterObject cluster, AttachedLocation location)
            throws ReconcileException, InterruptedException {
        String name = cluster.getMetadata().getName();
        synchronized (this) {
            AttachedApi there = open.get(name);
            if (there != null && there.location().version().equals(location.version())) {
                return there;
            }
        }
        AttachedApi fresh = open(cluster, location);
        AttachedApi before;
        synchronized (this) {
            AttachedApi there = open.get(name);
            if (there != null && there.location().version().equals(location.version())) {
                before = fresh;
                fresh = there;
            } else {
                before = open.put(name, fresh);
            }
        }
        if (before != null) {
            before.close();
        }
        return fresh;
    }

    /** Gives an attached cluster back: nothing of Capstan's list stays there. */
    void release(ManagedClusterObject cluster, AttachedLocation location)
            throws ReconcileException, InterruptedException {
        AttachedApi api;
        try {
            api = get(cluster, location);
            api.check();
        } catch (ReconcileException e) {
            if (e.reason().equals(CLAIMED)) {
                return; // nothing was ever ours there
            }
            throw e;
        }
        api.sets().removeAll();
        api.client()
                .configMaps()
                .inNamespace(Names.SYSTEM_NAMESPACE)
                .withName(CLAIM)
                .delete();
        close(cluster.getMetadata().getName());
    }

    /** Closes a cluster's API; one that is not open is no error. */
    void close(String cluster) {
        AttachedApi api;
        synchronized (this) {
            api = open.remove(cluster);
        }
        if (api != null) {
            api.close();
        }
    }

    @Override
    public synchronized void close() {
        open.values().forEach(AttachedApi::close);
        open.clear();
    }

    private AttachedApi open(ManagedClusterObject cluster, AttachedLocation location)
            throws ReconcileException, InterruptedException {
        String name = cluster.getMetadata().getName();
        KubernetesClient client = clients.open(location.endpoint());
        try {
            AttachedApi api = AttachedApi.open(location, client, clock, unusedSet, () -> changed.accept(name));
            claim(cluster, location, client);
            return api;
        } catch (ReconcileException | InterruptedException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static void claim(ManagedClusterObject cluster, AttachedLocation location, KubernetesClient client)
            throws ReconcileException {
        String uid = cluster.getMetadata().getUid();
        ConfigMap claim = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(CLAIM)
                .withNamespace(Names.SYSTEM_NAMESPACE)
                .addToLabels(Names.MANAGED_BY_LABEL, AttachedApi.KEEPER)
                .endMetadata()
                .addToData(OWNER, uid)
                .addToData("cluster", cluster.getSpec().id())
                .build();
        try {
            if (Manifests.createIfAbsent(client.resource(claim))) {
                return;
            }
            ConfigMap there = client.resource(claim).get();
            Map<String, String> data = there == null ? null : there.getData();
            if (data == null || !uid.equals(data.get(OWNER))) {
                throw new ReconcileException(
                        CLAIMED,
                        "the cluster at location " + location.name()
                                + " has the list of another managed cluster already: "
                                + said(data) + "; delete that one first, or, where it is gone for good: kubectl delete"
                                + " configmap -n " + Names.SYSTEM_NAMESPACE + " " + CLAIM);
            }
        } catch (KubernetesClientException e) {
            throw new ReconcileException(
                    AttachedApi.UNREACHABLE,
                    "location " + location.name() + ": " + AttachedApi.words(location.endpoint(), e),
                    e);
        }
    }

    private static String said(@Nullable Map<String, String> data) {
        return data == null ? "it is not said which" : data.getOrDefault("cluster", "it is not said which");
    }
}
