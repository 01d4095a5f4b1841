package dev.capstan.runtime;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates came to something that a process reads once, and which left it: a text file, a line for each, oldest
 * first. A process may have read any content there has been since it started, and so may still trust what left since then,
 * and not know what came.
 *
 * <p>A move is recorded as under way before the change is made, and with its time after it. So a death in between leaves a
 * move that is later than any process. Of each certificate the last move of each kind is kept. Moves of earlier boots count
 * for no process of this one; those that say what is held now are kept all the same, so that the next change is told by name.
 *
 * @param file where the record lies in a root
 * @param moves what came and left, oldest first
 * @param sets the sets that were held, by fingerprint, oldest first; only of the trust store
 */
record TrustRecord(String file, List<Move> moves, List<StoreWrite> sets) {

    /** Later than any process: recorded, and perhaps not done yet. */
    static final long UNDER_WAY = Long.MAX_VALUE;

    /** More than one process is likely to live through; the oldest go first. */
    private static final int MOST_SETS = 256;

    private static final String SET = "set";

    TrustRecord {
        moves = List.copyOf(moves);
        sets = List.copyOf(sets);
    }

    /** What happened to a certificate. */
    enum Kind {
        /** It came. */
        CAME("came", false),
        /** It left. */
        LEFT("left", true),
        /** It is not ours, and left because it is distrusted. */
        DISTRUSTED("distrusted", true),
        /** It is not ours, and may come back because it is distrusted no more. */
        RESTORED("restored", false);

        private final String word;
        private final boolean leaves;

        Kind(String word, boolean leaves) {
            this.word = word;
            this.leaves = leaves;
        }

        private static Kind parse(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("nothing is called \"" + word + "\"");
        }
    }

    /**
     * A certificate that came or left.
     *
     * @param bootId the boot in which it did
     * @param bootNanos a time at which that was over, CLOCK_BOOTTIME, cut to centiseconds; {@link #UNDER_WAY} before
     */
    record Move(Kind kind, String bootId, long bootNanos, NamedCertificate certificate) {

        static Move begin(Kind kind, String bootId, NamedCertificate certificate) {
            return new Move(kind, bootId, UNDER_WAY, certificate);
        }

        private String line() {
            return String.join(
                            " ",
                            kind.word,
                            bootId,
                            Long.toString(bootNanos),
                            certificate.identity().hex(),
                            certificate.subject().replaceAll("[\\r\\n]", " "))
                    + "\n";
        }
    }

    /**
     * Reads the record of this name; an empty one where there is none.
     *
     * @throws IOException if it cannot be read; without it nobody knows what a process may have loaded
     */
    static TrustRecord read(Path root, String file) throws IOException {
        List<Move> moves = new ArrayList<>();
        List<StoreWrite> sets = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(RuntimeLayout.in(root, file), StandardCharsets.UTF_8)) {
                String[] words = line.split(" ", 5);
                if (words.length == 4 && words[0].equals(SET)) {
                    sets.add(new StoreWrite(Fingerprint.parse(words[3]), words[1], Long.parseLong(words[2])));
                } else if (words.length == 5) {
                    NamedCertificate certificate = new NamedCertificate(new Identity(words[3]), words[4]);
                    moves.add(new Move(Kind.parse(words[0]), words[1], Long.parseLong(words[2]), certificate));
                } else {
                    throw new IllegalArgumentException("there is a line \"" + line + "\"");
                }
            }
        } catch (NoSuchFileException never) {
            return new TrustRecord(file, List.of(), List.of());
        } catch (IllegalArgumentException damaged) {
            throw new IOException(
                    file + " is damaged (" + damaged.getMessage()
                            + "), so nobody knows what the runtime has loaded: remove it, then run systemctl restart"
                            + " containerd",
                    damaged);
        }
        return new TrustRecord(file, moves, sets);
    }

    void write(Path root) throws IOException {
        StringBuilder text = new StringBuilder();
        for (StoreWrite set : sets) {
            text.append(String.join(
                            " ",
                            SET,
                            set.bootId(),
                            Long.toString(set.bootNanos()),
                            set.fingerprint().value()))
                    .append('\n');
        }
        moves.forEach(move -> text.append(move.line()));
        Path there = RuntimeLayout.forWriting(root, file);
        Files.createDirectories(there.resolveSibling(""));
        Replacement.write(there, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The same with these moves behind the others, and without what no process of this boot needs. */
    TrustRecord with(Collection<Move> more, @Nullable StoreWrite set, String bootId) {
        List<Move> all = new ArrayList<>(moves);
        for (Move move : more) {
            all.removeIf(earlier ->
                    earlier.kind == move.kind && earlier.certificate.identity().equals(move.certificate.identity()));
            all.add(move);
        }
        Collection<Move> inForce = last(all).values();
        all.removeIf(move -> !move.bootId.equals(bootId)
                && (move.kind == Kind.LEFT || move.kind == Kind.RESTORED || !inForce.contains(move)));
        List<StoreWrite> held = new ArrayList<>(sets);
        // A process of this boot may have begun with the last one of the boot before.
        StoreWrite before = sets.stream()
                .filter(earlier -> !earlier.bootId().equals(bootId))
                .reduce((earlier, later) -> later)
                .orElse(null);
        held.removeIf(earlier -> !earlier.bootId().equals(bootId) && !earlier.equals(before));
        if (set != null) {
            held.add(set);
        }
        return new TrustRecord(file, all, held.subList(Math.max(0, held.size() - MOST_SETS), held.size()));
    }

    /** Whether this set is the last recorded, and begun or completed in a way that still counts in this boot. */
    boolean ends(Fingerprint set, String bootId) {
        if (sets.isEmpty()) {
            return false;
        }
        StoreWrite last = sets.getLast();
        return last.fingerprint().equals(set)
                && (last.bootNanos() != UNDER_WAY || last.bootId().equals(bootId));
    }

    /** What an earlier boot left under way, to be begun again in this one. */
    List<Move> leftUnderWay(String bootId) {
        return moves.stream()
                .filter(move -> move.bootNanos == UNDER_WAY && !move.bootId.equals(bootId))
                .map(move -> Move.begin(move.kind, bootId, move.certificate))
                .toList();
    }

    /** The same, with what was under way over at this time. */
    TrustRecord completed(long nanos) {
        return new TrustRecord(
                file,
                moves.stream()
                        .map(move -> move.bootNanos == UNDER_WAY
                                ? new Move(move.kind, move.bootId, nanos, move.certificate)
                                : move)
                        .toList(),
                sets.stream()
                        .map(set -> set.bootNanos() == UNDER_WAY
                                ? new StoreWrite(set.fingerprint(), set.bootId(), nanos)
                                : set)
                        .toList());
    }

    /** What left in this boot and not before this time, perhaps to come back later, by identity. */
    SortedMap<Identity, NamedCertificate> left(String bootId, long bootNanos) {
        return moved(true, bootId, bootNanos);
    }

    /** What came in this boot and not before this time, perhaps to leave later, by identity. */
    SortedMap<Identity, NamedCertificate> came(String bootId, long bootNanos) {
        return moved(false, bootId, bootNanos);
    }

    /** A start and a move within one centisecond: the order is not known, so the worse is taken. */
    private SortedMap<Identity, NamedCertificate> moved(boolean left, String bootId, long bootNanos) {
        SortedMap<Identity, NamedCertificate> found = new TreeMap<>();
        for (Move move : moves) {
            if (move.kind.leaves == left && move.bootId.equals(bootId) && move.bootNanos >= bootNanos) {
                found.put(move.certificate.identity(), move.certificate);
            }
        }
        return found;
    }

    /** Those whose last move is of this kind: {@link Kind#CAME}, what is held; {@link Kind#DISTRUSTED}, what is kept out. */
    SortedMap<Identity, NamedCertificate> inForce(Kind kind) {
        SortedMap<Identity, NamedCertificate> found = new TreeMap<>();
        last(moves).forEach((identity, move) -> {
            if (move.kind == kind) {
                found.put(identity, move.certificate);
            }
        });
        return found;
    }

    /** When something last came or left in this boot; less than any time if nothing did. */
    long lastMove(String bootId) {
        return moves.stream()
                .filter(move -> move.bootId.equals(bootId))
                .mapToLong(Move::bootNanos)
                .max()
                .orElse(Long.MIN_VALUE);
    }

    private static SortedMap<Identity, Move> last(List<Move> moves) {
        SortedMap<Identity, Move> last = new TreeMap<>();
        moves.forEach(move -> last.put(move.certificate.identity(), move));
        return last;
    }
}
