package dev.capstan.controller;

import dev.capstan.resources.CertificateSets;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The CertificateSets of one managed cluster: made when a list begins to be used, removed a while after nothing names
 * them any more. Using and removing exclude each other, so a set never goes in the moment it is taken up again. Sets that
 * somebody else made are left alone.
 */
final class CertificateSetKeeper {

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Duration kept;
    private final Map<String, Instant> unusedSince = new HashMap<>();
    private @Nullable CertificateList list;
    private boolean announced;

    CertificateSetKeeper(KubernetesClient client, InstantSource clock, Duration kept) {
        this.client = client;
        this.clock = clock;
        this.kept = kept;
    }

    /** Makes the list's set if it is not there, and uses the list from now on. */
    synchronized void use(CertificateList wanted) {
        String fingerprint = wanted.fingerprint();
        if (fingerprint != null
                && client.resources(CertificateSetObject.class)
                                .withName(CertificateSets.nameOf(fingerprint))
                                .get()
                        == null) {
            Manifests.ensure(client, wanted.manifest());
        }
        announced = announced && list != null && Objects.equals(list.fingerprint(), fingerprint);
        list = wanted;
    }

    /** Whether all that depends on the list in use was given a turn since it is used. */
    synchronized boolean isAnnounced() {
        return announced;
    }

    /** All that depends on the list in use was given a turn. */
    synchronized void announced() {
        announced = true;
    }

    /** The list in use, whose set is there; null until one is. */
    synchronized @Nullable CertificateList list() {
        return list;
    }

    /**
     * Removes the sets that nothing has named for long enough.
     *
     * @param trusts every node trust
     * @return when to come back, or null if every set is used
     */
    synchronized @Nullable Duration removeUnused(Collection<NodeTrustObject> trusts) {
        Set<String> used = new HashSet<>();
        if (list != null && list.fingerprint() != null) {
            used.add(CertificateSets.nameOf(list.fingerprint()));
        }
        trusts.forEach(trust -> used.addAll(named(trust)));
        List<String> unused = client
                .resources(CertificateSetObject.class)
                .withLabel(Names.MANAGED_BY_LABEL, Names.MANAGED_BY)
                .list()
                .getItems()
                .stream()
                .map(set -> set.getMetadata().getName())
                .filter(name -> !used.contains(name))
                .toList();
        unusedSince.keySet().retainAll(unused);
        Instant now = clock.instant();
        Duration next = null;
        for (String name : unused) {
            Duration left = Duration.between(
                    now, unusedSince.computeIfAbsent(name, ignored -> now).plus(kept));
            if (!left.isPositive()) {
                client.resources(CertificateSetObject.class).withName(name).delete();
                unusedSince.remove(name);
            } else if (next == null || left.compareTo(next) < 0) {
                next = left;
            }
        }
        return next;
    }

    /** Object names of the sets that a node trust names. */
    static List<String> named(NodeTrustObject trust) {
        List<String> names = new ArrayList<>();
        add(names, trust.getSpec().certificateSet());
        NodeTrust.Status status = trust.getStatus();
        if (status != null) {
            add(names, status.wanted());
            add(names, status.written());
            add(names, status.loaded());
            add(names, status.proven());
        }
        return names;
    }

    private static void add(List<String> names, @Nullable String fingerprint) {
        if (fingerprint != null) {
            names.add(CertificateSets.nameOf(fingerprint));
        }
    }
}
