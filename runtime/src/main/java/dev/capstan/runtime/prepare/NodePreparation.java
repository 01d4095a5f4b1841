package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntime;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeLock;
import dev.capstan.runtime.SocketCheck;
import dev.capstan.runtime.prepare.Journal.FileChange;
import dev.capstan.runtime.prepare.Journal.State;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Prepares a node that Capstan did not make for lane Isolated, and takes that back. What it changes is planned from a look
 * at the node, judged by the node's own containerd before anything is written, recorded before it is done, verified after
 * the one restart, and put back where it does not hold; see {@link Execution}.
 */
public final class NodePreparation {

    private final Path root;
    private final Path proc;
    /** An agent's restart is over in a minute; it is waited for, since the session that asked may be cut by that very restart. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final NodeFiles files;
    private final NodePrograms programs;
    private final JournalFolder folder;

    private NodePreparation(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
        this.files = new NodeFiles(root);
        this.programs = new NodePrograms(root);
        this.folder = new JournalFolder(files);
    }

    /** The node with this root, whose processes show in this proc file system. */
    public static NodePreparation at(Path root, Path proc) {
        return new NodePreparation(root, proc);
    }

    private interface Work<T> {
        T run() throws PreparationException, IOException, ContainerRuntimeException;
    }

    /** What nobody else may restart the runtime during. */
    private interface LockedWork<T> {
        T run(RuntimeLock lock) throws PreparationException, IOException, ContainerRuntimeException;
    }

    /**
     * What there is to do. Writes nothing.
     *
     * @throws PreparationException if the node cannot be looked at
     */
    public Assessment look(Given given) throws PreparationException {
        return doing("look at the node", () -> {
            Optional<Journal> journal = folder.read();
            if (journal.isPresent() && journal.get().state() != State.PREPARED) {
                return new Assessment.Interrupted(interrupted(journal.get()));
            }
            return draft(given).assessment();
        });
    }

    /**
     * Prepares the node, or completes what an interrupted run began.
     *
     * @param check asks the runtime's CRI service
     * @param says is told each step, as it is done
     * @return what was found, and done unless it is {@link Assessment.Prepared} or {@link Assessment.Refused}
     * @throws PreparationException if it could not be done; the message says whether everything was put back
     */
    public Assessment apply(Given given, SocketCheck check, Consumer<String> says) throws PreparationException {
        return doing(
                "prepare the node",
                () -> locked(says, lock -> {
                    Optional<Journal> before = folder.read();
                    ServiceRestart restart = new ServiceRestart(root, proc, lock, programs, check, says);
                    OurFiles ours = new OurFiles(files, runtime(), given);
                    Execution execution = new Execution(files, programs, restart, says);
                    if (before.isPresent() && before.get().state() != State.PREPARED) {
                        String words = interrupted(before.get());
                        says.accept(words);
                        execution.forward(resumed(before.get(), State.CHANGING), ours);
                        return new Assessment.Interrupted(words);
                    }
                    Draft draft = draft(given);
                    Assessment assessment = draft.assessment();
                    if (assessment instanceof Assessment.Planned) {
                        if (draft.restart()) {
                            execution.forward(journal(draft, before, restart), ours);
                        } else {
                            refresh(draft, before, ours);
                        }
                    }
                    return assessment;
                }));
    }

    /**
     * Brings the node back to what it was before it was prepared.
     *
     * @return false if there is nothing to take back
     * @throws PreparationException if a file was changed since, or something fails; nothing is lost then
     */
    public boolean undo(SocketCheck check, Consumer<String> says) throws PreparationException {
        return doing(
                "bring the node back",
                () -> locked(says, lock -> {
                    Optional<Journal> journal = folder.read();
                    if (journal.isEmpty()) {
                        folder.remove();
                        return false;
                    }
                    ServiceRestart restart = new ServiceRestart(root, proc, lock, programs, check, says);
                    new Execution(files, programs, restart, says).back(resumed(journal.get(), State.UNDOING));
                    return true;
                }));
    }

    /** What is ours alone counts at the next pull: recorded, so that --undo knows it, and written. */
    private void refresh(Draft draft, Optional<Journal> before, OurFiles ours)
            throws IOException, ContainerRuntimeException {
        List<String> missing = OurFiles.missing(files, draft);
        if (before.isPresent()) {
            folder.write(before.get().supporting(missing));
        }
        ours.refresh(draft.root(), missing);
    }

    private ContainerRuntime runtime() {
        return ContainerRuntime.at(root, proc);
    }

    private Draft draft(Given given) throws PreparationException, IOException, ContainerRuntimeException {
        return new Survey(root, proc, files, programs, runtime()).draft(given);
    }

    /** A journal that goes on in a direction: where it is that of before, what was done of it counts. */
    private static Journal resumed(Journal journal, State direction) {
        return journal.state() == direction ? journal : journal.turning(direction);
    }

    private Journal journal(Draft draft, Optional<Journal> before, ServiceRestart restart) throws IOException {
        List<FileChange> changes = new ArrayList<>();
        Set<String> support = new LinkedHashSet<>(OurFiles.missing(files, draft));
        Set<String> folders = new LinkedHashSet<>();
        for (ConfigurationPlan.Change change : draft.changes()) {
            changes.add(new FileChange(change.path(), change.before(), change.after()));
        }
        before.ifPresent(earlier -> {
            // What the first run found stays what --undo brings back, unless somebody changed it since.
            support.addAll(earlier.support());
            folders.addAll(earlier.folders());
            earlier.files().stream()
                    .filter(file ->
                            changes.stream().noneMatch(change -> change.path().equals(file.path())))
                    .forEach(changes::add);
        });
        for (FileChange change : changes) {
            folders.addAll(files.missingFolders(
                    change.path().substring(0, change.path().lastIndexOf('/'))));
        }
        folders.addAll(files.missingFolders(RuntimeLayout.NO_CERTIFICATES));
        folders.addAll(files.missingFolders(draft.root() + "/_default"));
        return new Journal(
                State.CHANGING,
                restart.now(),
                Optional.empty(),
                draft.subject(),
                draft.service(),
                draft.root(),
                files.read(draft.subject().configuration()),
                changes,
                List.copyOf(support),
                List.copyOf(folders),
                List.of());
    }

    private static String interrupted(Journal journal) {
        boolean undoing = journal.state() == State.UNDOING;
        return "A run that was to " + (undoing ? "take the preparation back" : "prepare this node")
                + " was interrupted. 'capstan node prepare' completes the preparation, 'capstan node prepare --undo' takes"
                + " everything back.";
    }

    private <T> T locked(Consumer<String> says, LockedWork<T> work)
            throws PreparationException, IOException, ContainerRuntimeException {
        try (RuntimeLock lock = RuntimeLock.await(root, PATIENCE, says)) {
            return work.run(lock);
        }
    }

    private <T> T doing(String what, Work<T> work) throws PreparationException {
        try {
            return work.run();
        } catch (IOException | ContainerRuntimeException failed) {
            throw new PreparationException("Could not " + what + ": " + words(failed) + ".", failed);
        }
    }

    private static String words(Exception failed) {
        return failed instanceof AccessDeniedException denied
                ? denied.getFile() + " may not be touched: run it as root"
                : String.valueOf(failed.getMessage());
    }
}
