package dev.capstan.truststore;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The steps of a change, put into the order that keeps {@link TrustStore}'s invariants. */
final class Steps {

    /** What a step is for; steps are taken in this order, and those of one phase as they were added. */
    enum Phase {
        /** What would make the distribution's tool work against the change, were it to run in the middle. */
        PREPARE,
        NEW_ANCHORS,
        NEW_LINKS,
        HASH_LINKS,
        OLD_LINKS,
        OLD_ANCHORS,
        /** Files that hold many certificates. */
        FILES,
        /** What is nobody's but ours. */
        OWN
    }

    private final Map<Phase, List<Step>> phases = new EnumMap<>(Phase.class);

    void add(Phase phase, Step step) {
        phases.computeIfAbsent(phase, none -> new ArrayList<>()).add(step);
    }

    List<Step> inOrder() {
        List<Step> all = new ArrayList<>();
        phases.values().forEach(all::addAll);
        return all;
    }
}
