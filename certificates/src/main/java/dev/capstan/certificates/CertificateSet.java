package dev.capstan.certificates;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Certificates, de-duplicated and sorted by identity. Two sets with the same {@link #fingerprint()} hold the same
 * certificates.
 */
public final class CertificateSet {

    private static final CertificateSet EMPTY = new CertificateSet(List.of());

    private final List<Certificate> certificates;
    private final Fingerprint fingerprint;

    private CertificateSet(List<Certificate> sorted) {
        this.certificates = sorted;
        this.fingerprint =
                Fingerprint.of(sorted.stream().map(Certificate::identity).toList());
    }

    /** The set with nothing in it. */
    public static CertificateSet empty() {
        return EMPTY;
    }

    /** The set of these certificates; repeated ones count once. */
    public static CertificateSet of(Collection<Certificate> certificates) {
        return certificates.isEmpty() ? EMPTY : new CertificateSet(List.copyOf(new TreeSet<>(certificates)));
    }

    /** What is in this set, in the other, or in both. */
    public CertificateSet union(CertificateSet other) {
        List<Certificate> all = new ArrayList<>(certificates);
        all.addAll(other.certificates);
        return of(all);
    }

    /** The certificates, sorted by identity. */
    public List<Certificate> certificates() {
        return certificates;
    }

    public boolean contains(Identity identity) {
        return certificates.stream()
                .anyMatch(certificate -> certificate.identity().equals(identity));
    }

    /**
     * Whether it has another certificate of the same CA, one that is valid now, so that what ended in the old one ends in it.
     */
    public boolean renews(Certificate old, Instant now) {
        return certificates.stream()
                .anyMatch(other -> old.hasSameSubjectAndKey(other)
                        && other.notAfter().isAfter(now)
                        && !other.notBefore().isAfter(now));
    }

    /** What goes when the other set takes this one's place, in a way that anybody could notice: what is not in it and not renewed. */
    public List<Certificate> lostTo(CertificateSet next, Instant now) {
        return certificates.stream()
                .filter(certificate -> !next.contains(certificate.identity()) && !next.renews(certificate, now))
                .toList();
    }

    public boolean isEmpty() {
        return certificates.isEmpty();
    }

    public int size() {
        return certificates.size();
    }

    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /** All certificates as {@link Certificate#pem()} writes them, one after the other. */
    public String pem() {
        StringBuilder text = new StringBuilder();
        certificates.forEach(certificate -> text.append(certificate.pem()));
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateSet that && fingerprint.equals(that.fingerprint);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    @Override
    public String toString() {
        return fingerprint + " (" + certificates.size()
                + (certificates.size() == 1 ? " certificate)" : " certificates)");
    }
}
