package dev.capstan.controller;

import dev.capstan.resources.Condition;
import dev.capstan.resources.ManagedCluster;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is read off a ManagedCluster. */
final class ManagedClusters {

    static final String DELETE = "Delete";
    private static final String PROVIDERS = "/providers/";

    private ManagedClusters() {}

    /** Whether ARM deleted the cluster: what is there of it goes, and its object stays as a tombstone for a while. */
    static boolean isDeleted(ManagedClusterObject cluster) {
        ManagedCluster.Operation operation = cluster.getSpec().operation();
        return operation != null && operation.kind().equals(DELETE);
    }

    /** Whether the operation was aborted. What is being deleted is not called back. */
    static boolean isAborted(ManagedClusterObject cluster) {
        ManagedCluster.Operation operation = cluster.getSpec().operation();
        return operation != null && operation.abort() != null && !isDeleted(cluster);
    }

    /** Whether the way to what is wanted now has ended. */
    static boolean isEnded(ManagedClusterObject cluster) {
        return Statuses.isEnded(conditions(cluster), cluster.getMetadata().getGeneration());
    }

    static List<Condition> conditions(ManagedClusterObject cluster) {
        return Optional.ofNullable(cluster.getStatus())
                .map(ManagedCluster.Status::conditions)
                .orElse(List.of());
    }

    /** The operations that ended last, the newest first. */
    static List<ManagedCluster.EndedOperation> operations(ManagedClusterObject cluster) {
        return Optional.ofNullable(cluster.getStatus())
                .map(ManagedCluster.Status::operations)
                .orElse(List.of());
    }

    /** ARM id of the cluster's resource group, from the cluster's own. */
    static String groupId(String clusterId) {
        int end = clusterId.toLowerCase(Locale.ROOT).indexOf(PROVIDERS);
        return end < 0 ? clusterId : clusterId.substring(0, end);
    }
}
