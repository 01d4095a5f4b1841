package dev.capstan.controller;

import dev.capstan.resources.Condition;
import dev.capstan.resources.Names;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of what ARM writes: {@code Ready} says how it is now; {@code Provisioned} how the way to a generation of
 * the spec stands, and once that ended, how it ended: after that it stays as it is until the spec changes.
 */
final class Statuses {

    /** Reasons of {@code Provisioned} while there is more to do. */
    static final String CREATING = "Creating";

    static final String UPDATING = "Updating";
    static final String STARTING = "Starting";
    static final String STOPPING = "Stopping";
    static final String CANCELING = "Canceling";
    static final String DELETING = "Deleting";

    /** Reasons of {@code Provisioned} at the end; every other is the cause of a failure. */
    static final String SUCCEEDED = "Succeeded";

    static final String CANCELED = "Canceled";
    static final String DELETED = "Deleted";

    private static final String UNKNOWN = "Unknown";

    private Statuses() {}

    /** Both conditions. The time of transition is kept while status and, for {@code Provisioned}, generation stay. */
    static List<Condition> of(
            List<Condition> before, Verdict ready, Verdict provisioned, long generation, Instant now) {
        return List.of(
                condition(Names.READY, ready(before), ready, generation, now),
                provisioned(before, provisioned, generation, now));
    }

    /** {@code Provisioned}, as a list of one condition. */
    static Condition provisioned(List<Condition> before, Verdict verdict, long generation, Instant now) {
        Condition old = provisioned(before);
        if (old != null && isEnded(before, generation)) {
            return old;
        }
        boolean isOfGeneration = old != null && old.observedGeneration() == generation;
        return condition(Names.PROVISIONED, isOfGeneration ? old : null, verdict, generation, now);
    }

    private static Condition condition(
            String type, @Nullable Condition old, Verdict verdict, long generation, Instant now) {
        String since = old != null && old.status().equals(verdict.status())
                ? old.lastTransitionTime()
                : now.truncatedTo(ChronoUnit.MILLIS).toString();
        return new Condition(type, verdict.status(), verdict.reason(), verdict.message(), since, generation);
    }

    /** Whether the way to this generation has ended. */
    static boolean isEnded(List<Condition> conditions, long generation) {
        Condition provisioned = provisioned(conditions);
        return provisioned != null
                && provisioned.observedGeneration() == generation
                && !provisioned.status().equals(UNKNOWN);
    }

    /** {@code Creating} until the first way has ended, {@code Updating} on every later one. */
    static String workingReason(List<Condition> before) {
        Condition provisioned = provisioned(before);
        boolean isFirst = provisioned == null
                || (provisioned.status().equals(UNKNOWN) && provisioned.reason().equals(CREATING))
                || provisioned.reason().equals(DELETED);
        return isFirst ? CREATING : UPDATING;
    }

    /** The condition {@code Ready} among these. */
    static @Nullable Condition ready(List<Condition> conditions) {
        return find(conditions, Names.READY);
    }

    /** The condition {@code Provisioned} among these. */
    static @Nullable Condition provisioned(List<Condition> conditions) {
        return find(conditions, Names.PROVISIONED);
    }

    /** A failure as a verdict; its reason if it has one, its words in any case. */
    static Verdict failed(Exception failure) {
        return Verdict.no(failure instanceof ReconcileException e ? e.reason() : "Failed", words(failure));
    }

    /** A failure in words. */
    static String words(Exception failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static @Nullable Condition find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElse(null);
    }
}
