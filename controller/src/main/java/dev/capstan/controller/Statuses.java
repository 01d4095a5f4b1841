package dev.capstan.controller;

import dev.capstan.resources.Condition;
import dev.capstan.resources.Names;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The condition {@code Ready} of ManagedClusters and AgentPools. */
final class Statuses {

    private Statuses() {}

    /** The verdict as a list of one condition; the time of transition is kept while the status stays the same. */
    static List<Condition> ready(List<Condition> before, Verdict verdict, long generation, Instant now) {
        Condition old = of(before);
        String since = old != null && old.status().equals(verdict.status())
                ? old.lastTransitionTime()
                : now.truncatedTo(ChronoUnit.SECONDS).toString();
        return List.of(
                new Condition(Names.READY, verdict.status(), verdict.reason(), verdict.message(), since, generation));
    }

    /** The condition {@code Ready} among these. */
    static @Nullable Condition of(List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(Names.READY))
                .findFirst()
                .orElse(null);
    }

    /** A failure as a verdict; its reason if it has one, its words in any case. */
    static Verdict failed(Exception failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return Verdict.no(failure instanceof ReconcileException e ? e.reason() : "Failed", message);
    }
}
