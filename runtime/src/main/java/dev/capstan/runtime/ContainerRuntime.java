package dev.capstan.runtime;

import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * The container runtime of one node: which lane it is in, our set shown to it, which set it provably reads, and its restart.
 * Every answer is measured from the running process, its configuration as it reads it itself, and the files it reads; how the
 * lane is chosen is told in {@link Lanes}, how the loaded set is told in {@link LoadedSet}.
 *
 * <p>What a node's agent calls, in this order, whenever it brings the node to a set:
 *
 * <ol>
 *   <li>{@link #beforeStore}: records by name what is about to come and leave, durably.
 *   <li>The trust store is changed.
 *   <li>{@link #afterStore}, where that succeeded: says since when.
 *   <li>{@link #keepRoots} and {@link #show}, in whatever lane: each does what the lane needs, and nothing else.
 *   <li>{@link #loaded}.
 * </ol>
 *
 * <p>A death between any two of them leaves a node that trusts less than it says or says less than it trusts, never the other
 * way round: the next round begins at the first step again and completes what is open.
 */
public final class ContainerRuntime {

    private static final Duration RESTART_LIMIT = Duration.ofSeconds(60);

    private final Path root;
    private final Processes processes;
    private final Containerd containerd;
    private final Set<HostDirectory> vouched;
    private final ShownSet shown;
    private final KeptRoots roots;
    private final StoreMoves store;
    private final ConfigurationHistory history;

    private ContainerRuntime(Path root, Processes processes, Containerd containerd, Set<HostDirectory> vouched) {
        this.root = root;
        this.processes = processes;
        this.containerd = containerd;
        this.vouched = Set.copyOf(vouched);
        this.shown = new ShownSet(root);
        this.roots = new KeptRoots(root, processes);
        this.store = new StoreMoves(root, processes);
        this.history = new ConfigurationHistory(root, processes);
    }

    /** The runtime that runs in this root, looked up in this proc file system. */
    public static ContainerRuntime at(Path root, Path proc) {
        return at(root, proc, InstantSource.system());
    }

    /** The same by another clock. */
    static ContainerRuntime at(Path root, Path proc, InstantSource clock) {
        Path absolute = root.toAbsolutePath();
        Processes processes = new Processes(absolute, proc, clock);
        return new ContainerRuntime(absolute, processes, new Containerd(absolute, proc), Set.of());
    }

    /**
     * The same runtime, where these host directories are known to lead to servers that verify without our set: a proof of
     * every one of {@link HostDirectory#unshown} went through. As they are, they count as no obstacle; one that has changed
     * since does.
     */
    public ContainerRuntime vouching(Set<HostDirectory> directories) {
        return new ContainerRuntime(root, processes, containerd, directories);
    }

    /**
     * The lane of this node, looked up now.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public LaneChoice lane() throws ContainerRuntimeException {
        Lanes.Found found = look();
        RuntimeProcess process = found.choice().process();
        if (process == null || found.choice().lane() != Lane.ISOLATED) {
            return found.choice();
        }
        List<NamedCertificate> news;
        try {
            news = loadedSet().news(process);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return news.isEmpty()
                ? found.choice()
                : new LaneChoice(
                        Lane.ISOLATED,
                        found.choice().reason()
                                + "; what came to its roots since it started it may not know until it is restarted: "
                                + LoadedSet.names(news),
                        found.choice().obstacles(),
                        process);
    }

    /**
     * containerd's configuration as it reads it itself; empty where no containerd runs.
     *
     * @throws ContainerRuntimeException if it cannot be asked, or its answer is not understood
     */
    public Optional<RuntimeConfiguration> configuration() throws ContainerRuntimeException {
        Containerd.Answer answer = look().answer();
        if (answer == null) {
            return Optional.empty();
        }
        RuntimeConfiguration configuration = answer.configuration();
        if (configuration == null) {
            throw new ContainerRuntimeException(answer.failure());
        }
        return Optional.of(configuration);
    }

    /**
     * The first file of the configuration that was changed after the running containerd was started, which does not know of
     * it; empty where none was, or none runs. Setting the clock misleads it in neither direction, see
     * {@link ConfigurationHistory}.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public Optional<ConfigurationChange> configurationChange() throws ContainerRuntimeException {
        return look().change();
    }

    /**
     * The version that the running containerd's program prints, such as {@code 2.1.9}; empty where none runs or it says none.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public Optional<String> version() throws ContainerRuntimeException {
        Containerd.Answer answer = look().answer();
        return answer == null || answer.version().isEmpty() ? Optional.empty() : Optional.of(answer.version());
    }

    /**
     * The Unix socket on which the runtime serves CRI, as a path of this process; empty where none runs.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public Optional<Path> socket() throws ContainerRuntimeException {
        return look().socket().map(socket -> RuntimeLayout.in(root, socket));
    }

    /**
     * To be called before the trust store is brought to this set: records durably what comes and leaves, by name, so that
     * {@link #loaded} can tell what a process may have read. Nothing is written where nothing changes.
     *
     * @param history the trust store's completed writes, oldest first
     * @param ours the set that the store is about to hold
     * @param distrusted what it is about to be without
     * @throws ContainerRuntimeException if it cannot be recorded; the store is then better left as it is
     */
    public void beforeStore(List<StoreWrite> history, CertificateSet ours, SortedSet<Identity> distrusted)
            throws ContainerRuntimeException {
        try {
            store.begin(history, ours, distrusted);
        } catch (IOException e) {
            throw unrecorded(e);
        }
    }

    /**
     * To be called after the trust store was brought to the set of {@link #beforeStore}; not where that failed.
     *
     * @throws ContainerRuntimeException if it cannot be recorded; until it is, every process counts as stale
     */
    public void afterStore() throws ContainerRuntimeException {
        try {
            store.complete();
        } catch (IOException e) {
            throw unrecorded(e);
        }
    }

    /**
     * Shows the runtime this set where it reads one at every pull; keeps current what was shown before. And records what it
     * was started with, so that a later change of that is told without a doubt, see {@link ConfigurationHistory}.
     *
     * @return whether anything was written; false if the set was shown already, or the runtime reads none at every pull
     * @throws ContainerRuntimeException if it cannot be written; what was shown before is still shown, whole
     */
    public boolean show(CertificateSet set) throws ContainerRuntimeException {
        Lanes.Found found = look();
        keepHistory(found);
        Optional<String> directory = found.showIn();
        try {
            return shown.show(set, directory);
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    directory.orElse(RuntimeLayout.DEFAULT_DIRECTORY) + "/" + RuntimeLayout.OUR_FILE
                            + " could not be written: " + e
                            + ". containerd still reads the set before; Capstan tries again.",
                    e);
        }
    }

    /**
     * The {@code _default} directory in which the runtime reads our set at every pull; empty where it reads none.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public Optional<String> shownIn() throws ContainerRuntimeException {
        return look().showIn();
    }

    /**
     * Gives the runtime its roots, where it was started with those that Capstan keeps: the machine's own, and with them our
     * set where it is shown none at pulls. A running process may have read what was there before: {@link #loaded} says so.
     *
     * @param withoutOurs file with the trust store's certificates without our set; where it is missing nothing is done
     * @return whether anything was written; false if the runtime had these roots already, or has other ones
     * @throws ContainerRuntimeException if it cannot be written; what was there before still is, whole
     */
    public boolean keepRoots(Path withoutOurs) throws ContainerRuntimeException {
        Lanes.Found found = look();
        if (found.roots() != Lanes.Roots.OURS) {
            return false;
        }
        try {
            Path wanted = found.choice().lane() == Lane.ISOLATED
                    ? withoutOurs
                    : RootPath.follow(root, SystemBundle.path(root));
            return Files.isRegularFile(wanted) && roots.keep(Files.readAllBytes(wanted));
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "containerd's roots, " + RuntimeLayout.DISTRIBUTION_ROOTS
                            + ", could not be brought to the trust store's: " + e + ". Capstan tries again.",
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
        Lanes.Found found = look();
        RuntimeProcess process = found.choice().process();
        if (process == null) {
            return new Loaded.Unknown(
                    "containerd does not run, so it reads nothing; see why with: systemctl status containerd");
        }
        if (!found.choice().obstacles().isEmpty()) {
            return new Loaded.Unknown(String.join("; ", found.choice().obstacles()));
        }
        try {
            return loadedSet().of(found, process, history, distrusted);
        } catch (IOException e) {
            throw new ContainerRuntimeException("what the runtime reads cannot be told: " + e, e);
        }
    }

    /**
     * The host directories of the node's {@code config_path} that are not ours, sorted by root and name; none where containerd
     * reads none.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public List<HostDirectory> hostDirectories() throws ContainerRuntimeException {
        Lanes.Found found = look();
        Containerd.Answer answer = found.answer();
        if (found.showIn().isEmpty() || answer == null || answer.configuration() == null) {
            return List.of();
        }
        RuntimeConfiguration configuration = answer.configuration();
        try {
            return HostDirectories.look(root, configuration.roots(), configuration.version() > 2)
                    .directories();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * Lets a registry with a host directory of its own read the trust store at every pull: a file of ours,
     * {@code capstan.crt}, is added as a link to the system bundle. Files that are there are not touched.
     *
     * @return whether anything was written
     * @throws ContainerRuntimeException if the directory is not {@link HostDirectory#joinable}, or it cannot be written
     */
    public boolean join(HostDirectory directory) throws ContainerRuntimeException {
        HostDirectory now = hostDirectories().stream()
                .filter(there -> there.path().equals(directory.path()))
                .findFirst()
                .orElseThrow(() -> new ContainerRuntimeException(directory.path() + " is no host directory any more"));
        if (now.hides().isEmpty()) {
            return false;
        }
        if (!now.joinable()) {
            throw new ContainerRuntimeException(
                    "nothing was added to " + now.path() + ", whose own files decide what is read there: "
                            + now.hides().get());
        }
        try {
            return HostDirectories.join(root, now.path());
        } catch (IOException e) {
            throw new ContainerRuntimeException(now.path() + " could not be given a link to the trust store: " + e, e);
        }
    }

    /**
     * Takes back what {@link #join} did.
     *
     * @param directory its {@link HostDirectory#path}
     * @return whether anything was removed; false if there was nothing of ours
     * @throws ContainerRuntimeException if it cannot be removed
     */
    public boolean leave(String directory) throws ContainerRuntimeException {
        try {
            return HostDirectories.leave(root, directory);
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "the link to the trust store could not be removed from " + directory + ": " + e, e);
        }
    }

    /**
     * The folders that exist and in which a change may break the lane or bring another: those of configuration and imports,
     * the roots of host directories, every directory in them, and the one of the roots that Capstan keeps. What cannot be
     * looked at is left out: the next look says so.
     */
    public Set<Path> watched() {
        try {
            return look().watched(root);
        } catch (IOException | ContainerRuntimeException nextTime) {
            return Set.of();
        }
    }

    /**
     * Daemons beside the runtime that have been running since before the last change that {@link #beforeStore} recorded,
     * sorted by name.
     *
     * @throws ContainerRuntimeException if the node cannot be looked at
     */
    public List<OtherDaemon> otherDaemons() throws ContainerRuntimeException {
        RuntimeProcess process = look().choice().process();
        try {
            long changed = store.record().lastMove(processes.bootId());
            return OtherDaemons.stale(processes, process == null ? 0 : process.pid(), changed);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * Restarts containerd through the host's own {@code systemctl} and verifies it, within 60 seconds: a new process, which
     * started later, its socket answers, and no container that ran before was lost. See {@link Restart}. A containerd that is
     * part of another service, as in k3s and RKE2, is left alone: to restart it would be to restart the kubelet.
     *
     * @param stale the process that is to be replaced
     * @param check asked once the socket accepts connections; it may ask CRI
     * @return what was found after it; empty where another process runs by now, which nobody asked to have restarted
     * @throws ContainerRuntimeException if the runtime is being restarted or prepared already, or anything of that does not
     *     hold; the message says what was found and what to do
     */
    public Optional<Restarted> restart(RuntimeProcess stale, SocketCheck check) throws ContainerRuntimeException {
        return restart(stale, check, UnitRestart.of("containerd"), RESTART_LIMIT);
    }

    /** The same by another command, within another time. */
    Optional<Restarted> restart(RuntimeProcess stale, SocketCheck check, UnitRestart command, Duration limit)
            throws ContainerRuntimeException {
        try (RuntimeLock lock = RuntimeLock.take(root)) {
            Lanes.Found found = look();
            RuntimeProcess process = Restartable.of(found.choice().process(), processes);
            if (!process.isSameAs(stale)) {
                return Optional.empty();
            }
            String socket = found.socket().orElseThrow();
            return Optional.of(new Restart(lock, new NodePrograms(root), processes, "containerd", limit, check)
                    .run(command, process, RuntimeLayout.in(root, socket), new Containers(processes).running(socket)));
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "containerd could not be restarted: " + e.getMessage() + "; see systemctl status containerd", e);
        }
    }

    private void keepHistory(Lanes.Found found) throws ContainerRuntimeException {
        Containerd.Answer answer = found.answer();
        try {
            history.keep(
                    answer == null ? Optional.empty() : Optional.of(answer.process()),
                    answer == null ? ConfigurationFiles.of(root, RuntimeLayout.CONFIGURATION) : answer.files(),
                    found.socket().orElse(RuntimeLayout.CONTAINERD_SOCKET));
        } catch (IOException e) {
            throw new ContainerRuntimeException(
                    "what containerd was started with could not be recorded: " + e + ". Capstan tries again.", e);
        }
    }

    private Lanes.Found look() throws ContainerRuntimeException {
        try {
            return new Lanes(root, processes, containerd, vouched).look();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private LoadedSet loadedSet() throws IOException {
        return new LoadedSet(roots, store, shown, processes.bootId());
    }

    private ContainerRuntimeException unreadable(IOException e) {
        return new ContainerRuntimeException("the container runtime under " + root + " cannot be looked at: " + e, e);
    }

    private static ContainerRuntimeException unrecorded(IOException e) {
        return new ContainerRuntimeException(
                "what comes to the trust store and leaves it could not be recorded: " + e + ". Capstan tries again.",
                e);
    }
}
