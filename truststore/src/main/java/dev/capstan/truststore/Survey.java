package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/**
 * A store as it was looked at once, and what follows from that. Whether the store is what was asked for, what is the
 * matter with it, what an apply would do and what it does is one and the same list of steps; a store is right when the
 * list is empty.
 */
interface Survey {

    /** What has to be done to bring the store to this, in the order of the transaction. */
    List<Step> toward(Wanted wanted) throws IOException;

    /** What has to be done to leave the store as the family's tool alone would make it, and nothing of ours in it. */
    List<Step> towardNothing() throws IOException;

    /** What of ours some anchor or output holds. */
    SortedSet<Identity> present() throws IOException;

    /** Those of these that every output holds as ours. */
    SortedSet<Identity> agreed(Wanted wanted) throws IOException;

    /** Those of these that some output holds, whoever put them there. */
    SortedSet<Identity> held(Collection<Identity> identities) throws IOException;

    /** What later surveys have to know when the store is brought to this, and no file of it says; a line each. */
    Set<String> notes(Wanted wanted);

    /** Every certificate. */
    Inventory inventory() throws IOException;

    /** What of others is odd, a sentence each. */
    List<String> remarks();
}
