package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The trust store of one root, of the Debian family. Brings it to exactly a certificate set of ours beside everything
 * that is not ours, and leaves it as the distribution's own tool would have made it from the same anchors: a run of
 * update-ca-certificates afterwards finds nothing to add or remove and changes no byte.
 *
 * <p>The algorithm of {@link #apply}, under a lock that holds against other threads and processes of ours:
 *
 * <ol>
 *   <li>Look at everything: anchors, links, hash links, bundle, record. Equal set, all outputs agree, nothing
 *       unfinished: done, and nothing is written.
 *   <li>Write the journal.
 *   <li>Stage: every new file and link is made, files with fsync, in a folder {@code .capstan} of the folder it is meant
 *       for, which neither Go nor OpenSSL reads. If this fails, for want of space or rights, all of it is taken away
 *       again and the store is as it was.
 *   <li>Commit, by renames and removals alone: new anchors; their {@code .pem} links; hash links, see {@link HashLinks};
 *       removal of old {@code .pem} links; removal of old anchors, with fsync of the folder; the bundle; fsync of the
 *       folder.
 *   <li>Read everything back. It must agree and be the set.
 *   <li>Write the record of the completed write and remove the journal, durably.
 * </ol>
 *
 * <p>Invariants, whatever kills us and whenever:
 *
 * <ul>
 *   <li>A file that readers see is old or new, never a part: it comes by rename.
 *   <li>What is in the old and in the new set is in the bundle, behind its link and behind an unbroken chain of hash
 *       links, at every instant.
 *   <li>No link of ours leads nowhere while readers may follow it: an anchor is there before its links, and goes after
 *       them.
 *   <li>A certificate leaves the anchors before it leaves the bundle, and comes into the anchors before it comes into
 *       the bundle. So a run of the distribution's tool between death and the next apply completes a change and never
 *       brings back what was removed.
 *   <li>While the journal is there {@link #read} says so, and the next {@link #apply}, of whatever set, looks at
 *       everything afresh, clears away what was staged and ends in its own set.
 *   <li>Nothing is written outside the root, whatever links lie in it, see {@link RootPath}.
 * </ul>
 *
 * <p>The distribution's tool has no lock. Who runs it at the same time may undo a change; the next {@link #read} says
 * so, because the record knows what was ours, and the next {@link #apply} mends it.
 */
public final class TrustStore {

    /** File locks hold between processes; within this one a second lock on the same file is an error. */
    private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    private final DebianLayout layout;

    private TrustStore(DebianLayout layout) {
        this.layout = layout;
    }

    /**
     * The trust store of the operating system installed under this root.
     *
     * @throws UnsupportedRootException if it is not of the Debian family; the message names what was found
     * @throws TrustStoreException if the root cannot be looked at
     */
    public static TrustStore at(Path root) throws TrustStoreException {
        return new TrustStore(DebianLayout.of(root));
    }

    /** How this root's family lays out its store. */
    public Family family() {
        return Families.DEBIAN;
    }

    /**
     * Brings the store to exactly this. Waits for its turn when another process or thread is at it.
     *
     * @throws TrustStoreException if it cannot be done; the message says whether the store is as it was or a change is
     *     left for the next call to finish
     */
    public Applied apply(Wanted wanted) throws TrustStoreException {
        if (!wanted.distrusted().isEmpty()) {
            throw new TrustStoreException("Cannot distrust certificates in " + layout.root()
                    + ": this version of Capstan only adds and removes its own.");
        }
        SortedSet<Identity> identities = wanted.identities();
        return locked(true, "bring the trust store of " + layout.root() + " to " + wanted, record -> {
            Survey before = new Survey(layout, record);
            Contents found = before.contents();
            if (found.intact() && !record.pending() && found.agreed().equals(List.copyOf(identities))) {
                return new Applied(List.of(), List.of(), List.of(), false, found.fingerprint(), List.of());
            }
            NavigableSet<Identity> added = new TreeSet<>(identities);
            found.agreed().forEach(added::remove);
            NavigableSet<Identity> removed = new TreeSet<>(before.present());
            removed.removeAll(identities);

            carryOut(new Change(before, wanted.certificates()), record);

            Contents after = new Survey(layout, record).contents();
            if (!after.intact() || !after.fingerprint().equals(wanted.fingerprint())) {
                throw new IOException("read back after the change it holds " + after.fingerprint()
                        + (after.intact() ? "" : " and is damaged: " + after.damages())
                        + "; somebody else changes the store at the same time");
            }
            record.complete(identities, BootClock.stamp(after.fingerprint()));
            return new Applied(
                    List.copyOf(added), List.copyOf(removed), List.of(), true, after.fingerprint(), List.of());
        });
    }

    private static void carryOut(Change change, StoreRecord record) throws IOException {
        record.begin(change.concerned());
        try {
            change.stage();
        } catch (IOException failed) {
            try {
                change.discard();
                if (!record.pending()) {
                    record.abandon();
                }
            } catch (IOException second) {
                failed.addSuppressed(second);
            }
            throw new IOException(Reasons.of(failed) + "; the store is as it was", failed);
        }
        try {
            change.commit();
        } catch (IOException failed) {
            throw new IOException(
                    Reasons.of(failed)
                            + "; the change is left unfinished, what both sets have is there, the next run ends it",
                    failed);
        }
    }

    /**
     * What the store holds of ours now, and whether all of its outputs agree.
     *
     * @throws TrustStoreException if a part of the store cannot be read
     */
    public Contents read() throws TrustStoreException {
        return locked(false, "read the trust store of " + layout.root(), record -> {
            Contents contents = new Survey(layout, record).contents();
            if (!record.pending()) {
                return contents;
            }
            List<Contents.Damage> damages = new ArrayList<>(contents.damages());
            damages.add(new Contents.Damage(
                    DebianLayout.STATE + "/" + StoreRecord.JOURNAL, "a change was begun and not finished"));
            return new Contents(contents.agreed(), contents.distrusted(), damages, contents.remarks());
        });
    }

    /**
     * The last completed writes, oldest first; at most 64.
     *
     * @throws TrustStoreException if the record cannot be read
     */
    public List<CompletedWrite> history() throws TrustStoreException {
        return locked(false, "read the history of the trust store of " + layout.root(), StoreRecord::history);
    }

    private interface Step<T> {
        T run(StoreRecord record) throws IOException;
    }

    /** Runs a step with the lock held; a reader makes no lock file where there is none yet. */
    private <T> T locked(boolean writer, String what, Step<T> step) throws TrustStoreException {
        ReentrantLock threads = LOCKS.computeIfAbsent(layout.root().normalize(), root -> new ReentrantLock());
        threads.lock();
        try {
            Path folder = recordFolder();
            if (writer) {
                StoreFolder.makeFolder(folder);
            }
            Path file = folder.resolve("lock");
            if (!writer && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return step.run(new StoreRecord(folder));
            }
            try (FileChannel channel = writer
                            ? FileChannel.open(
                                    file,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE,
                                    LinkOption.NOFOLLOW_LINKS)
                            : FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                    var held = channel.lock(0, Long.MAX_VALUE, !writer)) {
                if (!held.isValid()) {
                    throw new IOException("the lock " + file + " was lost");
                }
                return step.run(new StoreRecord(folder));
            }
        } catch (DirectoryIteratorException failed) {
            throw new TrustStoreException("Cannot " + what + ": " + failed.getMessage() + ".", failed);
        } catch (IOException failed) {
            throw new TrustStoreException("Cannot " + what + ": " + Reasons.of(failed) + ".", failed);
        } finally {
            threads.unlock();
        }
    }

    private Path recordFolder() throws IOException {
        return layout.resolve(DebianLayout.STATE);
    }
}
