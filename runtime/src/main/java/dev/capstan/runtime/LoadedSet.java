package dev.capstan.runtime;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which set a running process trusts. What it reads once it reads lazily, at its first handshake, whenever that is: so any
 * state there has been since the process started may be what it has, and
 *
 * <ul>
 *   <li>whatever left since then it may <em>still trust</em>, unless it is there again;
 *   <li>whatever came since then it may <em>not know yet</em>, unless it is gone again or is shown at every pull.
 * </ul>
 *
 * <p>If there is neither, the set is known. What came and left is told by the records of {@link StoreMoves} and
 * {@link KeptRoots}. The store's own history is held against them: it knows of changes that somebody made without a record.
 */
final class LoadedSet {

    private static final int NAMED_AT_MOST = 5;

    private final KeptRoots roots;
    private final StoreMoves store;
    private final ShownSet shown;
    private final String bootId;

    LoadedSet(KeptRoots roots, StoreMoves store, ShownSet shown, String bootId) {
        this.roots = roots;
        this.store = store;
        this.shown = shown;
        this.bootId = bootId;
    }

    /**
     * What this process trusts.
     *
     * @param found its lane, without obstacles
     * @param history the trust store's completed writes, oldest first
     * @param distrusted what it shall not trust
     */
    Loaded of(Lanes.Found found, RuntimeProcess process, List<StoreWrite> history, SortedSet<Identity> distrusted)
            throws IOException {
        boolean ownRoots = found.roots() == Lanes.Roots.OURS;
        SortedMap<Identity, byte[]> held = new TreeMap<>();
        SortedMap<Identity, NamedCertificate> left =
                ownRoots ? left(roots.record(), process) : left(store.record(), process);
        SortedMap<Identity, NamedCertificate> came =
                ownRoots ? came(roots.record(), process) : came(store.record(), process);
        if (!left.isEmpty() || !came.isEmpty() || !distrusted.isEmpty()) {
            held.putAll(ownRoots ? roots.now() : store.bundle());
            left.keySet().removeAll(held.keySet());
            came.keySet().retainAll(held.keySet());
        }
        for (Identity identity : distrusted) {
            byte[] der = held.get(identity);
            if (der != null) {
                left.put(identity, new NamedCertificate(identity, PemIdentities.subject(identity, der)));
            }
        }
        return switch (found.choice().lane()) {
            case ISOLATED -> atEveryPull(found, process, left, Set.of(), distrusted, List.of());
            case ADDITIVE -> atEveryPull(found, process, left, came.keySet(), distrusted, unrecorded(process, history));
            case RESTART, NONE -> once(ownRoots, process, left, came, history);
        };
    }

    /** What came to the roots of lane Isolated and this process may not know: harmless, and worth saying. */
    List<NamedCertificate> news(RuntimeProcess process) throws IOException {
        SortedMap<Identity, NamedCertificate> came = came(roots.record(), process);
        if (!came.isEmpty()) {
            came.keySet().retainAll(roots.now().keySet());
        }
        return List.copyOf(came.values());
    }

    /** A few names, as words. */
    static String names(Collection<NamedCertificate> certificates) {
        String more =
                certificates.size() > NAMED_AT_MOST ? " and " + (certificates.size() - NAMED_AT_MOST) + " more" : "";
        return certificates.stream()
                        .limit(NAMED_AT_MOST)
                        .map(NamedCertificate::toString)
                        .collect(Collectors.joining(", "))
                + more;
    }

    /** A runtime that reads our set at every pull, beside the roots it has read once. */
    private Loaded atEveryPull(
            Lanes.Found found,
            RuntimeProcess process,
            SortedMap<Identity, NamedCertificate> left,
            Set<Identity> came,
            SortedSet<Identity> distrusted,
            List<Fingerprint> unrecorded)
            throws IOException {
        String directory = found.showIn().orElse(RuntimeLayout.DEFAULT_DIRECTORY);
        CertificateSet set = shown.read(directory);
        SortedSet<Identity> identities = new TreeSet<>(
                set.certificates().stream().map(Certificate::identity).toList());
        left.keySet().removeAll(identities);
        List<NamedCertificate> unknown = new ArrayList<>();
        store.record().inForce(TrustRecord.Kind.RESTORED).values().stream()
                .filter(certificate ->
                        came.contains(certificate.identity()) && !identities.contains(certificate.identity()))
                .forEach(unknown::add);
        if (!left.isEmpty() || !unknown.isEmpty() || !unrecorded.isEmpty()) {
            return stale(process, left.values(), unknown, unrecorded);
        }
        return new Loaded.Known(
                Fingerprint.of(identities, distrusted),
                process + ", has read nothing else of ours and reads " + directory + "/" + RuntimeLayout.OUR_FILE
                        + " at every pull");
    }

    /** A runtime that reads everything once. */
    private Loaded once(
            boolean ownRoots,
            RuntimeProcess process,
            SortedMap<Identity, NamedCertificate> left,
            SortedMap<Identity, NamedCertificate> came,
            List<StoreWrite> history)
            throws IOException {
        Fingerprint atStart = Fingerprint.EMPTY;
        @Nullable Fingerprint other = null;
        for (StoreWrite write : history) {
            if (!isSince(write, process)) {
                atStart = write.fingerprint();
            } else if (!write.fingerprint().equals(atStart)) {
                other = write.fingerprint();
            }
        }
        if (ownRoots) {
            // They follow the store: what is not in them yet nobody has read from them.
            SortedMap<Identity, NamedCertificate> ours = store.record().inForce(TrustRecord.Kind.CAME);
            ours.keySet().removeAll(roots.now().keySet());
            came.putAll(ours);
            other = null;
            atStart = history.isEmpty() ? Fingerprint.EMPTY : history.getLast().fingerprint();
        }
        if (other != null || !left.isEmpty() || !came.isEmpty()) {
            return stale(process, left.values(), came.values(), other == null ? List.of() : List.of(other));
        }
        return new Loaded.Known(atStart, "the trust store has held this set since before " + process + ", started");
    }

    private static Loaded stale(
            RuntimeProcess process,
            Collection<NamedCertificate> left,
            Collection<NamedCertificate> came,
            List<Fingerprint> unrecorded) {
        List<String> words = new ArrayList<>();
        if (!left.isEmpty()) {
            words.add("may still trust what the node trusts no more: " + names(left));
        }
        if (!came.isEmpty()) {
            words.add("may not know yet: " + names(came));
        }
        if (words.isEmpty()) {
            words.add("may have read another set than the one that is there now: " + unrecorded.getLast());
        }
        return new Loaded.Stale(
                List.copyOf(left),
                List.copyOf(came),
                process + ", started before the trust store last changed, reads it once and "
                        + String.join(", and ", words) + "; run systemctl restart "
                        + process.kind().unit());
    }

    /** The sets the store has held since the process started and of which no record has the names. */
    private List<Fingerprint> unrecorded(RuntimeProcess process, List<StoreWrite> history) throws IOException {
        Set<Fingerprint> recorded =
                store.record().sets().stream().map(StoreWrite::fingerprint).collect(Collectors.toSet());
        recorded.add(Fingerprint.EMPTY);
        List<Fingerprint> unrecorded = new ArrayList<>();
        for (StoreWrite write : history) {
            if (!isSince(write, process)) {
                // What was there last when it started.
                unrecorded.clear();
            }
            if (!recorded.contains(write.fingerprint())) {
                unrecorded.add(write.fingerprint());
            }
        }
        return unrecorded;
    }

    private boolean isSince(StoreWrite write, RuntimeProcess process) {
        return write.bootId().equals(bootId) && write.bootNanos() >= process.startedBootNanos();
    }

    private SortedMap<Identity, NamedCertificate> left(TrustRecord record, RuntimeProcess process) {
        return record.left(bootId, process.startedBootNanos());
    }

    private SortedMap<Identity, NamedCertificate> came(TrustRecord record, RuntimeProcess process) {
        return record.came(bootId, process.startedBootNanos());
    }
}
