package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the store remembers of itself, in {@code /var/lib/capstan/truststore}. {@code state} holds the certificates that
 * are or were ours, so that one that comes back by a foreign hand is known again, and the last completed writes.
 * {@code journal} is there exactly while a change is under way or was left unfinished, and names the certificates it
 * puts in. Both are text, a fact on a line, each file written whole or not at all.
 */
final class StoreRecord {

    static final String JOURNAL = "journal";

    private static final String STATE = "state";
    private static final String OWNED = "owned ";
    private static final String WRITE = "write ";
    private static final int MOST_OWNED = 1024;
    private static final int MOST_WRITES = 64;

    private final Path folder;
    private final Set<Identity> owned = new LinkedHashSet<>();
    private final List<CompletedWrite> history = new ArrayList<>();
    private final boolean pending;

    /** Reads the record; an empty one where there is none. */
    StoreRecord(Path folder) throws IOException {
        this.folder = folder;
        read(STATE);
        this.pending = read(JOURNAL);
    }

    private boolean read(String name) throws IOException {
        Path file = folder.resolve(name);
        try {
            for (String line : new String(RegularFile.read(file), UTF_8).lines().toList()) {
                parse(file, line);
            }
            return true;
        } catch (NoSuchFileException none) {
            // Nothing was ever written, or nothing is under way.
            return false;
        }
    }

    private void parse(Path file, String line) throws IOException {
        try {
            if (line.startsWith(OWNED)) {
                owned.add(new Identity(line.substring(OWNED.length())));
            } else if (line.startsWith(WRITE)) {
                String[] fields = line.substring(WRITE.length()).split(" ", -1);
                history.add(new CompletedWrite(Fingerprint.parse(fields[0]), fields[1], Long.parseLong(fields[2])));
            } else {
                throw new IllegalArgumentException("neither '" + OWNED + "' nor '" + WRITE + "'");
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException damaged) {
            throw new IOException(
                    file + " has a line that Capstan did not write; remove the file, and the store is written anew",
                    damaged);
        }
    }

    boolean pending() {
        return pending;
    }

    Set<Identity> owned() {
        return owned;
    }

    List<CompletedWrite> history() {
        return List.copyOf(history);
    }

    /**
     * Says that a change has begun that may put these certificates into the store. Not brought to the disk: after a
     * power cut the outputs themselves show what is unfinished, because each names its certificate.
     */
    void begin(Collection<Identity> certificates) throws IOException {
        StringBuilder text = new StringBuilder();
        certificates.forEach(identity -> text.append(OWNED).append(identity).append('\n'));
        owned.addAll(certificates);
        write(JOURNAL, text, false);
    }

    /** Takes back {@link #begin}: nothing was changed. */
    void abandon() throws IOException {
        Files.deleteIfExists(folder.resolve(JOURNAL));
    }

    /** Says, durably, that the store holds this set from now on. */
    void complete(Collection<Identity> certificates, CompletedWrite completed) throws IOException {
        owned.removeAll(certificates);
        owned.addAll(certificates);
        history.add(completed);
        StringBuilder text = new StringBuilder();
        owned.stream()
                .skip(Math.max(0, owned.size() - Math.max(MOST_OWNED, certificates.size())))
                .forEach(identity -> text.append(OWNED).append(identity).append('\n'));
        history.stream()
                .skip(Math.max(0, history.size() - MOST_WRITES))
                .forEach(write -> text.append(WRITE)
                        .append(write.fingerprint())
                        .append(' ')
                        .append(write.bootId())
                        .append(' ')
                        .append(write.bootNanos())
                        .append('\n'));
        write(STATE, text, true);
        Files.deleteIfExists(folder.resolve(JOURNAL));
        StoreFolder.sync(folder);
    }

    private void write(String name, CharSequence text, boolean durably) throws IOException {
        Path temporary = folder.resolve(name + ".new");
        if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(temporary);
        }
        try {
            StoreFolder.write(temporary, text.toString().getBytes(UTF_8), durably);
            Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
