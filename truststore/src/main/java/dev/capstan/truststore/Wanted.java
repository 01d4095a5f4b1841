package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is asked of a trust store: these certificates of ours shall be in it, and those that are distrusted shall not,
 * whoever put them there.
 *
 * @param certificates ours; none of the distrusted is among them, since distrust wins
 * @param distrusted what no reader of the store shall find
 */
public record Wanted(CertificateSet certificates, SortedSet<Identity> distrusted) {

    private static final Wanted NOTHING = of(CertificateSet.empty());

    public Wanted {
        distrusted = Collections.unmodifiableSortedSet(new TreeSet<>(distrusted));
        certificates = without(certificates, distrusted);
    }

    private static CertificateSet without(CertificateSet certificates, Set<Identity> distrusted) {
        List<Certificate> rest = new ArrayList<>();
        for (Certificate certificate : certificates.certificates()) {
            if (!distrusted.contains(certificate.identity())) {
                rest.add(certificate);
            }
        }
        return rest.size() == certificates.size() ? certificates : CertificateSet.of(rest);
    }

    /** These certificates, and nothing is distrusted. */
    public static Wanted of(CertificateSet certificates) {
        return new Wanted(certificates, Collections.emptySortedSet());
    }

    /** These certificates without the distrusted. */
    public static Wanted of(CertificateSet certificates, Collection<Identity> distrusted) {
        return new Wanted(certificates, new TreeSet<>(distrusted));
    }

    /** No certificate of ours, and nothing is distrusted. */
    public static Wanted nothing() {
        return NOTHING;
    }

    /** The set's own where nothing is distrusted, else one over both. */
    public Fingerprint fingerprint() {
        return distrusted.isEmpty() ? certificates.fingerprint() : Fingerprint.of(identities(), distrusted);
    }

    /** Those of {@link #certificates}, sorted. */
    SortedSet<Identity> identities() {
        SortedSet<Identity> identities = new TreeSet<>();
        for (Certificate certificate : certificates.certificates()) {
            identities.add(certificate.identity());
        }
        return identities;
    }

    @Override
    public String toString() {
        return distrusted.isEmpty()
                ? certificates.toString()
                : fingerprint() + " (" + certificates.size() + " certificates, " + distrusted.size() + " distrusted)";
    }
}
