package dev.capstan.runtime;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Restarts containerd through the host's own {@code systemctl}, and believes nothing of it that was not seen afterwards.
 * Whoever asks for it, the agent or {@code capstan node prepare}, holds the one lock and notes the containers before.
 *
 * <ol>
 *   <li>{@code systemctl restart}, for as long as the limit allows.
 *   <li>A containerd must be there that started since, its socket must accept a connection, and the caller's question must
 *       be answered; this is tried until the limit is over.
 *   <li>No container that was noted may be lost; what that means is told in {@link Containers}.
 * </ol>
 */
public final class Restart {

    private static final Duration LOOK = Duration.ofMillis(20);

    private final RuntimeLock lock;
    private final NodePrograms programs;
    private final Processes processes;
    private final String unit;
    private final Duration limit;
    private final SocketCheck check;

    /**
     * A restart of the containerd in this root.
     *
     * @param lock held until it is over
     * @param unit the unit it runs in, for words
     * @param limit how long command, process and answer may take together
     * @param check asked once the socket accepts connections; it may ask CRI
     */
    public Restart(
            RuntimeLock lock,
            NodePrograms programs,
            Processes processes,
            String unit,
            Duration limit,
            SocketCheck check) {
        this.lock = lock;
        this.programs = programs;
        this.processes = processes;
        this.unit = unit;
        this.limit = limit;
        this.check = check;
    }

    /**
     * What was found after a restart.
     *
     * @param process the containerd that answers
     * @param containers what became of the containers that ran before; none was lost
     */
    public record Verified(RuntimeProcess process, Containers.Fate containers) {}

    /**
     * Does it and verifies it.
     *
     * @param command what does it
     * @param before the process that runs now
     * @param socket where it serves, as a path of this process
     * @param containers those that run now
     * @throws ContainerRuntimeException if it does not come back as it should; the message says what was found
     */
    Restarted run(UnitRestart command, RuntimeProcess before, Path socket, List<Shim> containers)
            throws ContainerRuntimeException, IOException {
        long begin = System.nanoTime();
        command(command);
        Duration took = since(begin);
        RuntimeProcess after = await(begin, isAfter(before), socket);
        Duration answered = since(begin);
        return new Restarted(before, after, fate(after, containers), took, answered);
    }

    /**
     * Runs the command alone; {@link #verify} is to follow, perhaps in another process.
     *
     * @throws ContainerRuntimeException if it fails
     */
    public void command(UnitRestart command) throws ContainerRuntimeException, IOException {
        lock.held();
        NodePrograms.Ran ran = command.run(programs, limit);
        if (!ran.succeeded()) {
            throw new ContainerRuntimeException(command + " ended with code " + ran.code()
                    + (ran.complaint().isEmpty()
                            ? ""
                            : " and said: " + ran.complaint().replaceFirst("\\.$", "")) + ". "
                    + running().map(process -> process + ", runs").orElse("No containerd runs") + see());
        }
    }

    /**
     * Sees that a restart that was done was done right.
     *
     * @param isNew tells the process that it shall have started from the one before
     * @param socket where it serves, as a path of this process
     * @param containers those that ran before
     * @throws ContainerRuntimeException if it does not come back as it should; the message says what was found
     */
    public Verified verify(Predicate<RuntimeProcess> isNew, Path socket, List<Shim> containers)
            throws ContainerRuntimeException, IOException {
        lock.held();
        RuntimeProcess after = await(System.nanoTime(), isNew, socket);
        return new Verified(after, fate(after, containers));
    }

    private static Predicate<RuntimeProcess> isAfter(RuntimeProcess before) {
        return process -> process.pid() != before.pid() && process.startedBootNanos() >= before.startedBootNanos();
    }

    /** The new process once it answers. */
    private RuntimeProcess await(long begin, Predicate<RuntimeProcess> isNew, Path socket)
            throws ContainerRuntimeException, IOException {
        while (true) {
            Optional<RuntimeProcess> running = running();
            String found;
            if (running.isEmpty()) {
                found = "no containerd runs";
            } else if (!isNew.test(running.get())) {
                found = running.get() + ", which ran before, still runs: it is not the one that the unit starts";
            } else {
                try {
                    connect(socket);
                    check.ask(socket);
                    return running.get();
                } catch (IOException notYet) {
                    found = running.get() + ", does not answer on " + socket + ": " + notYet.getMessage();
                }
            }
            if (since(begin).compareTo(limit) > 0) {
                throw new ContainerRuntimeException(
                        unit + " was restarted, but " + limit.toSeconds() + " s later " + found + see());
            }
            pause();
        }
    }

    private Containers.Fate fate(RuntimeProcess after, List<Shim> before)
            throws ContainerRuntimeException, IOException {
        Containers.Fate fate = new Containers(processes).of(before);
        if (!fate.lost().isEmpty()) {
            throw new ContainerRuntimeException("containerd was restarted and answers as " + after + ", but of "
                    + before.stream().mapToInt(Shim::size).sum()
                    + " containers that ran before these were lost with their shims: " + fate.lost()
                    + ". Containers survive only where the unit has KillMode=process (see systemctl cat " + unit + ")");
        }
        return fate;
    }

    private static void connect(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            if (!channel.isConnected()) {
                throw new IOException("it accepts no connection");
            }
        }
    }

    private Optional<RuntimeProcess> running() throws IOException {
        return processes.runtime().filter(process -> process.kind() == RuntimeKind.CONTAINERD);
    }

    private String see() {
        return "; see systemctl status " + unit + " and journalctl -u " + unit;
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while containerd was being restarted", e);
        }
    }
}
