package dev.capstan.controller;

import dev.capstan.resources.Names;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that one of several controllers holds, read and written as client-go's leader election does, so that kubectl and
 * people read it alike. A Lease may be taken when nobody holds it, or when it did not change for as long as it says it is
 * good, measured by this process since it first saw it so: clocks of two nodes are never compared. Every write names the
 * version that was read, so of two that take it at once one gets it.
 */
final class LeaderLease {

    private final String identity;
    private final Duration duration;
    private @Nullable String seenVersion;
    private long seenSince;
    private @Nullable String holder;

    /**
     * The Lease as nobody has seen it yet.
     *
     * @param identity this process; no other has the same
     * @param duration how long it is good after each renewal
     */
    LeaderLease(String identity, Duration duration) {
        this.identity = identity;
        this.duration = duration;
    }

    /** Who held it when it was last read; empty where nobody did. */
    String holder() {
        return holder == null ? "" : holder;
    }

    /**
     * Renews it, or takes it where that is allowed.
     *
     * @return whether this process holds it
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API does not answer, or somebody else wrote it in
     *     between
     */
    boolean hold(KubernetesClient client) {
        Lease there = client.leases()
                .inNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .withName(Names.CONTROLLER_LEASE)
                .get();
        if (there == null) {
            wrote(client.resource(lease(null)).create());
            return true;
        }
        saw(there);
        if (!holder().equals(identity) && !isFree(there, System.nanoTime() - seenSince)) {
            return false;
        }
        wrote(client.resource(lease(there)).lockResourceVersion().update());
        return true;
    }

    /** Lets go of it, if this process holds it, so that another need not wait for its end. */
    void release(KubernetesClient client) {
        Lease there = client.leases()
                .inNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .withName(Names.CONTROLLER_LEASE)
                .get();
        if (there != null
                && there.getSpec() != null
                && identity.equals(there.getSpec().getHolderIdentity())) {
            there.getSpec().setHolderIdentity("");
            there.getSpec().setLeaseDurationSeconds(1);
            client.resource(there).lockResourceVersion().update();
        }
    }

    /**
     * Whether it may be taken from whoever holds it.
     *
     * @param unchangedNanos for how long it has been seen as it is
     */
    static boolean isFree(Lease lease, long unchangedNanos) {
        LeaseSpec spec = lease.getSpec();
        if (spec == null
                || spec.getHolderIdentity() == null
                || spec.getHolderIdentity().isEmpty()) {
            return true;
        }
        Integer seconds = spec.getLeaseDurationSeconds();
        return unchangedNanos
                >= Duration.ofSeconds(seconds == null ? 0 : seconds).toNanos();
    }

    private void saw(Lease lease) {
        holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        if (!Objects.equals(seenVersion, lease.getMetadata().getResourceVersion())) {
            seenVersion = lease.getMetadata().getResourceVersion();
            seenSince = System.nanoTime();
        }
    }

    private void wrote(Lease lease) {
        saw(lease);
        holder = identity;
    }

    private Lease lease(@Nullable Lease there) {
        LeaseSpec before = there == null ? null : there.getSpec();
        LeaseSpec mine = before != null && identity.equals(before.getHolderIdentity()) ? before : null;
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        int transitions = before == null || before.getLeaseTransitions() == null ? 0 : before.getLeaseTransitions();
        return (there == null ? new LeaseBuilder() : new LeaseBuilder(there))
                .editOrNewMetadata()
                .withName(Names.CONTROLLER_LEASE)
                .withNamespace(Names.CONTROLLER_LEASE_NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds(Math.toIntExact(duration.toSeconds()))
                .withAcquireTime(mine == null ? now : mine.getAcquireTime())
                .withRenewTime(now)
                .withLeaseTransitions(before == null || mine != null ? transitions : transitions + 1)
                .endSpec()
                .build();
    }
}
