package dev.capstan.controller;

import dev.capstan.resources.AgentPool;
import dev.capstan.resources.Condition;
import dev.capstan.resources.EndangeredEndpoint;
import dev.capstan.resources.ManagedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a cluster's conditions say, from those of its pools; each counts only for its pool's present generation. */
final class ClusterVerdicts {

    private static final int NAMED_AT_MOST = 5;

    private ClusterVerdicts() {}

    /** {@code Ready}: every pool has its nodes, ready and of its model. */
    static Verdict ready(List<AgentPoolObject> pools) {
        List<String> waiting = new ArrayList<>();
        for (AgentPoolObject pool : pools) {
            Condition ready = Statuses.ready(conditions(pool));
            if (ready == null || ready.observedGeneration() < pool.getMetadata().getGeneration()) {
                waiting.add(name(pool) + ": not yet looked at");
            } else if (!ready.status().equals("True")) {
                waiting.add(name(pool) + ": " + ready.message());
            }
        }
        return waiting.isEmpty()
                ? Verdict.yes("PoolsReady", "every pool has its nodes, ready")
                : Verdict.no("PoolsNotReady", String.join("; ", waiting));
    }

    /** {@code Provisioned}: how the operation stands; it ends when it has ended for every pool. */
    static Verdict provisioned(ManagedClusterObject cluster, AgentPools.Derived pools) {
        long generation = cluster.getMetadata().getGeneration();
        List<String> waiting = new ArrayList<>();
        List<String> canceled = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        String cause = null;
        for (AgentPoolObject pool : pools.wanted()) {
            Condition ended = PoolTurns.ended(pool, generation);
            if (ended == null) {
                waiting.add(name(pool) + ": " + progress(pool));
            } else if (PoolTurns.hasFailed(pool, generation)) {
                cause = Objects.requireNonNullElse(cause, ended.reason());
                failed.add(name(pool) + ": " + ended.message());
            } else if (!ended.status().equals("True")) {
                canceled.add(name(pool) + ": " + ended.message());
            }
        }
        pools.leaving().forEach(pool -> waiting.add(name(pool) + " goes: " + progress(pool)));
        if (!waiting.isEmpty()) {
            return Verdict.unknown(workingReason(cluster), String.join("; ", waiting));
        }
        if (ManagedClusters.isAborted(cluster)) {
            return Verdict.no(
                    Statuses.CANCELED,
                    canceled.isEmpty() ? "aborted; nothing was left to do" : String.join("; ", canceled));
        }
        if (cause != null) {
            failed.addAll(canceled);
            return Verdict.no(cause, String.join("; ", failed));
        }
        return Verdict.yes(Statuses.SUCCEEDED, "every pool is as it was asked for" + broken(cluster));
    }

    /** What the operation was known to break when it was asked for. */
    private static String broken(ManagedClusterObject cluster) {
        ManagedCluster.Operation operation = cluster.getSpec().operation();
        ManagedCluster.Removal removal = operation == null ? null : operation.removal();
        if (removal == null || removal.endpoints().isEmpty()) {
            return "";
        }
        String words = removal.endpoints().stream()
                .limit(NAMED_AT_MOST)
                .map(EndangeredEndpoint::words)
                .collect(Collectors.joining("; "));
        return "; it took CAs away that endpoints needed when they were last proven: " + words
                + (removal.overriddenBy() == null
                        ? ""
                        : "; the removal guard was overridden by " + removal.overriddenBy());
    }

    /** While there is more to do, in a word. */
    static String workingReason(ManagedClusterObject cluster) {
        if (ManagedClusters.isDeleted(cluster)) {
            return Statuses.DELETING;
        }
        if (ManagedClusters.isAborted(cluster)) {
            return Statuses.CANCELING;
        }
        ManagedCluster.Operation operation = cluster.getSpec().operation();
        if (operation == null) {
            return Statuses.workingReason(ManagedClusters.conditions(cluster));
        }
        return switch (operation.kind()) {
            case "Create" -> Statuses.CREATING;
            case "Start" -> Statuses.STARTING;
            case "Stop" -> Statuses.STOPPING;
            default -> Statuses.UPDATING;
        };
    }

    /** What keeps pools from going, in words. */
    static String waitingFor(List<AgentPoolObject> pools) {
        List<String> words = new ArrayList<>();
        pools.forEach(pool -> words.add(name(pool) + ": " + progress(pool)));
        return "waits for its pools to go; " + String.join("; ", words);
    }

    private static String progress(AgentPoolObject pool) {
        Condition provisioned = Statuses.provisioned(conditions(pool));
        return provisioned == null
                        || provisioned.observedGeneration() < pool.getMetadata().getGeneration()
                ? "not yet looked at"
                : provisioned.message();
    }

    private static String name(AgentPoolObject pool) {
        return "pool " + pool.getSpec().name();
    }

    private static List<Condition> conditions(AgentPoolObject pool) {
        return Optional.ofNullable(pool.getStatus())
                .map(AgentPool.Status::conditions)
                .orElse(List.of());
    }
}
