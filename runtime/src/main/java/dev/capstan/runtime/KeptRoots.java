package dev.capstan.runtime;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The roots that lane Isolated gives containerd as {@code SSL_CERT_FILE}: kept equal to the trust store without our set.
 *
 * <p>containerd reads them once, at its first handshake, whenever that is. So a process may have loaded any content that
 * the file has had since it started. What came since then it may not know: that is said, and harms nothing. What left
 * since then, because the distribution dropped it or because it is distrusted, it may still trust: until it is restarted
 * once, no set counts as loaded. Both are told by name from {@link RootsRecord}, which is written before the file is
 * replaced and completed after it, so that a death in between leaves a move that is later than any process.
 */
final class KeptRoots {

    private static final int NAMED_AT_MOST = 5;

    private final Path root;
    private final Processes processes;

    KeptRoots(Path root, Processes processes) {
        this.root = root;
        this.processes = processes;
    }

    /** Gives containerd exactly these roots; false, and no root changed, if it has them already. */
    boolean keep(byte[] wanted) throws IOException {
        Path file = RuntimeLayout.forWriting(root, RuntimeLayout.DISTRIBUTION_ROOTS);
        RootsRecord record = RootsRecord.read(root);
        byte[] held = held();
        if (Arrays.equals(held, wanted)) {
            complete(record);
            return false;
        }
        String boot = processes.bootId();
        List<RootsRecord.Move> moves = new ArrayList<>(record.moves());
        moves.removeIf(move -> !move.bootId().equals(boot));
        SortedMap<Identity, byte[]> before = PemIdentities.of(held);
        SortedMap<Identity, byte[]> after = PemIdentities.of(wanted);
        moves.addAll(moves(true, boot, before, after));
        moves.addAll(moves(false, boot, after, before));
        Files.createDirectories(file.resolveSibling(""));
        RootsRecord begun = new RootsRecord(moves);
        begun.write(root);
        Replacement.write(file, wanted);
        complete(begun);
        return true;
    }

    /** Those of the distrusted that the roots hold now. */
    Collection<Identity> among(Collection<Identity> distrusted) throws IOException {
        return distrusted.isEmpty()
                ? distrusted
                : new TreeSet<>(distrusted)
                        .stream()
                                .filter(PemIdentities.of(held()).keySet()::contains)
                                .toList();
    }

    /** What this process may still trust though it left, by name; empty where there is nothing. */
    String left(RuntimeProcess process) throws IOException {
        return named(process, true);
    }

    /** What this process may not know yet, by name; empty where there is nothing. */
    String came(RuntimeProcess process) throws IOException {
        return named(process, false);
    }

    private String named(RuntimeProcess process, boolean left) throws IOException {
        String boot = processes.bootId();
        SortedMap<Identity, String> names = new TreeMap<>();
        for (RootsRecord.Move move : RootsRecord.read(root).moves()) {
            // A start and a move within one centisecond: the order is not known, so the worse is taken.
            if (move.bootId().equals(boot) && process.startedBootNanos() <= move.bootNanos() && move.left() == left) {
                names.put(move.identity(), move.subject());
            }
        }
        if (!names.isEmpty()) {
            SortedMap<Identity, byte[]> held = PemIdentities.of(held());
            // What left and came back may be trusted; what came and left again need not be known.
            names.keySet().removeIf(identity -> held.containsKey(identity) == left);
        }
        String more = names.size() > NAMED_AT_MOST ? " and " + (names.size() - NAMED_AT_MOST) + " more" : "";
        return names.entrySet().stream()
                        .limit(NAMED_AT_MOST)
                        .map(name -> name.getValue() + " (" + name.getKey() + ")")
                        .collect(Collectors.joining(", "))
                + more;
    }

    private byte[] held() throws IOException {
        try {
            return Files.readAllBytes(RuntimeLayout.in(root, RuntimeLayout.DISTRIBUTION_ROOTS));
        } catch (NoSuchFileException gone) {
            return new byte[0];
        }
    }

    /** Says of moves under way that they are over; the roots are as they shall be. */
    private void complete(RootsRecord record) throws IOException {
        long now = processes.bootNanos();
        RootsRecord completed = new RootsRecord(
                record.moves().stream().map(move -> move.done(now)).toList());
        if (!completed.equals(record)) {
            completed.write(root);
        }
    }

    private static List<RootsRecord.Move> moves(
            boolean left, String boot, SortedMap<Identity, byte[]> from, SortedMap<Identity, byte[]> to) {
        List<RootsRecord.Move> moves = new ArrayList<>();
        from.forEach((identity, der) -> {
            if (!to.containsKey(identity)) {
                moves.add(new RootsRecord.Move(
                        left, boot, RootsRecord.Move.UNDER_WAY, identity, PemIdentities.subject(identity, der)));
            }
        });
        return moves;
    }
}
