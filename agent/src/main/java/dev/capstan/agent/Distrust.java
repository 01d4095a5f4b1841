package dev.capstan.agent;

import dev.capstan.certificates.Identity;
import dev.capstan.resources.NodeTrust;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the node's NodeTrust says shall leave its store, whoever put it there.
 *
 * @param identities what is distrusted
 * @param unreadable what was written in its place and is no identity
 */
record Distrust(SortedSet<Identity> identities, List<String> unreadable) {

    /** Nothing is distrusted. */
    static final Distrust NONE = of(List.of());

    private static final String FIELD = "NodeTrust.spec.distrusted";

    Distrust {
        identities = Collections.unmodifiableSortedSet(new TreeSet<>(identities));
        unreadable = List.copyOf(unreadable);
    }

    /** What is written in the NodeTrust. The API checks it too; a text that got past it anyway is told, never dropped. */
    static Distrust of(Collection<String> texts) {
        SortedSet<Identity> identities = new TreeSet<>();
        List<String> unreadable = new ArrayList<>();
        for (String text : texts) {
            try {
                identities.add(new Identity(text));
            } catch (IllegalArgumentException notOne) {
                unreadable.add(text);
            }
        }
        return new Distrust(identities, unreadable);
    }

    /** What is to be said of it to who gave the node these certificates: distrust wins over list and Secret. */
    List<NodeTrust.StatusFinding> findings(NodeSet set) {
        List<NodeTrust.StatusFinding> findings = new ArrayList<>();
        for (String text : unreadable) {
            findings.add(new NodeTrust.StatusFinding(
                    "not-an-identity",
                    "error",
                    FIELD,
                    "'" + text + "' is no certificate's identity, so it distrusts nothing.",
                    "Write the SHA-256 of the certificate's DER encoding as 64 lower-case hexadecimal digits."));
        }
        for (NodeSet.Entry entry : set.entries()) {
            if (identities.contains(entry.certificate().identity())) {
                entry.sources()
                        .forEach(source -> findings.add(new NodeTrust.StatusFinding(
                                "distrusted",
                                "error",
                                source,
                                entry.certificate().subject() + " ("
                                        + entry.certificate().identity()
                                        + ") is distrusted on this node, so it is left out.",
                                "Take it out of " + FIELD + " of this node, or out of " + source + ".")));
            }
        }
        return findings;
    }
}
