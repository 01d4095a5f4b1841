package dev.capstan.server;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.machines.MachineSpec;
import dev.capstan.providerlocal.Distribution;
import dev.capstan.providerlocal.LocalProvider;
import dev.capstan.server.home.HomeFolder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local machine provider where it can run, and its reason where it cannot: a host that lacks containerd, or rights,
 * still serves the API, and says so at every attempt to make a machine. Each attempt looks again, so that installing what
 * is missing is enough.
 */
final class LocalMachines implements MachineProvider {

    private static final Logger LOG = LoggerFactory.getLogger(LocalMachines.class);

    private final HomeFolder home;
    private final Distribution distribution;
    private final Machine.@Nullable Kind kind;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private @Nullable LocalProvider provider;
    private List<String> needs = List.of();

    private LocalMachines(HomeFolder home, Distribution distribution, Machine.@Nullable Kind kind) {
        this.home = home;
        this.distribution = distribution;
        this.kind = kind;
    }

    /**
     * Opens the machines of a home.
     *
     * @param kind the kind of new machines; null for the best that this host lets be made
     */
    static LocalMachines open(HomeFolder home, Distribution distribution, Machine.@Nullable Kind kind) {
        var machines = new LocalMachines(home, distribution, kind);
        try {
            machines.provider();
        } catch (MachineException e) {
            LOG.warn("No machines for now: {}", e.getMessage());
            machines.needs = needsIn(String.valueOf(e.getMessage()));
        }
        return machines;
    }

    /** The provider tells everything that is missing in one message, as a list. */
    private static List<String> needsIn(String message) {
        var needs = message.lines()
                .filter(line -> line.startsWith("- "))
                .map(line -> line.substring(2))
                .toList();
        return needs.isEmpty() ? List.of(message) : needs;
    }

    /** What this host lacked at the start, in words; empty if machines can be made. */
    List<String> needs() {
        return needs;
    }

    /** Why new machines are only directories, in words; empty where they are systems of their own. */
    List<String> limits() {
        synchronized (lock) {
            return provider == null ? List.of() : provider.limits();
        }
    }

    /** Stops every machine that runs, all at once; one that does not stop is logged and left. */
    void stopAll() {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var machine : list()) {
                if (machine.state() == Machine.State.RUNNING) {
                    tasks.execute(() -> stopLogging(machine.name()));
                }
            }
        }
    }

    @Override
    public String location() {
        return "local";
    }

    @Override
    public @Nullable String image() {
        synchronized (lock) {
            return provider == null ? null : provider.image();
        }
    }

    @Override
    public List<Machine> list() {
        synchronized (lock) {
            return provider == null ? List.of() : provider.list();
        }
    }

    @Override
    public Machine ensure(MachineSpec spec, CredentialSource credentials) throws MachineException {
        return provider().ensure(spec, credentials);
    }

    @Override
    public void deliverCredential(String name, Credential credential) throws MachineException {
        provider().deliverCredential(name, credential);
    }

    @Override
    public void delete(String name) throws MachineException {
        provider().delete(name);
    }

    @Override
    public void stop(String name) throws MachineException {
        provider().stop(name);
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private LocalProvider provider() throws MachineException {
        synchronized (lock) {
            if (provider == null) {
                provider = LocalProvider.open(home.path(), distribution, kind);
                if (!provider.limits().isEmpty()) {
                    LOG.warn("New machines are only directories: {}", String.join("; ", provider.limits()));
                }
                provider.watch(name -> listeners.forEach(listener -> listener.accept(name)));
            }
            return provider;
        }
    }

    private void stopLogging(String machine) {
        try {
            stop(machine);
        } catch (MachineException e) {
            LOG.warn("Machine {} was not stopped: {}", machine, e.getMessage());
        }
    }
}
