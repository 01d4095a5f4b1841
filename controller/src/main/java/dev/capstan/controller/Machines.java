package dev.capstan.controller;

import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineProvider;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines of every location as their providers last reported them: listed once at the start and whenever a provider
 * says that something changed, so that nobody else has to list.
 */
final class Machines implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    private final Map<String, MachineProvider> providers;
    private final WorkQueue<Key> queue;
    private final Consumer<Machine> changed;
    private final Map<String, Map<String, Machine>> seen = new ConcurrentHashMap<>();
    private final Map<String, AutoCloseable> watches = new ConcurrentHashMap<>();

    /**
     * The machines of these providers.
     *
     * @param changed told of every machine that is new, gone, or not as it was
     */
    Machines(List<MachineProvider> providers, WorkQueue<Key> queue, Consumer<Machine> changed) {
        this.changed = changed;
        this.providers = new TreeMap<>(
                providers.stream().collect(Collectors.toMap(MachineProvider::location, Function.identity())));
        this.queue = queue;
    }

    /** Begins to watch and lists what there is. */
    void start() {
        providers.forEach((location, provider) -> {
            watches.computeIfAbsent(
                    location, ignored -> provider.watch(machine -> queue.add(new Key.Location(location))));
            refresh(location);
        });
    }

    /** Lists a location's machines again, and gives those that changed a turn. */
    void refresh(String location) {
        MachineProvider provider = providers.get(location);
        if (provider == null) {
            return;
        }
        Map<String, Machine> now = new ConcurrentHashMap<>();
        provider.list().forEach(machine -> now.put(machine.name(), machine));
        Map<String, Machine> before = seen.put(location, now);
        Map<String, Machine> all = new TreeMap<>(before == null ? Map.of() : before);
        all.putAll(now);
        all.forEach((name, machine) -> {
            if (before == null || !machine.equals(before.get(name)) || !now.containsKey(name)) {
                changed.accept(machine);
            }
        });
    }

    /** The provider of a location. */
    @Nullable
    MachineProvider provider(String location) {
        return providers.get(location);
    }

    /** Every provider. */
    List<MachineProvider> providers() {
        return List.copyOf(providers.values());
    }

    /** The locations served, for messages. */
    String locations() {
        return String.join(", ", providers.keySet());
    }

    /** The machine as last reported. */
    @Nullable
    Machine machine(String location, String name) {
        return seen.getOrDefault(location, Map.of()).get(name);
    }

    @Override
    public void close() {
        watches.forEach((location, watch) -> {
            try {
                watch.close();
            } catch (Exception e) {
                LOG.warn("the watch on the machines of {} does not close: {}", location, e.getMessage());
            }
        });
    }
}
