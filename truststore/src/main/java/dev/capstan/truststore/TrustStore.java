package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The trust store of one root. Brings it to exactly what is wanted of ours beside everything that is not ours, and leaves
 * it as the distribution's own tool would have made it from the same anchors: a run of that tool afterwards finds
 * nothing to add or remove and changes no byte.
 *
 * <p>The algorithm of {@link #apply}, under a lock that holds against other threads and processes of ours:
 *
 * <ol>
 *   <li>Wait, bounded, for a run of the distribution's tool that is going on, see {@link ForeignRun}.
 *   <li>Look at everything and list the steps that lead to what is wanted, see {@link Survey}. None, and nothing
 *       unfinished: done, and nothing is written.
 *   <li>Write the journal: what is wanted from now on.
 *   <li>Stage: every new file and link is made, in a folder of the folder it is meant for which no reader looks into,
 *       see {@link StoreFolder}. Journal and files are brought to the disk. If any of this fails, for want of space or
 *       rights, all of it is taken away again and the store is as it was.
 *   <li>Commit, by renames and removals alone, in the order of {@link Steps.Phase}: what would make the distribution's
 *       tool work against the change; new anchors; their links; hash links, see {@link HashLinks}; removal of old links;
 *       removal of old anchors; the files that hold many certificates; then the folders are brought to the disk.
 *   <li>Look again. No step must be left; where the distribution's tool took something away meanwhile, see
 *       {@link Change}, that is mended first.
 *   <li>Write the record of the completed write, which takes the journal away, durably.
 * </ol>
 *
 * <p>Invariants, whatever kills us and whenever:
 *
 * <ul>
 *   <li>A file that readers see is old or new, never a part: it comes by rename.
 *   <li>What is in the old and in the new set is in every bundle and keystore, behind its link and behind an unbroken
 *       chain of hash links, at every instant.
 *   <li>No link of ours leads nowhere while readers may follow it: an anchor is there before its links, and goes after
 *       them.
 *   <li>A certificate leaves the anchors before it leaves the bundle, and comes into the anchors before it comes into
 *       the bundle. So a run of the distribution's tool between death and the next apply completes a change and never
 *       brings back what was removed.
 *   <li>While the journal is there {@link #read} says so, and the next {@link #apply}, of whatever set, looks at
 *       everything afresh, clears away what was staged and ends in its own set; {@link #reapply} ends in what was asked
 *       last.
 *   <li>Nothing is written outside the root, whatever links lie in it, see {@link RootPath}.
 * </ul>
 *
 * <p>The distribution's tool has no lock. Who runs it at the same time may undo a change; the next {@link #read} says
 * so, because the record knows what was asked, and the next {@link #reapply} mends it: from the tool's hook, or from the
 * agent, which watches {@link #watched}.
 */
public final class TrustStore {

    private final Path path;
    private final Layout layout;
    private final Hook hook;
    private final Cache cache;

    private TrustStore(Path path, Layout layout, Hook hook, Cache cache) {
        this.path = path;
        this.layout = layout;
        this.hook = hook;
        this.cache = cache;
    }

    /**
     * The trust store of the operating system installed under this root.
     *
     * @throws UnsupportedRootException if its store is not one that Capstan writes; the message says what to do instead
     * @throws TrustStoreException if the root cannot be looked at
     */
    public static TrustStore at(Path root) throws TrustStoreException {
        Path absolute = root.toAbsolutePath();
        return new TrustStore(absolute, Families.of(new Root(absolute)), Hook.none(), Cache.empty());
    }

    /**
     * The same store, whose family's tool shall run this program after each of its runs. Without this no such hook is
     * installed, and one that is there stays.
     *
     * @param program the capstan program, as seen inside the root
     */
    public TrustStore hookedBy(Path program) {
        return new TrustStore(path, layout, new Hook(Optional.of(program)), cache);
    }

    /** How this root's family lays out its store. */
    public Family family() {
        return layout.family();
    }

    /**
     * Brings the store to exactly this. Waits for its turn when another process or thread is at it, and at most 30
     * seconds for a run of the distribution's tool.
     *
     * @throws TrustStoreException if it cannot be done; the message says whether the store is as it was or a change is
     *     left for the next call to finish
     */
    public Applied apply(Wanted wanted) throws TrustStoreException {
        return lock("bring the trust store of " + path + " to " + wanted)
                .writing(record -> change(record).to(wanted));
    }

    /**
     * Brings the store to what was last asked of it, whether or not that was finished. Where nothing was ever asked
     * nothing is written.
     *
     * @throws TrustStoreException as {@link #apply}
     */
    public Applied reapply() throws TrustStoreException {
        StoreLock lock = lock("bring the trust store of " + path + " to what was last asked of it");
        if (!lock.isThere()) {
            return new Applied(List.of(), List.of(), List.of(), false, Fingerprint.EMPTY, List.of());
        }
        return lock.writing(record -> {
            Optional<Wanted> asked = record.asked();
            return asked.isPresent()
                    ? change(record).to(asked.get())
                    : new Applied(List.of(), List.of(), List.of(), false, Fingerprint.EMPTY, List.of());
        });
    }

    private Change change(StoreRecord record) throws IOException {
        return new Change(path, layout, cache, hook, record);
    }

    /**
     * What {@link #apply} would do now. Writes nothing and waits for nobody.
     *
     * @throws TrustStoreException if a part of the store cannot be read
     */
    public Plan plan(Wanted wanted) throws TrustStoreException {
        return lock("plan a change of the trust store of " + path).reading(record -> {
            Root root = new Root(path);
            Survey survey = look(root, record);
            List<Plan.PathChange> changes = new ArrayList<>();
            for (Step step : survey.toward(wanted)) {
                changes.add(Plan.change(root, step));
            }
            SortedSet<Identity> agreed = survey.agreed(wanted);
            List<Certificate> added = new ArrayList<>();
            for (Certificate certificate : wanted.certificates().certificates()) {
                if (!agreed.contains(certificate.identity())) {
                    added.add(certificate);
                }
            }
            SortedSet<Identity> removed = new TreeSet<>(survey.present());
            removed.removeAll(wanted.identities());
            return new Plan(
                    added,
                    List.copyOf(removed),
                    List.copyOf(survey.held(wanted.distrusted())),
                    changes,
                    survey.remarks());
        });
    }

    private Survey look(Root root, StoreRecord record) throws IOException {
        ForeignRun run = layout.foreignRun(root);
        run.look();
        return layout.survey(root, record, cache, hook, run);
    }

    /**
     * What the store holds of ours now, and whether all of its outputs are what was last asked for.
     *
     * @throws TrustStoreException if a part of the store cannot be read
     */
    public Contents read() throws TrustStoreException {
        return lock("read the trust store of " + path).reading(record -> {
            Survey survey = look(new Root(path), record);
            Wanted asked = record.asked().orElse(Wanted.nothing());
            List<Contents.Damage> damages = new ArrayList<>();
            if (record.asked().isPresent()) {
                for (Step step : survey.toward(asked)) {
                    damages.add(new Contents.Damage(PathText.shown(step.path()), step.why()));
                }
            } else {
                for (Step step : survey.towardNothing()) {
                    damages.add(new Contents.Damage(PathText.shown(step.path()), step.why()));
                }
            }
            if (record.pending()) {
                damages.add(new Contents.Damage(
                        Ours.STATE + "/" + StoreRecord.JOURNAL, "a change was begun and not finished"));
            }
            SortedSet<Identity> distrusted = new TreeSet<>(asked.distrusted());
            distrusted.removeAll(survey.held(asked.distrusted()));
            return new Contents(List.copyOf(survey.agreed(asked)), List.copyOf(distrusted), damages, survey.remarks());
        });
    }

    /**
     * What was last asked of this store, whether or not it was finished; empty where nothing ever was.
     *
     * @throws TrustStoreException if the record cannot be read
     */
    public Optional<Wanted> asked() throws TrustStoreException {
        return lock("read what was last asked of the trust store of " + path).reading(StoreRecord::asked);
    }

    /**
     * Every certificate in the store, and who put it there.
     *
     * @throws TrustStoreException if a part of the store cannot be read
     */
    public Inventory inventory() throws TrustStoreException {
        return lock("list the trust store of " + path)
                .reading(record -> look(new Root(path), record).inventory());
    }

    /**
     * Leaves the store as the distribution's tool alone would make it: no certificate, no hook and no record of ours,
     * and nothing distrusted by us.
     *
     * @throws TrustStoreException if it cannot be done; the next call goes on
     */
    public Uninstalled uninstall() throws TrustStoreException {
        return lock("uninstall Capstan from the trust store of " + path)
                .writing(record -> change(record).toNothing());
    }

    /**
     * The last completed writes, oldest first; at most 64.
     *
     * @throws TrustStoreException if the record cannot be read
     */
    public List<CompletedWrite> history() throws TrustStoreException {
        return lock("read the history of the trust store of " + path).reading(StoreRecord::history);
    }

    /**
     * The bundle without our set: as the distribution's tool alone would make it, less what is distrusted. There from
     * the first apply on, and kept current by each, by rename.
     */
    public Path withoutOurs() throws TrustStoreException {
        try {
            return new Root(path).entry(BundleWithoutOurs.PATH);
        } catch (IOException failed) {
            throw new TrustStoreException(
                    "Cannot look for " + BundleWithoutOurs.PATH + " in " + path + ": " + Reasons.of(failed) + ".",
                    failed);
        }
    }

    /**
     * The folders, under the root and with every link followed, in which a foreign change may call for
     * {@link #reapply}. Those that do not exist are left out.
     */
    public Set<Path> watched() throws TrustStoreException {
        try {
            Root root = new Root(path);
            Set<Path> watched = new LinkedHashSet<>();
            for (String folder : layout.watched()) {
                Path there = root.resolve(folder);
                if (Files.isDirectory(there, LinkOption.NOFOLLOW_LINKS)) {
                    watched.add(there);
                }
            }
            return watched;
        } catch (IOException failed) {
            throw new TrustStoreException(
                    "Cannot find the folders of the trust store of " + path + ": " + Reasons.of(failed) + ".", failed);
        }
    }

    private StoreLock lock(String what) throws TrustStoreException {
        try {
            return new StoreLock(path, new Root(path).resolve(Ours.STATE), what);
        } catch (IOException failed) {
            throw new TrustStoreException("Cannot " + what + ": " + Reasons.of(failed) + ".", failed);
        }
    }
}
