package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine provider of the location {@code local}: machines on this host, one folder each below
 * {@code CAPSTAN_HOME/machines}. Each is of one kind from its birth on: a system of its own made of Linux namespaces, or,
 * where this host refuses those or the user asks for it, only a directory with a trust store.
 *
 * <p>What is true of a machine is on disk and in {@code /proc}, never only in memory, so a provider that was killed
 * leaves its machines running, and the next one finds them. Each step is recorded before it is done:
 *
 * <pre>
 *   (nothing) ─ensure→ MAKING ─first boot complete→ MADE ─delete→ DELETING → (nothing)
 *                        └──────────delete──────────────────────────┘
 * </pre>
 *
 * A machine found in MAKING is emptied and made from the start; one in MADE whose boot was cut short is killed and
 * booted again with its disk; one in DELETING can only be deleted. Nothing is ever killed by name: only the recorded
 * process, told by process id, start time and host boot, and what sits in the machine's cgroups.
 *
 * <p>One provider at a time per CAPSTAN_HOME; the control plane sees to that.
 */
public final class LocalProvider implements MachineProvider {

    private static final Logger LOG = LoggerFactory.getLogger(LocalProvider.class);

    /** RFC 1123, section 2.1; also what Kubernetes asks of a node's name and Linux of a host name. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private final Path folders;
    private final Machine.Kind kind;
    private final Map<Machine.Kind, Life> lives;
    private final List<String> limits;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    private LocalProvider(Path capstanHome, Distribution distribution, Machine.Kind kind, List<String> limits)
            throws IOException, InterruptedException {
        this.folders = Files.createDirectories(capstanHome.resolve("machines"));
        this.kind = kind;
        this.limits = List.copyOf(limits);
        HostFacts facts = HostFacts.read();
        this.lives = Map.of(
                Machine.Kind.SYSTEM, new NamespaceLife(capstanHome, distribution, facts),
                Machine.Kind.DIRECTORY, new DirectoryLife(distribution, facts));
    }

    /**
     * Opens the provider and finds the machines that are there.
     *
     * @param capstanHome the control plane's folder; not one of the system's own
     * @param distribution the built product that machines get to see
     * @param asked the kind of new machines, or null for systems of their own where this host lets them be made, else
     *     directories
     * @throws MachineException if this host lacks something; the message names all of it
     */
    public static LocalProvider open(Path capstanHome, Distribution distribution, Machine.@Nullable Kind asked)
            throws MachineException {
        try {
            Path home = Files.createDirectories(capstanHome).toRealPath();
            if (Masks.isSystemPlace(home)) {
                throw new MachineException(
                        home + " is a folder of the system, which machines must see: choose a folder of"
                                + " its own as CAPSTAN_HOME");
            }
            // Only its owner, so that machines of other homes find it hidden as everything private is.
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            List<String> refusals = asked == Machine.Kind.DIRECTORY ? List.of() : Requirements.refusals(home);
            Machine.Kind kind =
                    asked != null ? asked : refusals.isEmpty() ? Machine.Kind.SYSTEM : Machine.Kind.DIRECTORY;
            List<String> problems = new ArrayList<>(Requirements.problems(kind, distribution));
            List<String> limits = List.of();
            switch (kind) {
                case SYSTEM -> problems.addAll(0, refusals);
                case DIRECTORY -> limits = asked == null ? refusals : List.of("it was asked for");
            }
            if (!problems.isEmpty()) {
                throw new MachineException("machines cannot be made on this host:\n- " + String.join("\n- ", problems));
            }
            var provider = new LocalProvider(home, distribution, kind, limits);
            provider.findMachines();
            return provider;
        } catch (IOException e) {
            throw new MachineException("the machines in " + capstanHome + " cannot be opened: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Why new machines are only directories, in words; empty where they are systems of their own. */
    public List<String> limits() {
        return limits;
    }

    @Override
    public String location() {
        return "local";
    }

    @Override
    public String image() {
        return HostImage.version(Path.of("/"));
    }

    @Override
    public List<Machine> list() {
        var machines = new ArrayList<Machine>();
        for (String name : names()) {
            try {
                MachineState.read(folders.resolve(name)).ifPresent(state -> machines.add(machine(name, state)));
            } catch (IOException e) {
                LOG.warn("Machine {} is left out: {}", name, e.getMessage());
            }
        }
        return List.copyOf(machines);
    }

    @Override
    public Machine ensure(MachineSpec spec, CredentialSource credentials) throws MachineException {
        Path folder = folder(spec.name());
        return locked(spec.name(), "made", () -> {
            Optional<MachineState> found = MachineState.read(folder);
            if (found.isPresent() && found.get().phase() == MachineState.Phase.DELETING) {
                throw new MachineException(
                        "machine " + spec.name() + " is being deleted: delete it again, then make it");
            }
            MachineState state;
            if (found.isPresent() && found.get().running()) {
                state = found.get();
            } else {
                try {
                    Machine.Kind itsKind = found.map(MachineState::kind).orElse(kind);
                    state = life(itsKind).boot(folder, spec, found, credentials);
                } finally {
                    changed(spec.name());
                }
                watchDeath(spec.name(), state);
            }
            return machine(spec.name(), state);
        });
    }

    @Override
    public void deliverCredential(String name, Credential credential) throws MachineException {
        Path folder = folder(name);
        locked(name, "given a credential", () -> {
            Optional<MachineState> found = MachineState.read(folder);
            if (found.isEmpty() || !found.get().running()) {
                throw new MachineException("machine " + name + " does not run: it takes no credential");
            }
            life(found.get().kind()).deliver(folder, credential);
            return "";
        });
    }

    @Override
    public void delete(String name) throws MachineException {
        Path folder = folder(name);
        locked(name, "deleted", () -> {
            Optional<MachineState> found = MachineState.read(folder);
            if (found.isPresent()) {
                found.get().with(MachineState.Phase.DELETING).write(folder);
                life(found.get().kind()).kill(found.get());
            }
            life(found.map(MachineState::kind).orElse(kind)).clear(name);
            Removal.removeMachine(folder);
            changed(name);
            return "";
        });
    }

    @Override
    public void stop(String name) throws MachineException {
        Path folder = folder(name);
        locked(name, "stopped", () -> {
            Optional<MachineState> found = MachineState.read(folder);
            if (found.isPresent()) {
                life(found.get().kind()).stop(folder, found.get());
                changed(name);
            }
            return "";
        });
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        Consumer<String> own = name -> listener.accept(name); // the same listener may watch twice
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    private void findMachines() throws IOException, InterruptedException {
        for (String name : names()) {
            Path folder = folders.resolve(name);
            Optional<MachineState> state = MachineState.read(folder);
            if (state.isPresent()) {
                life(state.get().kind()).writeEntry(folder);
                watchDeath(name, state.get());
            } else {
                Removal.removeMachine(folder); // cut short before its first, or after its last, record
            }
        }
    }

    private List<String> names() {
        try (var entries = Files.list(folders)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Machine machine(String name, MachineState state) {
        MachineState.Boot boot = state.boot();
        return new Machine(
                name,
                state.cluster(),
                state.pool(),
                state.kind(),
                publicState(state),
                boot == null ? null : life(state.kind()).facts(boot));
    }

    private Life life(Machine.Kind itsKind) {
        return Objects.requireNonNull(lives.get(itsKind), "every kind has its life");
    }

    private static Machine.State publicState(MachineState state) {
        return switch (state.phase()) {
            case MAKING -> Machine.State.MAKING;
            case DELETING -> Machine.State.DELETING;
            case MADE -> {
                try {
                    yield state.running() ? Machine.State.RUNNING : Machine.State.STOPPED;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private void watchDeath(String name, MachineState state) throws IOException {
        state.process().ifPresent(process -> DeathWatch.start(name, process, this::changed));
    }

    private void changed(String name) {
        for (Consumer<String> listener : listeners) {
            try {
                listener.accept(name);
            } catch (RuntimeException e) {
                LOG.error("A listener failed on a change of machine {}", name, e);
            }
        }
    }

    private Path folder(String name) throws MachineException {
        if (!NAME.matcher(name).matches()) {
            throw new MachineException(
                    "\"" + name + "\" cannot be a machine's name: use a DNS label (a-z, 0-9, -; up to 63 characters)");
        }
        return folders.resolve(name);
    }

    /** Something done to one machine. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException, InterruptedException, MachineException;
    }

    /** One thread at a time works on a machine. */
    private <T> T locked(String name, String what, Step<T> step) throws MachineException {
        ReentrantLock lock = locks.computeIfAbsent(name, _ -> new ReentrantLock());
        lock.lock();
        try {
            return step.run();
        } catch (IOException e) {
            throw new MachineException("machine " + name + " could not be " + what + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    private static MachineException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new MachineException("interrupted; call again to complete it", e);
    }
}
