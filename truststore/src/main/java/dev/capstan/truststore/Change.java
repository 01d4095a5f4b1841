package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One change of a store, from the look at it to the record of it; {@link TrustStore} tells the algorithm. Made and used
 * with the store's lock held.
 *
 * <p>A run of the distribution's tool that nobody could see coming is met when the store is read back: in its first phase,
 * before it makes the file that it is known by, the tool takes links away. The change is then made again until the run
 * leaves it alone. The run's end is not waited for: at its end the tool waits for its hooks, and ours would wait for us.
 */
final class Change {

    /** Where a change leads: what is still to be done, as a survey finds it. */
    private interface Aim {
        List<Step> from(Survey survey) throws IOException;
    }

    private final Path path;
    private final Layout layout;
    private final Cache cache;
    private final Hook hook;
    private final StoreRecord record;
    private final ForeignRun run;
    private final Survey before;

    /** Waits for a run of the distribution's tool, at most 30 seconds, and looks at the store. */
    Change(Path path, Layout layout, Cache cache, Hook hook, StoreRecord record) throws IOException {
        this.path = path;
        this.layout = layout;
        this.cache = cache;
        this.hook = hook;
        this.record = record;
        this.run = layout.foreignRun(new Root(path));
        run.await();
        this.before = look(record);
    }

    private Survey look(StoreRecord now) throws IOException {
        return layout.survey(new Root(path), now, cache, hook, run);
    }

    /** Brings the store to this. */
    Applied to(Wanted wanted) throws IOException {
        List<Step> steps = before.toward(wanted);
        List<String> remarks = new ArrayList<>();
        run.remark().ifPresent(remarks::add);
        if (steps.isEmpty() && record.isLast(wanted)) {
            remarks.addAll(before.remarks());
            return new Applied(List.of(), List.of(), List.of(), false, wanted.fingerprint(), remarks);
        }
        SortedSet<Identity> present = before.present();
        SortedSet<Identity> added = new TreeSet<>(wanted.identities());
        added.removeAll(before.agreed(wanted));
        SortedSet<Identity> removed = new TreeSet<>(present);
        removed.removeAll(wanted.identities());
        SortedSet<Identity> distrusted = before.held(wanted.distrusted());
        Set<String> notes = before.notes(wanted);

        Survey after = carryOut(steps, survey -> survey.toward(wanted), wanted, present, notes);
        record.complete(wanted, present, notes, BootClock.stamp(wanted.fingerprint()));

        remarks.addAll(before.remarks());
        for (String remark : after.remarks()) {
            if (!remarks.contains(remark)) {
                remarks.add(remark);
            }
        }
        return new Applied(
                List.copyOf(added),
                List.copyOf(removed),
                List.copyOf(distrusted),
                !steps.isEmpty() || record.pending(),
                wanted.fingerprint(),
                remarks);
    }

    /** Leaves nothing of ours, and no record of it. */
    Uninstalled toNothing() throws IOException {
        List<Step> steps = before.towardNothing();
        SortedSet<Identity> present = before.present();
        SortedSet<Identity> restored =
                new TreeSet<>(record.asked().orElse(Wanted.nothing()).distrusted());

        Survey after = carryOut(steps, Survey::towardNothing, Wanted.nothing(), present, Set.of());
        record.remove();

        Set<String> paths = new LinkedHashSet<>();
        for (Step step : steps) {
            paths.add(PathText.shown(step.path()));
        }
        paths.add(Ours.STATE);
        restored.retainAll(after.held(restored));
        return new Uninstalled(List.copyOf(present), List.copyOf(restored), List.copyOf(paths), before.remarks());
    }

    /** Takes the steps, and what is then still left while a run of the distribution's tool goes on and once thereafter. */
    private Survey carryOut(List<Step> first, Aim aim, Wanted wanted, Set<Identity> present, Set<String> notes)
            throws IOException {
        List<Step> steps = first;
        boolean disturbed = true;
        while (true) {
            take(steps, wanted, present, notes);
            Survey after = look(record.again());
            List<Step> rest = aim.from(after);
            if (rest.isEmpty()) {
                return after;
            }
            if (!disturbed) {
                throw new IOException("read back after the change it is not what was asked: " + words(rest)
                        + "; somebody else changes the store at the same time");
            }
            // A run that has just ended may have undone the change as well, so there is one try after it.
            disturbed = run.goesOn();
            steps = aim.from(look(record.again()));
        }
    }

    private void take(List<Step> steps, Wanted wanted, Set<Identity> present, Set<String> notes) throws IOException {
        Transaction transaction = new Transaction(new Root(path), steps);
        try {
            transaction.stage(List.of(record.begin(wanted, present, notes)));
        } catch (IOException failed) {
            try {
                transaction.discard();
                if (!record.pending()) {
                    record.abandon();
                }
            } catch (IOException second) {
                failed.addSuppressed(second);
            }
            throw new IOException(Reasons.of(failed) + "; the store is as it was", failed);
        }
        try {
            transaction.commit();
        } catch (IOException failed) {
            throw new IOException(
                    Reasons.of(failed)
                            + "; the change is left unfinished, what both sets have is there, the next run ends it",
                    failed);
        }
    }

    private static String words(List<Step> steps) {
        List<String> words = new ArrayList<>();
        for (Step step : steps.subList(0, Math.min(3, steps.size()))) {
            words.add(PathText.shown(step.path()) + " " + step.why());
        }
        return String.join("; ", words);
    }
}
