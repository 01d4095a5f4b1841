package dev.capstan.runtime;

import dev.capstan.certificates.Identity;
import dev.capstan.runtime.TrustRecord.Kind;
import dev.capstan.runtime.TrustRecord.Move;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * The roots that lane Isolated gives containerd as {@code SSL_CERT_FILE}: kept equal to the trust store without our set.
 *
 * <p>containerd reads them once, at its first handshake, whenever that is. So a process may have loaded any content that
 * the file has had since it started. What came since then it may not know: that is said, and harms nothing. What left
 * since then, because the distribution dropped it or because it is distrusted, it may still trust: until it is restarted
 * once, no set counts as loaded. Both are told by name from {@link TrustRecord}, which is written before the file is
 * replaced and completed after it, so that a death in between leaves a move that is later than any process.
 */
final class KeptRoots {

    private final Path root;
    private final Processes processes;

    KeptRoots(Path root, Processes processes) {
        this.root = root;
        this.processes = processes;
    }

    /** Gives containerd exactly these roots; false, and no root changed, if it has them already. */
    boolean keep(byte[] wanted) throws IOException {
        Path file = RuntimeLayout.forWriting(root, RuntimeLayout.DISTRIBUTION_ROOTS);
        TrustRecord record = record();
        byte[] held = held();
        if (Arrays.equals(held, wanted)) {
            complete(record);
            return false;
        }
        String boot = processes.bootId();
        SortedMap<Identity, byte[]> before = PemIdentities.of(held);
        SortedMap<Identity, byte[]> after = PemIdentities.of(wanted);
        List<Move> moves = new ArrayList<>();
        moves(Kind.LEFT, boot, before, after, moves);
        moves(Kind.CAME, boot, after, before, moves);
        TrustRecord begun = record.with(moves, null, boot);
        begun.write(root);
        Replacement.write(file, wanted);
        complete(begun);
        return true;
    }

    TrustRecord record() throws IOException {
        return TrustRecord.read(root, RuntimeLayout.ROOTS_RECORD);
    }

    /** The roots as they are now, by identity, each with its DER encoding. */
    SortedMap<Identity, byte[]> now() throws IOException {
        return PemIdentities.of(held());
    }

    private byte[] held() throws IOException {
        try {
            return Files.readAllBytes(RuntimeLayout.in(root, RuntimeLayout.DISTRIBUTION_ROOTS));
        } catch (NoSuchFileException gone) {
            return new byte[0];
        }
    }

    /** Says of moves under way that they are over; the roots are as they shall be. */
    private void complete(TrustRecord record) throws IOException {
        TrustRecord completed = record.completed(processes.bootNanos());
        if (!completed.equals(record)) {
            completed.write(root);
        }
    }

    private static void moves(
            Kind kind,
            String boot,
            SortedMap<Identity, byte[]> from,
            SortedMap<Identity, byte[]> to,
            List<Move> moves) {
        from.forEach((identity, der) -> {
            if (!to.containsKey(identity)) {
                String subject = PemIdentities.subject(identity, der);
                moves.add(Move.begin(kind, boot, new NamedCertificate(identity, subject)));
            }
        });
    }
}
