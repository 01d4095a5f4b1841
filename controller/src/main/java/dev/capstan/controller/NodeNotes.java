package dev.capstan.controller;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the controller itself has to say of nodes, beside what their agents say: derived again after each start, and shown
 * in the Node's condition.
 */
final class NodeNotes {

    /** What a note is about; shown in this order. */
    enum About {
        /** A change of the Secret that the removal guard holds back. */
        GUARD,
        /** A restart of the runtime that is not permitted now. */
        RESTART
    }

    private final Map<About, Map<String, String>> notes = new EnumMap<>(About.class);

    /** From now on these are the notes about this, by node; tells the nodes of which something else is said now. */
    synchronized Set<String> replace(About about, Map<String, String> now) {
        Map<String, String> before = notes.put(about, Map.copyOf(now));
        Map<String, String> old = before == null ? Map.of() : before;
        Set<String> changed = new HashSet<>(old.keySet());
        changed.addAll(now.keySet());
        changed.removeIf(node -> Objects.equals(old.get(node), now.get(node)));
        return changed;
    }

    /** What there is to say of a node. */
    synchronized List<String> of(String node) {
        List<String> said = new ArrayList<>();
        notes.values().forEach(about -> {
            String note = about.get(node);
            if (note != null) {
                said.add(note);
            }
        });
        return said;
    }
}
