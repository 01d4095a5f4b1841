package dev.capstan.runtime;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Restarts containerd through the host's own {@code systemctl}, and believes nothing of it that was not seen afterwards.
 *
 * <ol>
 *   <li>One at a time on a node: a lock is taken, or the restart is refused.
 *   <li>A containerd that is part of another service, as in k3s and RKE2, is refused: to restart it would be to restart the
 *       kubelet.
 *   <li>Every process that holds a container is noted with its start time.
 *   <li>{@code systemctl restart containerd}, for as long as the limit allows.
 *   <li>A containerd must be there that started after the one before, its socket must accept a connection, and the caller's
 *       question must be answered; this is tried until the limit is over.
 *   <li>Every process that was noted must still run, with the same start time.
 * </ol>
 */
final class Restart {

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Pattern SERVICE = Pattern.compile("/([^/\\n]+)\\.service");

    private final Path root;
    private final Processes processes;
    private final Path lock;
    private final List<String> command;
    private final Duration limit;

    /**
     * A restart of the containerd in this root.
     *
     * @param lock the file that is locked meanwhile
     * @param command what does it
     * @param limit how long command, process and answer may take together
     */
    Restart(Path root, Processes processes, Path lock, List<String> command, Duration limit) {
        this.root = root;
        this.processes = processes;
        this.lock = lock;
        this.command = List.copyOf(command);
        this.limit = limit;
    }

    /** Does it, see the class comment. */
    Restarted run(Path socket, SocketCheck check) throws ContainerRuntimeException, IOException {
        Files.createDirectories(lock.resolveSibling(""));
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held == null) {
                throw underWay();
            }
            return locked(socket, check);
        } catch (OverlappingFileLockException another) {
            throw underWay();
        }
    }

    private Restarted locked(Path socket, SocketCheck check) throws ContainerRuntimeException, IOException {
        long begin = System.nanoTime();
        RuntimeProcess before = running()
                .orElseThrow(
                        () -> new ContainerRuntimeException(
                                "no containerd runs, so there is nothing to restart; see why with: systemctl status containerd"));
        refuseForeignService(before);
        Map<Long, Processes.Seen> containers = containers();
        Program.Ran ran = Program.run(root, limit, command);
        Duration took = since(begin);
        if (ran.code() != 0) {
            throw new ContainerRuntimeException(String.join(" ", command) + " ended with code " + ran.code()
                    + (ran.complaint().isEmpty() ? "" : " and said: " + ran.complaint()) + ". "
                    + running().map(process -> process + ", runs").orElse("No containerd runs")
                    + "; see systemctl status containerd and journalctl -u containerd");
        }
        RuntimeProcess after = await(before, socket, check, begin);
        Duration answered = since(begin);
        List<Long> gone = new ArrayList<>();
        Map<Long, Processes.Seen> now = new TreeMap<>();
        processes.all().forEach(process -> now.put(process.pid(), process));
        containers.forEach((pid, process) -> {
            Processes.Seen there = now.get(pid);
            if (there == null || there.startedBootNanos() != process.startedBootNanos()) {
                gone.add(pid);
            }
        });
        if (!gone.isEmpty()) {
            throw new ContainerRuntimeException("containerd was restarted and answers as " + after + ", but of "
                    + containers.size() + " container processes these run no more: " + gone
                    + ". Containers survive only where the unit has KillMode=process (see systemctl cat containerd)");
        }
        return new Restarted(before, after, containers.size(), took, answered);
    }

    /** The new process once it answers. */
    private RuntimeProcess await(RuntimeProcess before, Path socket, SocketCheck check, long begin)
            throws ContainerRuntimeException, IOException {
        while (true) {
            Optional<RuntimeProcess> running = running();
            String found;
            if (running.isEmpty()) {
                found = "no containerd runs";
            } else if (running.get().pid() == before.pid()
                    || running.get().startedBootNanos() < before.startedBootNanos()) {
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
                throw new ContainerRuntimeException(String.join(" ", command) + " was run, but " + limit.toSeconds()
                        + " s after it began " + found
                        + "; see systemctl status containerd and journalctl -u containerd");
            }
            pause();
        }
    }

    private static void connect(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            if (!channel.isConnected()) {
                throw new IOException("it accepts no connection");
            }
        }
    }

    private void refuseForeignService(RuntimeProcess process) throws ContainerRuntimeException {
        Matcher service = SERVICE.matcher(processes.text(process.pid(), "cgroup"));
        while (service.find()) {
            if (!service.group(1).equals("containerd")) {
                throw new ContainerRuntimeException(process + ", is part of " + service.group(1)
                        + ".service, which Capstan does not restart: a kubelet may be in it. Drain the node and restart"
                        + " that service");
            }
        }
    }

    private Optional<RuntimeProcess> running() throws IOException {
        return processes.runtime().filter(process -> process.kind() == RuntimeKind.CONTAINERD);
    }

    /**
     * The shims and what each of them holds: its children, but for those that were put into a container's process namespace
     * later. A probe or a {@code kubectl exec} ends when it is done.
     */
    private Map<Long, Processes.Seen> containers() throws IOException {
        List<Processes.Seen> all = processes.all();
        Map<Long, Processes.Seen> shims = new TreeMap<>();
        for (Processes.Seen process : all) {
            if (process.name().startsWith("containerd-shim") && processes.inRoot(process.pid())) {
                shims.put(process.pid(), process);
            }
        }
        Map<Long, Processes.Seen> containers = new TreeMap<>(shims);
        for (Processes.Seen process : all) {
            if (shims.containsKey(process.parent()) && isFirstOfItsNamespace(process.pid())) {
                containers.put(process.pid(), process);
            }
        }
        return containers;
    }

    private boolean isFirstOfItsNamespace(long pid) {
        for (String line : processes.text(pid, "status").split("\n", -1)) {
            if (line.startsWith("NSpid:")) {
                String[] pids = line.substring(6).strip().split("\\s+", -1);
                return pids.length > 1 && pids[pids.length - 1].equals("1");
            }
        }
        return false;
    }

    private static ContainerRuntimeException underWay() {
        return new ContainerRuntimeException("another restart of the runtime is under way on this node ("
                + RuntimeLayout.RESTART_LOCK + " is locked): wait for it to end");
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
