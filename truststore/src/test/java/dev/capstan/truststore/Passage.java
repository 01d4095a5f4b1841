package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What every reader may and must find while a store goes from one content to another, and when it has arrived: contents
 * with the distribution's certificates.
 */
record Passage(Set<Identity> old, Set<Identity> wanted) {

    /** While any of these contents is written over any other, in any order. */
    static Passage among(Collection<Certificate> stock, Collection<? extends Collection<Certificate>> contents) {
        Set<Identity> all = union(stock, List.of());
        Set<Identity> always = null;
        for (Collection<Certificate> content : contents) {
            Set<Identity> these = union(stock, content);
            all.addAll(these);
            if (always == null) {
                always = these;
            } else {
                always.retainAll(these);
            }
        }
        return new Passage(all, always == null ? all : always);
    }

    static Passage of(Collection<Certificate> stock, Collection<Certificate> old, Collection<Certificate> wanted) {
        return between(stock, old, stock, wanted);
    }

    /** Where the stock changes too: some of it is distrusted. */
    static Passage between(
            Collection<Certificate> oldStock,
            Collection<Certificate> old,
            Collection<Certificate> stock,
            Collection<Certificate> wanted) {
        return new Passage(union(oldStock, old), union(stock, wanted));
    }

    private static Set<Identity> union(Collection<Certificate> some, Collection<Certificate> others) {
        Set<Identity> identities = new TreeSet<>();
        some.forEach(certificate -> identities.add(certificate.identity()));
        others.forEach(certificate -> identities.add(certificate.identity()));
        return identities;
    }

    /** Nothing short of what both contents have, nothing that neither has, nothing doubled, cut or astray. */
    void isUnderWay(Readers readers, String when) throws IOException {
        List<Identity> bundle = readers.bundle();
        assertThat(bundle).as("the bundle, " + when).doesNotHaveDuplicates();
        staysBetween(bundle, "the bundle, " + when);
        staysBetween(readers.byHash(), "the hash links, " + when);
        staysBetween(readers.go(), "what Go trusts, " + when);
        assertThat(readers.strays()).as("files where Go reads, " + when).isEmpty();
        if (readers.hasKeystore()) {
            staysBetween(readers.java().values(), "the Java keystore, " + when);
        }
    }

    /** The same as {@link #isUnderWay}, and a run of the distribution's tool would bring nothing back that is gone. */
    void isInterrupted(Readers readers, String when) throws IOException {
        isUnderWay(readers, when);
        nothingIsBack(readers.bundle(), readers.anchors(), "what left the bundle has left the anchors, " + when);
    }

    /** What shall go and was not found any more is not found later. */
    void nothingIsBack(Collection<Identity> before, Collection<Identity> now, String what) {
        Set<Identity> back = new TreeSet<>(old);
        back.removeAll(wanted);
        back.removeAll(before);
        back.retainAll(now);
        assertThat(back).as(what).isEmpty();
    }

    /** Every reader finds what was wanted and nothing else. */
    void isOver(Readers readers, String when) throws IOException {
        assertThat(readers.bundle())
                .as("the bundle, " + when)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(readers.byHash()).as("the hash links, " + when).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(readers.go()).as("what Go trusts, " + when).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(readers.strays()).as("files where Go reads, " + when).isEmpty();
        if (readers.hasKeystore()) {
            Map<String, Identity> java = readers.java();
            assertThat(java.values()).as("the Java keystore, " + when).containsExactlyInAnyOrderElementsOf(wanted);
            assertThat(java.keySet())
                    .as("its aliases, " + when)
                    .allMatch(
                            alias -> alias.matches("debian:.*\\.pem") && alias.equals(alias.toLowerCase(Locale.ROOT)));
        }
    }

    private void staysBetween(Collection<Identity> found, String what) {
        List<Identity> missing = new ArrayList<>(old);
        missing.retainAll(wanted);
        missing.removeAll(found);
        assertThat(missing).as("missing from " + what).isEmpty();
        List<Identity> surplus = new ArrayList<>(found);
        surplus.removeAll(old);
        surplus.removeAll(wanted);
        assertThat(surplus).as("unasked for in " + what).isEmpty();
    }
}
