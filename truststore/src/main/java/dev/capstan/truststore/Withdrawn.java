package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which outputs held what is distrusted, before it was: so that it comes back into these and no others when it is trusted
 * again. Kept as notes of the record, {@code was-in IDENTITY PATH} each.
 */
final class Withdrawn {

    private static final String WAS_IN = "was-in ";

    private final Map<Identity, Set<String>> outputs = new TreeMap<>();

    /** What the notes say; other notes are passed over. */
    static Withdrawn parse(Collection<String> notes) {
        Withdrawn withdrawn = new Withdrawn();
        for (String note : notes) {
            if (isNote(note)) {
                int space = note.indexOf(' ', WAS_IN.length());
                withdrawn.add(new Identity(note.substring(WAS_IN.length(), space)), note.substring(space + 1));
            }
        }
        return withdrawn;
    }

    static boolean isNote(String note) {
        return note.startsWith(WAS_IN);
    }

    void add(Identity identity, String output) {
        outputs.computeIfAbsent(identity, none -> new TreeSet<>()).add(output);
    }

    boolean wasIn(Identity identity, String output) {
        return outputs.getOrDefault(identity, Set.of()).contains(output);
    }

    /** The notes of these certificates. */
    Set<String> notes(Collection<Identity> identities) {
        Set<String> notes = new TreeSet<>();
        outputs.forEach((identity, paths) -> {
            if (identities.contains(identity)) {
                for (String path : paths) {
                    notes.add(WAS_IN + identity + " " + path);
                }
            }
        });
        return notes;
    }
}
