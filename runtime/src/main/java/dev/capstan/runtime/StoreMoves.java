package dev.capstan.runtime;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import dev.capstan.runtime.TrustRecord.Kind;
import dev.capstan.runtime.TrustRecord.Move;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What of ours came to the trust store and left it, and what left it because it is distrusted, recorded by name around each
 * change of the store. The store's own history knows when which set was held, by fingerprint alone; the record adds the
 * names, and the history shows what somebody else changed without a record.
 */
final class StoreMoves {

    private final Path root;
    private final Processes processes;

    StoreMoves(Path root, Processes processes) {
        this.root = root;
        this.processes = processes;
    }

    TrustRecord record() throws IOException {
        return TrustRecord.read(root, RuntimeLayout.STORE_RECORD);
    }

    /** Records what is about to come and leave; writes nothing where the store is to stay as it was recorded last. */
    void begin(List<StoreWrite> history, CertificateSet ours, SortedSet<Identity> distrusted) throws IOException {
        TrustRecord record = record();
        Fingerprint wanted = Fingerprint.of(
                ours.certificates().stream().map(Certificate::identity).toList(), distrusted);
        String boot = processes.bootId();
        if (record.sets().isEmpty() && !history.isEmpty()) {
            record = fromBefore(record, history.getLast(), ours);
            record.write(root);
        }
        boolean nothingYet = record.sets().isEmpty() && ours.isEmpty() && distrusted.isEmpty();
        if (nothingYet || record.ends(wanted, boot)) {
            return;
        }
        List<Move> moves = new ArrayList<>(record.leftUnderWay(boot));
        own(record.inForce(Kind.CAME), ours, boot, moves);
        foreign(record.inForce(Kind.DISTRUSTED), distrusted, boot, moves);
        record.with(moves, new StoreWrite(wanted, boot, TrustRecord.UNDER_WAY), boot)
                .write(root);
    }

    /** A store from before there was this record: what of ours its bundle holds, it has held since its last write. */
    private TrustRecord fromBefore(TrustRecord empty, StoreWrite since, CertificateSet ours) throws IOException {
        SortedMap<Identity, byte[]> bundle = bundle();
        List<Move> moves = ours.certificates().stream()
                .filter(certificate -> bundle.containsKey(certificate.identity()))
                .map(certificate -> new Move(Kind.CAME, since.bootId(), since.bootNanos(), named(certificate)))
                .toList();
        return new TrustRecord(empty.file(), moves, List.of(since));
    }

    /** Says of what is under way that it is over. */
    void complete() throws IOException {
        TrustRecord record = record();
        TrustRecord completed = record.completed(processes.bootNanos());
        if (!completed.equals(record)) {
            completed.write(root);
        }
    }

    /** The certificates of the bundle that the node's programs read, by identity, each with its DER encoding. */
    SortedMap<Identity, byte[]> bundle() throws IOException {
        Path bundle = RootPath.follow(root, SystemBundle.path(root));
        return Files.isRegularFile(bundle) ? PemIdentities.of(Files.readAllBytes(bundle)) : new TreeMap<>();
    }

    private static void own(
            SortedMap<Identity, NamedCertificate> held, CertificateSet ours, String boot, List<Move> moves) {
        held.values().stream()
                .filter(certificate -> !ours.contains(certificate.identity()))
                .forEach(certificate -> moves.add(Move.begin(Kind.LEFT, boot, certificate)));
        ours.certificates().stream()
                .filter(certificate -> !held.containsKey(certificate.identity()))
                .forEach(certificate -> moves.add(Move.begin(Kind.CAME, boot, named(certificate))));
    }

    private void foreign(
            SortedMap<Identity, NamedCertificate> before, SortedSet<Identity> distrusted, String boot, List<Move> moves)
            throws IOException {
        before.values().stream()
                .filter(certificate -> !distrusted.contains(certificate.identity()))
                .forEach(certificate -> moves.add(Move.begin(Kind.RESTORED, boot, certificate)));
        if (before.keySet().containsAll(distrusted)) {
            return;
        }
        SortedMap<Identity, byte[]> bundle = bundle();
        for (Identity identity : distrusted) {
            if (!before.containsKey(identity)) {
                byte[] der = bundle.get(identity);
                String subject = der == null ? identity.hex() : PemIdentities.subject(identity, der);
                moves.add(Move.begin(Kind.DISTRUSTED, boot, new NamedCertificate(identity, subject)));
            }
        }
    }

    private static NamedCertificate named(Certificate certificate) {
        return new NamedCertificate(certificate.identity(), certificate.subject());
    }
}
