package dev.capstan.runtime.prepare;

import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.Containers;
import dev.capstan.runtime.NodePrograms;
import dev.capstan.runtime.Processes;
import dev.capstan.runtime.Restart;
import dev.capstan.runtime.RuntimeKind;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeLock;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.SocketCheck;
import dev.capstan.runtime.prepare.Journal.Moment;
import dev.capstan.runtime.prepare.Journal.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one restart of a direction: done unless the running process has read the present files already, and verified in any
 * case, also where an interrupted run did it. The restart itself is {@link Restart}'s.
 */
final class ServiceRestart {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path root;
    private final RuntimeLock lock;
    private final NodePrograms programs;
    private final Processes processes;
    private final SocketCheck check;
    private final Consumer<String> says;

    ServiceRestart(
            Path root, Path proc, RuntimeLock lock, NodePrograms programs, SocketCheck check, Consumer<String> says) {
        this.root = root;
        this.lock = lock;
        this.programs = programs;
        this.processes = new Processes(root, proc);
        this.check = check;
        this.says = says;
    }

    Moment now() throws IOException {
        return new Moment(processes.bootId(), processes.bootNanos());
    }

    /**
     * Restarts the runtime unless that is done, and waits until it serves.
     *
     * @param environment what the new process must have been started with; empty where that is anybody's matter
     * @param folder keeps the journal, which has the containers that run right before the restart
     * @throws ContainerRuntimeException if it does not come back as it should; the message says what was found
     */
    void unlessDone(Journal placed, Optional<Map<String, String>> environment, JournalFolder folder)
            throws ContainerRuntimeException, IOException {
        Journal journal = placed;
        Restart restart =
                new Restart(lock, programs, processes, journal.service().unit(), LIMIT, check);
        boolean needed = isNeeded(journal);
        if (needed) {
            // Of a start right after a change nobody can tell later that it came after it: start times are cut to 10
            // ms.
            pause();
            if (running().isPresent()) {
                // Else an interrupted run has begun the restart, and noted them.
                journal = journal.noting(
                        new Containers(processes).running(journal.subject().socket()));
                folder.write(journal);
            }
            says.accept(journal.service().restartWords());
            restart.command(journal.service().restart());
        }
        Moment since = journal.placed().orElse(journal.begun());
        String boot = processes.bootId();
        Restart.Verified found = restart.verify(
                process -> !needed || since.isBefore(process, boot),
                RuntimeLayout.in(root, journal.subject().socket()),
                journal.containers());
        RuntimeProcess process = found.process();
        if (environment.isPresent() && !environment.get().equals(process.trustEnvironment())) {
            throw new IOException("containerd, process " + process.pid() + ", was started with "
                    + process.trustEnvironment() + " and not with " + environment.get()
                    + ": what starts it does not hand the unit's environment on");
        }
        boolean restarted = needed || !journal.containers().isEmpty();
        says.accept("containerd answers, process " + process.pid() + "; "
                + (restarted ? found.containers().words() : "it was not restarted, as it has read none of this"));
    }

    private boolean isNeeded(Journal journal) throws IOException {
        Optional<RuntimeProcess> running = running();
        if (running.isEmpty()) {
            return true;
        }
        String boot = processes.bootId();
        boolean done = journal.placed()
                .filter(placed -> placed.isBefore(running.get(), boot))
                .isPresent();
        boolean never = journal.state() == State.UNDOING && !journal.begun().isBefore(running.get(), boot);
        return !done && !never;
    }

    private Optional<RuntimeProcess> running() throws IOException {
        return processes.runtime().filter(process -> process.kind() == RuntimeKind.CONTAINERD);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before containerd was restarted", interrupted);
        }
    }
}
