package dev.capstan.truststore;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the store remembers of itself, in {@link Ours#STATE}; each file is written whole or not at all.
 *
 * <ul>
 *   <li>{@code wanted.pem}: the last good {@link Generation}, one that every output was read back to be.
 *   <li>{@code journal}: the generation that a change is bringing the store to, there exactly while it is under way or
 *       was left unfinished. It is on the disk before the first entry of the store changes, and becomes
 *       {@code wanted.pem} at the end.
 *   <li>{@code state}: when the last writes were completed.
 * </ul>
 */
final class StoreRecord {

    static final String JOURNAL = "journal";
    static final String WANTED = "wanted.pem";

    private static final String STATE = "state";
    private static final String WRITE = "write ";
    private static final int MOST_OWNED = 1024;
    private static final int MOST_WRITES = 64;

    private final Path folder;
    private final List<CompletedWrite> history = new ArrayList<>();
    private final @Nullable Generation journal;
    private final @Nullable Generation last;

    /** Reads the record; an empty one where there is none. */
    StoreRecord(Path folder) throws IOException {
        this.folder = folder;
        this.journal = generation(JOURNAL);
        this.last = generation(WANTED);
        Path file = folder.resolve(STATE);
        Optional<byte[]> state = RegularFile.readIfThere(file);
        if (state.isPresent()) {
            for (String line : new String(state.get(), US_ASCII).split("\n", -1)) {
                if (!line.isEmpty()) {
                    history.add(parse(file, line));
                }
            }
        }
    }

    private @Nullable Generation generation(String name) throws IOException {
        Path file = folder.resolve(name);
        Optional<byte[]> bytes = RegularFile.readIfThere(file);
        return bytes.isPresent() ? Generation.parse(file, bytes.get()) : null;
    }

    private static CompletedWrite parse(Path file, String line) throws IOException {
        try {
            if (!line.startsWith(WRITE)) {
                throw new IllegalArgumentException("not '" + WRITE + "'");
            }
            String[] fields = line.substring(WRITE.length()).split(" ", -1);
            return new CompletedWrite(Fingerprint.parse(fields[0]), fields[1], Long.parseLong(fields[2]));
        } catch (IllegalArgumentException damaged) {
            throw Generation.damaged(file, damaged);
        } catch (ArrayIndexOutOfBoundsException damaged) {
            throw Generation.damaged(file, new IllegalArgumentException(damaged));
        }
    }

    /** The record as it is now. */
    StoreRecord again() throws IOException {
        return new StoreRecord(folder);
    }

    boolean pending() {
        return journal != null;
    }

    /** What the store was last asked to be, also where that was not finished; empty where nothing was ever asked. */
    Optional<Wanted> asked() throws IOException {
        Generation newest = journal == null ? last : journal;
        return newest == null ? Optional.empty() : Optional.of(newest.wanted());
    }

    /** Whether this was asked last and finished. */
    boolean isLast(Wanted wanted) {
        return journal == null && last != null && last.isOf(wanted);
    }

    /** Every certificate that is or was ours, as far back as is remembered. */
    Set<Identity> owned() {
        Set<Identity> owned = new LinkedHashSet<>();
        if (last != null) {
            owned.addAll(last.owned());
        }
        if (journal != null) {
            owned.addAll(journal.owned());
        }
        return owned;
    }

    /** What earlier surveys left to be known, see {@link Survey#notes}. */
    Set<String> notes() {
        Set<String> notes = new TreeSet<>();
        if (last != null) {
            notes.addAll(last.notes());
        }
        if (journal != null) {
            notes.addAll(journal.notes());
        }
        return notes;
    }

    List<CompletedWrite> history() {
        return List.copyOf(history);
    }

    /**
     * Says that a change has begun. The caller brings the file to the disk before the store changes.
     *
     * @param present what of ours is in the store now
     * @return the file
     */
    Path begin(Wanted wanted, Collection<Identity> present, Collection<String> notes) throws IOException {
        Set<Identity> owned = new LinkedHashSet<>(owned());
        owned.addAll(present);
        owned.addAll(wanted.identities());
        Set<String> all = new TreeSet<>(notes());
        all.addAll(notes);
        Path file = folder.resolve(JOURNAL);
        move(write(JOURNAL, Generation.text(wanted, owned, all)), JOURNAL);
        return file;
    }

    /** Takes back {@link #begin}: nothing was changed. */
    void abandon() throws IOException {
        Files.deleteIfExists(folder.resolve(JOURNAL));
    }

    /**
     * Says, durably, that the store is what was asked from now on.
     *
     * @param notes what the next survey has to know
     */
    void complete(Wanted wanted, Collection<Identity> present, Collection<String> notes, CompletedWrite completed)
            throws IOException {
        List<Identity> owned = new ArrayList<>(owned());
        for (Identity identity : present) {
            if (!owned.contains(identity)) {
                owned.add(identity);
            }
        }
        owned.removeAll(wanted.identities());
        owned.addAll(wanted.identities());
        int kept = Math.max(MOST_OWNED, wanted.identities().size());
        List<Identity> newest = owned.subList(Math.max(0, owned.size() - kept), owned.size());
        history.add(completed);
        StringBuilder text = new StringBuilder();
        for (CompletedWrite write : history.subList(Math.max(0, history.size() - MOST_WRITES), history.size())) {
            text.append(WRITE)
                    .append(write.fingerprint())
                    .append(' ')
                    .append(write.bootId())
                    .append(' ')
                    .append(write.bootNanos())
                    .append('\n');
        }
        Path wantedNew = write(WANTED, Generation.text(wanted, newest, notes));
        Path stateNew = write(STATE, text.toString().getBytes(US_ASCII));
        Disk.sync(List.of(wantedNew, stateNew));
        move(stateNew, STATE);
        move(wantedNew, WANTED);
        Files.deleteIfExists(folder.resolve(JOURNAL));
        Disk.sync(List.of(folder));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        Path temporary = folder.resolve(name + ".new");
        Files.deleteIfExists(temporary);
        try {
            StoreFolder.write(temporary, bytes);
        } catch (IOException failed) {
            Files.deleteIfExists(temporary);
            throw failed;
        }
        return temporary;
    }

    private void move(Path temporary, String name) throws IOException {
        Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Forgets everything. */
    void remove() throws IOException {
        StoreFolder.empty(folder);
        Files.deleteIfExists(folder);
    }
}
