package dev.capstan.runtime;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which certificates came to the roots that lane Isolated gives containerd, and which left them: a text file, a line for
 * each, oldest first. Lines of earlier boots go at the next change, since no process of theirs is left.
 */
record RootsRecord(List<Move> moves) {

    RootsRecord {
        moves = List.copyOf(moves);
    }

    /**
     * A certificate that came or left.
     *
     * @param left whether it left
     * @param bootId the boot in which it did
     * @param bootNanos a time at which that was over, CLOCK_BOOTTIME, cut to centiseconds; {@link #UNDER_WAY} before
     * @param identity the certificate
     * @param subject its name, for words
     */
    record Move(boolean left, String bootId, long bootNanos, Identity identity, String subject) {

        /** Later than any process: recorded, and perhaps not done yet. */
        static final long UNDER_WAY = Long.MAX_VALUE;

        Move done(long nanos) {
            return bootNanos == UNDER_WAY ? new Move(left, bootId, nanos, identity, subject) : this;
        }

        private String line() {
            return String.join(
                            " ",
                            left ? "left" : "came",
                            bootId,
                            Long.toString(bootNanos),
                            identity.hex(),
                            subject.replaceAll("[\\r\\n]", " "))
                    + "\n";
        }

        private static Move parse(String line) {
            String[] words = line.split(" ", 5);
            if (words.length < 5 || !(words[0].equals("left") || words[0].equals("came"))) {
                throw new IllegalArgumentException("there is a line \"" + line + "\"");
            }
            return new Move(
                    words[0].equals("left"), words[1], Long.parseLong(words[2]), new Identity(words[3]), words[4]);
        }
    }

    /**
     * Reads the record; empty where there is none.
     *
     * @throws IOException if it cannot be read; without it nobody knows what containerd may have loaded
     */
    static RootsRecord read(Path root) throws IOException {
        List<Move> moves = new ArrayList<>();
        try {
            for (String line :
                    Files.readAllLines(RuntimeLayout.in(root, RuntimeLayout.ROOTS_RECORD), StandardCharsets.UTF_8)) {
                moves.add(Move.parse(line));
            }
        } catch (NoSuchFileException never) {
            return new RootsRecord(List.of());
        } catch (IllegalArgumentException damaged) {
            throw new IOException(
                    RuntimeLayout.ROOTS_RECORD + " is damaged (" + damaged.getMessage()
                            + "), so nobody knows what containerd has loaded: remove it, then run systemctl restart"
                            + " containerd",
                    damaged);
        }
        return new RootsRecord(moves);
    }

    void write(Path root) throws IOException {
        StringBuilder text = new StringBuilder();
        moves.forEach(move -> text.append(move.line()));
        Replacement.write(
                RuntimeLayout.forWriting(root, RuntimeLayout.ROOTS_RECORD),
                text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
