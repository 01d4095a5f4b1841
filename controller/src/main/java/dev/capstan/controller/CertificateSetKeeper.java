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
    private final String keeper;
    private final Map<String, Instant> unusedSince = new HashMap<>();
    private @Nullable CertificateList list;

    CertificateSetKeeper(KubernetesClient client, InstantSource clock, Duration kept) {
        this(client, clock, kept, Names.MANAGED_BY);
    }

    /**
     * The sets that one of several controllers keeps in a cluster.
     *
     * @param keeper the label's value that tells them from the others'
     */
    CertificateSetKeeper(KubernetesClient client, InstantSource clock, Duration kept, String keeper) {
        this.keeper = keeper;
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
            Manifests.ensure(client, wanted.manifest(keeper));
        }
        list = wanted;
    }

    /** The list in use, whose set is there; null until one is. */
    synchronized @Nullable CertificateList list() {
        return list;
    }

    /**
     * The certificates of a set as PEM, for a machine that is born with it; empty for none.
     *
     * @throws ReconcileException if there is no such set
     */
    String pem(@Nullable String fingerprint) throws ReconcileException {
        CertificateList now = list();
        if (fingerprint == null) {
            return "";
        }
        if (now != null && fingerprint.equals(now.fingerprint())) {
            return now.certificates().pem();
        }
        CertificateSetObject set = client.resources(CertificateSetObject.class)
                .withName(CertificateSets.nameOf(fingerprint))
                .get();
        if (set == null) {
            throw new ReconcileException(
                    "CertificateSetMissing",
                    "the certificate set " + fingerprint + " is not there; write the list that it came from again");
        }
        return String.join("", set.getSpec().certificates());
    }

    /**
     * Removes the sets that nothing has named for long enough.
     *
     * @param trusts every node trust
     * @param named fingerprints that pools and their machines name
     * @return when to come back, or null if every set is used
     */
    synchronized @Nullable Duration removeUnused(Collection<NodeTrustObject> trusts, Collection<String> named) {
        Set<String> used = new HashSet<>();
        if (list != null && list.fingerprint() != null) {
            used.add(CertificateSets.nameOf(list.fingerprint()));
        }
        trusts.forEach(trust -> used.addAll(named(trust)));
        named.forEach(fingerprint -> used.add(CertificateSets.nameOf(fingerprint)));
        List<String> unused = client
                .resources(CertificateSetObject.class)
                .withLabel(Names.MANAGED_BY_LABEL, keeper)
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

    /** Removes every set of this keeper's, since nobody asks for one any more. */
    synchronized void removeAll() {
        client.resources(CertificateSetObject.class)
                .withLabel(Names.MANAGED_BY_LABEL, keeper)
                .list()
                .getItems()
                .forEach(set -> client.resources(CertificateSetObject.class)
                        .withName(set.getMetadata().getName())
                        .delete());
        unusedSince.clear();
        list = null;
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
