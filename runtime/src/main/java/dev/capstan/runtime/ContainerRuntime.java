package dev.capstan.runtime;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Fingerprint;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The container runtime of one node: which lane it is in, our set shown to it, and which set it provably reads. Nothing is
 * remembered between calls; every answer is measured from the running process, its configuration and the files it reads.
 *
 * <p>The lane is told by the process: it is Isolated exactly if its environment names our copy of the distribution's roots
 * and our empty folder. The lane's further conditions are looked at each time, and any that does not hold is an
 * <em>obstacle</em>: it is named, and no set counts as loaded while it is there.
 */
public final class ContainerRuntime {

    private final Path root;
    private final Processes processes;
    private final ShownSet shown;
    private final KeptRoots roots;

    private ContainerRuntime(Path root, Path proc) {
        this.root = root;
        this.processes = new Processes(root, proc);
        this.shown = new ShownSet(root);
        this.roots = new KeptRoots(root, processes);
    }

    /** The runtime that runs in this root, looked up in this proc file system. */
    public static ContainerRuntime at(Path root, Path proc) {
        return new ContainerRuntime(root, proc);
    }

    /**
     * The lane of this node, looked up now.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public LaneChoice lane() throws ContainerRuntimeException {
        try {
            Optional<RuntimeProcess> running = processes.containerd();
            return running.isPresent() ? laneOf(running.get()) : laneAtRest();
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "the container runtime under " + root + " cannot be looked at: " + e, e);
        }
    }

    /**
     * Shows the runtime this set by lane Isolated; not to be called in another lane.
     *
     * @return whether anything was written; false if the set was shown already
     * @throws ContainerRuntimeException if it cannot be written; what was shown before is still shown, whole
     */
    public boolean show(CertificateSet set) throws ContainerRuntimeException {
        try {
            return shown.show(set);
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    RuntimeLayout.SHOWN_SET + " could not be written: " + e
                            + ". containerd still reads the set before; Capstan tries again.",
                    e);
        }
    }

    /**
     * Gives the runtime the machine's own roots by lane Isolated; not to be called in another lane. A running process may
     * have read what was there before: {@link #loaded} says so.
     *
     * @param withoutOurs file with the trust store's certificates without our set; where it is missing nothing is done
     * @return whether anything was written; false if the runtime had these roots already
     * @throws ContainerRuntimeException if it cannot be written; what was there before still is, whole
     */
    public boolean keepRoots(Path withoutOurs) throws ContainerRuntimeException {
        try {
            return Files.isRegularFile(withoutOurs) && roots.keep(Files.readAllBytes(withoutOurs));
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "containerd's roots, " + RuntimeLayout.DISTRIBUTION_ROOTS
                            + ", could not be brought to the distribution's: " + e + ". Capstan tries again.",
                    e);
        }
    }

    /**
     * Which set the running process provably reads, and that it trusts nothing that is distrusted.
     *
     * @param history the trust store's completed writes, oldest first
     * @param distrusted what the runtime's own roots must be without
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public Loaded loaded(List<StoreWrite> history, SortedSet<Identity> distrusted) throws ContainerRuntimeException {
        LaneChoice choice = lane();
        RuntimeProcess process = choice.process();
        if (process == null) {
            return new Loaded.Unknown(
                    "containerd does not run, so it reads nothing; see why with: systemctl status containerd");
        }
        if (!choice.obstacles().isEmpty()) {
            return new Loaded.Unknown(String.join("; ", choice.obstacles()));
        }
        try {
            return choice.lane() == Lane.ISOLATED
                    ? byRoots(process, distrusted)
                    : byHistory(process, history, processes.bootId());
        } catch (IOException e) {
            throw new ContainerRuntimeException("what containerd reads cannot be told: " + e, e);
        }
    }

    /** What a runtime in lane Isolated reads at every pull, if what it has read once is no more than it shall be. */
    private Loaded byRoots(RuntimeProcess process, SortedSet<Identity> distrusted) throws IOException {
        Collection<Identity> held = roots.among(distrusted);
        if (!held.isEmpty()) {
            return new Loaded.Stale(
                    List.of(),
                    List.of(),
                    RuntimeLayout.DISTRIBUTION_ROOTS + " holds what is distrusted: " + held
                            + "; Capstan takes it out by itself, see why it has not in the agent's log");
        }
        String left = roots.left(process);
        if (!left.isEmpty()) {
            return new Loaded.Stale(
                    List.of(),
                    List.of(),
                    "the node trusts no more: " + left + "; containerd, process " + process.pid()
                            + ", started before that, reads its roots once and may still trust it: run systemctl restart"
                            + " containerd");
        }
        CertificateSet set = shown.read();
        return new Loaded.Known(
                Fingerprint.of(
                        set.certificates().stream().map(Certificate::identity).toList(), distrusted),
                "containerd, process " + process.pid() + ", was started with the distribution's roots alone and reads "
                        + RuntimeLayout.SHOWN_SET + " at every pull");
    }

    /**
     * The same runtime, where these registries' pulls are known to reach what they shall without our set: a proof went
     * through. Their host directories count as no obstacle.
     *
     * @param registries names of host directories, as {@link HostDirectory#registry} gives them
     */
    public ContainerRuntime vouching(Set<String> registries) {
        return this;
    }

    /**
     * containerd's configuration as it reads it itself; empty where no containerd runs.
     *
     * @throws ContainerRuntimeException if it cannot be asked, or its answer is not understood
     */
    public Optional<RuntimeConfiguration> configuration() throws ContainerRuntimeException {
        return Optional.empty();
    }

    /** The version that the running runtime's program prints, such as {@code 2.1.9}; empty where none runs or it says none. */
    public Optional<String> version() throws ContainerRuntimeException {
        return Optional.empty();
    }

    /** The Unix socket on which the runtime serves CRI, as a path of this process; empty where none runs. */
    public Optional<Path> socket() throws ContainerRuntimeException {
        return Optional.empty();
    }

    /**
     * To be called before the trust store is brought to this set: records durably what comes and leaves, by name, so that
     * {@link #loaded} can tell what a process may have read. Nothing is written where nothing changes.
     *
     * @param history the trust store's completed writes, oldest first
     * @param ours the set that the store is about to hold
     * @param distrusted what it is about to be without
     */
    public void beforeStore(List<StoreWrite> history, CertificateSet ours, SortedSet<Identity> distrusted)
            throws ContainerRuntimeException {}

    /** To be called after the trust store was brought to the set of {@link #beforeStore}; not where that failed. */
    public void afterStore() throws ContainerRuntimeException {}

    /** The host directories of the node's {@code config_path} that are not ours, sorted by name. */
    public List<HostDirectory> hostDirectories() throws ContainerRuntimeException {
        return List.of();
    }

    /**
     * Lets a registry with a host directory of its own read the trust store at every pull: a file of ours,
     * {@code capstan.crt}, is added as a link to the system bundle. Files that are there are not touched.
     *
     * @return whether anything was written
     * @throws ContainerRuntimeException if the directory is not {@link HostDirectory#joinable}
     */
    public boolean join(HostDirectory directory) throws ContainerRuntimeException {
        return false;
    }

    /** Takes back what {@link #join} did; false if there was nothing of ours. */
    public boolean leave(HostDirectory directory) throws ContainerRuntimeException {
        return false;
    }

    /** The folders in which a change may break the lane: those of configuration, imports and host directories. */
    public Set<Path> watched() {
        return Set.of();
    }

    /**
     * Daemons beside the runtime that have been running since before the last change that {@link #beforeStore} recorded.
     */
    public List<OtherDaemon> otherDaemons() throws ContainerRuntimeException {
        return List.of();
    }

    /**
     * Restarts containerd through the host's own {@code systemctl} and verifies it, within 60 seconds: a new process, which
     * started later, its socket answers, and every container process that ran before still runs.
     *
     * @param check asked once the socket accepts connections; it may ask CRI
     * @throws ContainerRuntimeException if another restart is under way, or anything of that does not hold; the message
     *     says what was found and what to do
     */
    public Restarted restart(SocketCheck check) throws ContainerRuntimeException {
        RuntimeProcess running = lane().process();
        if (running == null) {
            throw new ContainerRuntimeException("no container runtime runs, so there is nothing to restart");
        }
        throw new ContainerRuntimeException("restarting is being built: run systemctl restart containerd");
    }

    private LaneChoice laneOf(RuntimeProcess process) throws IOException {
        if (process.trustEnvironment().equals(IsolatedLane.ENVIRONMENT)) {
            return new LaneChoice(
                    Lane.ISOLATED,
                    "containerd was started with the distribution's roots alone and reads the set at every pull"
                            + news(process),
                    isolatedObstacles(process),
                    process);
        }
        return new LaneChoice(
                Lane.RESTART,
                "containerd was started "
                        + (process.trustEnvironment().isEmpty()
                                ? "with the system's own trust store"
                                : "with " + process.trustEnvironment())
                        + ", which it reads once",
                List.of(),
                process);
    }

    private String news(RuntimeProcess process) throws IOException {
        String came = roots.came(process);
        return came.isEmpty()
                ? ""
                : "; what came to its roots since it started it may not know until it is restarted: " + came;
    }

    private LaneChoice laneAtRest() {
        boolean prepared = Files.exists(RuntimeLayout.in(root, RuntimeLayout.ENVIRONMENT));
        return prepared
                ? new LaneChoice(
                        Lane.ISOLATED,
                        "this machine was made for it (" + RuntimeLayout.ENVIRONMENT + "); containerd does not run",
                        List.of("containerd does not run"),
                        null)
                : new LaneChoice(Lane.NONE, "no containerd runs on this node", List.of(), null);
    }

    private List<String> isolatedObstacles(RuntimeProcess process) throws IOException {
        List<String> obstacles = new ArrayList<>();
        Path configuration = RuntimeLayout.in(root, process.configuration());
        if (Files.isRegularFile(configuration)) {
            obstacles.addAll(ContainerdConfiguration.obstacles(
                    Files.readString(configuration, StandardCharsets.UTF_8), process.configuration()));
        } else {
            obstacles.add(
                    process.configuration() + " does not exist, so containerd has no config_path: put it back and run"
                            + " systemctl restart containerd");
        }
        changedSince(process, configuration)
                .ifPresent(file -> obstacles.add(process.configuration()
                        + " was changed after containerd started, which does not know of it: run systemctl restart"
                        + " containerd"));
        if (!Files.isRegularFile(RuntimeLayout.in(root, RuntimeLayout.DISTRIBUTION_ROOTS))) {
            obstacles.add(RuntimeLayout.DISTRIBUTION_ROOTS
                    + " is gone: containerd trusts no public registry until it is put back from "
                    + RuntimeLayout.SYSTEM_BUNDLE + " of an untouched machine");
        }
        obstacles.addAll(HostDirectories.obstacles(root));
        return obstacles;
    }

    /**
     * The file, if it was changed more than a second after the process started. The time of the last change of its inode
     * counts: unlike that of its content, nobody can set it back.
     */
    private Optional<Path> changedSince(RuntimeProcess process, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        long started = processes.bootedAtMillis() + process.startedBootNanos() / 1_000_000;
        boolean changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toMillis() > started + 1000;
        return changed ? Optional.of(file) : Optional.empty();
    }

    /**
     * What a runtime that reads the store once has loaded: the set the store held when it started, if the store has held
     * no other since. (It reads lazily, at its first handshake, so with a change since then either may be loaded.)
     */
    private static Loaded byHistory(RuntimeProcess process, List<StoreWrite> history, String bootId) {
        Fingerprint atStart = Fingerprint.EMPTY;
        @Nullable StoreWrite changed = null;
        for (StoreWrite write : history) {
            boolean before = !write.bootId().equals(bootId) || write.bootNanos() < process.startedBootNanos();
            if (before) {
                atStart = write.fingerprint();
            } else if (!write.fingerprint().equals(atStart)) {
                changed = write;
            }
        }
        if (changed == null) {
            return new Loaded.Known(
                    atStart,
                    "the trust store has held this set since before containerd, process " + process.pid()
                            + ", started");
        }
        return new Loaded.Stale(
                List.of(),
                List.of(),
                "the trust store changed after containerd, process " + process.pid()
                        + ", started, and containerd reads it once: run systemctl restart containerd");
    }
}
