package dev.capstan.controller;

import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import dev.capstan.resources.ResourceGroup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes a resource group with every cluster in it: writes the operation {@code Delete} into each, waits until nothing of
 * them is left, says so, and lets the group stay for a while as a tombstone. A cluster that is written into the group
 * meanwhile goes too, whatever its operation was, and also one that is written into the tombstone: so none stays without
 * its group, although cluster and group are two objects and no write has both. A group that shall stay needs nothing but to be said to be there.
 */
final class ResourceGroupReconciler {

    private final Management management;
    private final WorkQueue<Key> queue;
    private final InstantSource clock;
    private final Duration tombstone;

    ResourceGroupReconciler(Management management, WorkQueue<Key> queue, InstantSource clock, Duration tombstone) {
        this.management = management;
        this.queue = queue;
        this.clock = clock;
        this.tombstone = tombstone;
    }

    void reconcile(String name) {
        ResourceGroupObject group = management.readGroup(name);
        if (group == null || group.isMarkedForDeletion()) {
            return;
        }
        if (group.getSpec().operation() == null) {
            store(group, Verdict.yes(Statuses.SUCCEEDED, "the group is there"));
        } else if (Statuses.isEnded(conditions(group), group.getMetadata().getGeneration())) {
            if (sweep(name)) {
                bury(group);
            }
        } else {
            delete(group);
        }
    }

    private void delete(ResourceGroupObject group) {
        List<ManagedClusterObject> left = management.readClusters().stream()
                .filter(cluster -> isIn(group, cluster))
                .filter(cluster -> !(ManagedClusters.isDeleted(cluster) && ManagedClusters.isEnded(cluster)))
                .toList();
        left.stream()
                .filter(cluster -> !ManagedClusters.isDeleted(cluster) && !cluster.isMarkedForDeletion())
                .forEach(this::delete);
        if (left.isEmpty()) {
            store(group, Verdict.yes(Statuses.DELETED, "no cluster of the group is left"));
            queue.addAfter(new Key.Group(group.getMetadata().getName()), tombstone);
        } else {
            String names = String.join(
                    ", ", left.stream().map(cluster -> cluster.getSpec().name()).toList());
            store(group, Verdict.unknown(Statuses.DELETING, "waits for its clusters to go: " + names));
        }
    }

    /**
     * Deletes what was written into a group that is gone, by a request that had found it open; true where there is no
     * such cluster. The group is read after its clusters: one that was made again meanwhile keeps what is in it.
     */
    private boolean sweep(String name) {
        List<ManagedClusterObject> clusters = management.readClusters();
        ResourceGroupObject group = management.readGroup(name);
        if (group == null
                || group.getSpec().operation() == null
                || !Statuses.isEnded(conditions(group), group.getMetadata().getGeneration())) {
            return false; // written meanwhile: that gives it another turn
        }
        List<ManagedClusterObject> left = clusters.stream()
                .filter(cluster -> isIn(group, cluster))
                .filter(cluster -> !ManagedClusters.isDeleted(cluster) && !cluster.isMarkedForDeletion())
                .toList();
        left.forEach(this::delete);
        return left.isEmpty();
    }

    private void delete(ManagedClusterObject cluster) {
        ManagedCluster.Operation operation = new ManagedCluster.Operation(
                UUID.randomUUID().toString(),
                ManagedClusters.DELETE,
                clock.instant().toString(),
                null,
                null);
        management
                .client()
                .resource(cluster)
                .patch(
                        Manifests.MERGE,
                        Patches.text(Json.object(
                                "metadata",
                                Json.object(
                                        "resourceVersion", cluster.getMetadata().getResourceVersion()),
                                "spec",
                                Json.object("operation", operation))));
    }

    private void bury(ResourceGroupObject group) {
        Condition ended = Objects.requireNonNull(Statuses.provisioned(conditions(group)));
        Duration left = Duration.between(
                clock.instant(), Instant.parse(ended.lastTransitionTime()).plus(tombstone));
        if (left.isPositive()) {
            queue.addAfter(new Key.Group(group.getMetadata().getName()), left);
        } else {
            management.client().resource(group).lockResourceVersion().delete();
        }
    }

    /** ARM ids ignore case. */
    private static boolean isIn(ResourceGroupObject group, ManagedClusterObject cluster) {
        return ManagedClusters.groupId(cluster.getSpec().id())
                .toLowerCase(Locale.ROOT)
                .equals(group.getSpec().id().toLowerCase(Locale.ROOT));
    }

    private static List<Condition> conditions(ResourceGroupObject group) {
        return Optional.ofNullable(group.getStatus())
                .map(ResourceGroup.Status::conditions)
                .orElse(List.of());
    }

    private void store(ResourceGroupObject group, Verdict provisioned) {
        long generation = group.getMetadata().getGeneration();
        ResourceGroup.Status status = new ResourceGroup.Status(
                generation, List.of(Statuses.provisioned(conditions(group), provisioned, generation, clock.instant())));
        if (!status.equals(group.getStatus())) {
            group.setStatus(status);
            management.client().resource(group).updateStatus();
        }
    }
}
