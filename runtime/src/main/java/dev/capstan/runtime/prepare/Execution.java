package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.IsolatedLane;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.RuntimeConfiguration;
import dev.capstan.runtime.prepare.Journal.FileChange;
import dev.capstan.runtime.prepare.Journal.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries a journal out, in either direction, as often as it takes.
 *
 * <p>Forward: our own files; the files of others; containerd's dump of what lies there now compared with that of what lay
 * there; systemd reads its files; one restart; then containerd must run with our environment, its CRI service must answer,
 * the dump must be right, no container may be lost, and the lane must be there. Whatever of this does not
 * hold turns it round.
 *
 * <p>Back: the files of others as they were, with owner, mode and time; systemd reads its files; one restart, if the process
 * that runs can have read any of it; it answers; then our own files go, which that process may have read until then, and the
 * journal last.
 *
 * <p>Killed at any point: every file is as it was or as it shall be, never a part; the journal says which direction; the
 * next run looks at each file and goes on. A file that is neither is somebody else's work: it is never overwritten.
 */
final class Execution {

    private final NodeFiles files;
    private final NodePrograms programs;
    private final JournalFolder folder;
    private final ServiceRestart restart;
    private final Consumer<String> says;

    Execution(NodeFiles files, NodePrograms programs, ServiceRestart restart, Consumer<String> says) {
        this.files = files;
        this.programs = programs;
        this.folder = new JournalFolder(files);
        this.restart = restart;
        this.says = says;
    }

    /**
     * Prepares the node, or puts everything back.
     *
     * @param ours what is brought along of Capstan's own
     * @throws PreparationException if it could not be prepared; the message says why, and that everything is as it was or
     *     what is left
     */
    void forward(Journal begun, OurFiles ours) throws PreparationException {
        Journal journal = begun;
        try {
            foreign(journal);
            folder.write(journal);
            ours.make(journal);
            for (FileChange change : journal.files()) {
                if (!change.isAfter(files.read(change.path()))) {
                    files.put(change.path(), change.after());
                    says.accept((change.before().isPresent() ? "changed " : "wrote ") + change.path());
                }
            }
            if (journal.subject().template().isEmpty()) {
                compare(journal);
            }
            journal = placed(journal);
            Service service = journal.service().again(programs);
            List<String> missing = service.supervised() ? List.of() : service.missing(IsolatedLane.ENVIRONMENT);
            if (!missing.isEmpty()) {
                throw new IOException("systemd still does not give " + service.unit() + " " + String.join(", ", missing)
                        + "; another drop-in takes the place of Capstan's");
            }
            restart.unlessDone(journal, Optional.of(IsolatedLane.ENVIRONMENT), folder);
            compare(journal);
            ours.isolated();
            folder.write(journal.prepared());
        } catch (IOException | ContainerRuntimeException failed) {
            says.accept("failed: " + failed.getMessage());
            says.accept("putting everything back");
            try {
                back(journal.turning(State.UNDOING));
            } catch (PreparationException again) {
                failed.addSuppressed(again);
                throw new PreparationException(
                        "The node could not be prepared: " + failed.getMessage()
                                + ". And not everything could be put back: " + again.getMessage()
                                + ". Mend that, then run 'capstan node prepare --undo'.",
                        failed);
            }
            throw new PreparationException(
                    "The node could not be prepared: " + failed.getMessage()
                            + ". Everything was put back, and containerd runs as before.",
                    failed);
        }
    }

    /**
     * Brings everything back to what it was.
     *
     * @throws PreparationException if a file is neither as it was nor as Capstan left it, or something fails; nothing is
     *     lost then, and the next call goes on
     */
    void back(Journal journal) throws PreparationException {
        try {
            foreign(journal);
            folder.write(journal);
            for (FileChange change : journal.files()) {
                files.sweep(change.path());
                if (!isRestored(change)) {
                    if (change.before().isPresent()) {
                        files.put(change.path(), change.before().get());
                    } else {
                        files.remove(change.path());
                    }
                    says.accept((change.before().isPresent() ? "put back " : "removed ") + change.path());
                }
            }
            Journal placed = placed(journal);
            restart.unlessDone(placed, Optional.empty(), folder);
            OurFiles.remove(files, journal);
            folder.remove();
        } catch (IOException | ContainerRuntimeException failed) {
            throw new PreparationException(
                    "The node could not be brought back whole: " + failed.getMessage()
                            + ". Mend that, then run 'capstan node prepare --undo' again: it goes on.",
                    failed);
        }
    }

    /** Which files are neither as they were nor as Capstan left them. */
    private void foreign(Journal journal) throws IOException, PreparationException {
        List<String> foreign = new ArrayList<>();
        for (FileChange change : journal.files()) {
            Optional<FileImage> now = files.read(change.path());
            if (!change.isBefore(now) && !change.isAfter(now)) {
                foreign.add(change.path() + " was changed since Capstan wrote it:\n"
                        + indented(Difference.lines(
                                change.after().content(),
                                now.map(FileImage::content).orElse(new byte[0])))
                        + "    Capstan's own change of it was:\n"
                        + indented(Difference.lines(
                                change.before().map(FileImage::content).orElse(new byte[0]),
                                change.after().content())));
            }
        }
        if (!foreign.isEmpty()) {
            throw new PreparationException(String.join("  ", foreign)
                    + "  Nothing was done. Either take those later changes out, run it again, and make them once more; or"
                    + " keep them and take Capstan's change out by hand, then remove " + JournalFolder.FOLDER
                    + " and run systemctl restart " + journal.service().unit());
        }
    }

    private static String indented(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("      ").append(line).append('\n'));
        return text.toString();
    }

    private boolean isRestored(FileChange change) throws IOException {
        Optional<FileImage> now = files.read(change.path());
        if (change.before().isEmpty() || now.isEmpty()) {
            return change.isBefore(now);
        }
        return change.before().get().isWholly(now.get());
    }

    /** Says, on the disk, that every file is in its place, and has systemd read those that are its. */
    private Journal placed(Journal journal) throws IOException {
        Journal placed = journal.placed().isPresent() ? journal : journal.placedAt(restart.now());
        folder.write(placed);
        journal.service().reload(programs);
        return placed;
    }

    /** That containerd reads what lies there now as it read what lay there, but for config_path. */
    private void compare(Journal journal) throws IOException, ContainerRuntimeException {
        boolean untouched = journal.files().stream()
                .noneMatch(change -> change.path().equals(journal.subject().edited()));
        if (untouched) {
            return;
        }
        RuntimeConfiguration before = journal.subject()
                .dump(programs, journal.made().map(FileImage::content).orElse(new byte[0]));
        RuntimeConfiguration after = journal.subject().dump(programs, files);
        if (!after.configPath().equals(journal.root())) {
            throw new IOException(
                    "containerd reads config_path \"" + after.configPath() + "\" and not \"" + journal.root() + "\"");
        }
        List<String> beside = Comparison.beside(before.tree(), after.tree());
        if (!beside.isEmpty()) {
            throw new IOException("containerd reads more differently than config_path: " + String.join(", ", beside));
        }
    }
}
