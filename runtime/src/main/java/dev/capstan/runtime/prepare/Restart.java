package dev.capstan.runtime.prepare;

import dev.capstan.runtime.Processes;
import dev.capstan.runtime.RuntimeLayout;
import dev.capstan.runtime.RuntimeProcess;
import dev.capstan.runtime.SocketCheck;
import dev.capstan.runtime.prepare.Containers.Container;
import dev.capstan.runtime.prepare.Journal.Moment;
import dev.capstan.runtime.prepare.Journal.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one restart of a direction: done unless the running process has read the present files already, and verified in any
 * case, also where an interrupted run did it.
 */
final class Restart {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofMinutes(1);

    private final Path root;
    private final NodePrograms programs;
    private final Processes processes;
    private final Containers containers;
    private final SocketCheck check;
    private final Consumer<String> says;

    Restart(Path root, Path proc, NodePrograms programs, SocketCheck check, Consumer<String> says) {
        this.root = root;
        this.programs = programs;
        this.processes = new Processes(root, proc);
        this.containers = new Containers(proc);
        this.check = check;
        this.says = says;
    }

    Moment now() throws IOException {
        return new Moment(processes.bootId(), processes.bootNanos());
    }

    /** The containers that run now. */
    List<Container> containers(Journal journal) throws IOException {
        return containers(journal.subject());
    }

    List<Container> containers(Subject subject) throws IOException {
        return containers.running(RuntimeLayout.in(root, subject.state()));
    }

    /**
     * Restarts the runtime unless that is done, and waits until it serves.
     *
     * @param environment what the new process must have been started with; empty where that is anybody's matter
     * @throws IOException if it does not come back as it should; the message says what was found
     */
    void unlessDone(Journal journal, Optional<Map<String, String>> environment) throws IOException {
        boolean needed = isNeeded(journal);
        if (needed) {
            // Of a start right after a change nobody can tell later that it came after it: start times are cut to 10
            // ms.
            pause();
            says.accept(journal.service().restartWords());
            Optional<String> wrong = journal.service().restart(programs, LIMIT);
            if (wrong.isPresent()) {
                throw new IOException(wrong.get());
            }
        }
        RuntimeProcess process = serving(journal, needed);
        if (environment.isPresent() && !environment.get().equals(process.trustEnvironment())) {
            throw new IOException("containerd, process " + process.pid() + ", was started with "
                    + process.trustEnvironment() + " and not with " + environment.get()
                    + ": what starts it does not hand the unit's environment on");
        }
        List<Container> gone = containers.gone(journal.containers());
        if (!gone.isEmpty()) {
            throw new IOException("of " + journal.containers().size()
                    + " containers that ran before the restart these do" + " not run any more: " + gone);
        }
        int count = journal.containers().size();
        says.accept("containerd answers, process " + process.pid() + "; "
                + switch (count) {
                    case 0 -> "no containers run";
                    case 1 -> "1 container runs on with the same process";
                    default -> count + " containers run on with the same processes";
                });
    }

    private boolean isNeeded(Journal journal) throws IOException {
        Optional<RuntimeProcess> running = processes.runtime();
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

    /** The process, once its socket answers; after a restart only one that has read the present files. */
    private RuntimeProcess serving(Journal journal, boolean restarted) throws IOException {
        String boot = processes.bootId();
        Path socket = RuntimeLayout.in(root, journal.subject().socket());
        long end = System.nanoTime() + ANSWER.toNanos();
        String last = "it does not run";
        do {
            Optional<RuntimeProcess> running = processes.runtime();
            boolean old = restarted
                    && running.isPresent()
                    && journal.placed()
                            .filter(placed -> !placed.isBefore(running.get(), boot))
                            .isPresent();
            if (old) {
                last = "process " + running.get().pid() + " is still the one from before the restart";
            } else if (running.isPresent()) {
                try {
                    check.ask(socket);
                    return running.get();
                } catch (IOException silent) {
                    last = "process " + running.get().pid() + ": " + silent.getMessage();
                }
            }
            pause();
        } while (System.nanoTime() < end);
        throw new IOException("containerd's CRI service does not answer within " + ANSWER.toSeconds() + " s; " + last
                + " (journalctl -u " + journal.service().unit() + " may say why)");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for containerd", interrupted);
        }
    }
}
