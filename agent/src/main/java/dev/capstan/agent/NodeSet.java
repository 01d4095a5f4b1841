package dev.capstan.agent;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import dev.capstan.certificates.Place;
import dev.capstan.certificates.Reading;
import dev.capstan.truststore.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The certificates of one node with where each came from, {@code list} or {@code secret/KEY}, and what the node distrusts.
 * Immutable; equal where the certificates, their sources and what is distrusted are.
 */
public final class NodeSet {

    /** The source of the list's certificates. */
    public static final String LIST = "list";

    /** Begins the source of a Secret's certificate; its key follows. */
    public static final String SECRET = "secret/";

    private static final NodeSet EMPTY = new NodeSet(List.of(), Collections.emptySortedSet());

    private final List<Entry> entries;
    private final CertificateSet certificates;
    private final Wanted wanted;

    /**
     * A certificate and its sources.
     *
     * @param certificate the certificate
     * @param sources sorted, at least one
     */
    public record Entry(Certificate certificate, List<String> sources) {

        /** Sorts and copies the sources. */
        public Entry {
            sources = List.copyOf(new TreeSet<>(sources));
        }
    }

    private NodeSet(Collection<Entry> sorted, Collection<Identity> distrusted) {
        this.entries = List.copyOf(sorted);
        this.certificates =
                CertificateSet.of(entries.stream().map(Entry::certificate).toList());
        this.wanted = Wanted.of(certificates, distrusted);
    }

    /** The set with nothing in it. */
    public static NodeSet empty() {
        return EMPTY;
    }

    /** These certificates; the sources of one that is named twice come together. */
    public static NodeSet of(Collection<Entry> entries) {
        Map<Identity, Entry> merged = new TreeMap<>();
        for (Entry entry : entries) {
            merged.merge(entry.certificate().identity(), entry, (one, other) -> {
                Set<String> both = new TreeSet<>(one.sources());
                both.addAll(other.sources());
                return new Entry(one.certificate(), List.copyOf(both));
            });
        }
        return new NodeSet(merged.values(), Collections.emptySortedSet());
    }

    /** The list, as it was read. */
    static NodeSet ofList(Reading reading) {
        return of(reading.certificates().stream()
                .map(found -> new Entry(found.certificate(), List.of(LIST)))
                .toList());
    }

    /** The Secret, as it was read. */
    static NodeSet ofSecret(Reading reading) {
        return of(reading.certificates().stream()
                .map(found -> new Entry(
                        found.certificate(), List.of(SECRET + found.place().entry())))
                .toList());
    }

    /** Where a source is, for findings. */
    static Place place(String source) {
        return source.startsWith(SECRET)
                ? Place.of(SecretPart.PLACE).entry(source.substring(SECRET.length()))
                : Place.of(source);
    }

    /** What is in this set, in the other, or in both; what this one distrusts. */
    NodeSet union(NodeSet other) {
        List<Entry> all = new ArrayList<>(entries);
        all.addAll(other.entries);
        return of(all).distrusting(distrusted());
    }

    /** The same certificates, and exactly these are distrusted. */
    NodeSet distrusting(Collection<Identity> identities) {
        return new NodeSet(entries, identities);
    }

    /** What is distrusted, whether or not it is among the certificates. */
    SortedSet<Identity> distrusted() {
        return wanted.distrusted();
    }

    /** What the node's store shall hold: the certificates without what is distrusted. */
    Wanted wanted() {
        return wanted;
    }

    /** The part that came from the list. */
    NodeSet list() {
        return only(LIST);
    }

    /** The part that came from the Secret. */
    NodeSet secret() {
        return only(SECRET);
    }

    /** Every certificate with its sources, sorted by identity. */
    public List<Entry> entries() {
        return entries;
    }

    /** The certificates, what is distrusted among them. */
    public CertificateSet certificates() {
        return certificates;
    }

    private NodeSet only(String prefix) {
        return of(entries.stream()
                .map(entry -> new Entry(
                        entry.certificate(),
                        entry.sources().stream()
                                .filter(source -> source.startsWith(prefix))
                                .toList()))
                .filter(entry -> !entry.sources().isEmpty())
                .toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeSet that && entries.equals(that.entries) && wanted.equals(that.wanted);
    }

    @Override
    public int hashCode() {
        return certificates.hashCode();
    }

    @Override
    public String toString() {
        return wanted.toString();
    }
}
