package dev.capstan.server;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.machines.MachineSpec;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The location {@code simulated}: machines without processes. A machine is an entry of a map, and its agent, in this process,
 * does towards its cluster's API what an agent does, with the machine's own credential. They end with this process, as the
 * machines of a host end with the host; a controller that comes after it has them made again.
 */
final class SimulatedMachines implements MachineProvider {

    static final String LOCATION = "simulated";

    private final Map<String, Made> machines = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();

    private record Made(Machine machine, SimulatedAgent agent) {}

    @Override
    public String location() {
        return LOCATION;
    }

    @Override
    public List<Machine> list() {
        return machines.values().stream().map(Made::machine).toList();
    }

    @Override
    public Machine ensure(MachineSpec spec, CredentialSource credentials) throws MachineException {
        Made there = machines.get(spec.name());
        if (there != null && there.machine().state() == Machine.State.RUNNING) {
            return there.machine();
        }
        var agent = SimulatedAgent.start(spec, client(spec), credentials.issue());
        machines.put(spec.name(), new Made(machine(spec), agent));
        changed(spec.name());
        return machine(spec);
    }

    @Override
    public void deliverCredential(String name, Credential credential) throws MachineException {
        Made made = machines.get(name);
        if (made == null) {
            throw new MachineException("there is no machine " + name + " at " + LOCATION);
        }
        made.agent().take(credential);
    }

    @Override
    public void delete(String name) {
        Made gone = machines.remove(name);
        if (gone != null) {
            gone.agent().close();
            changed(name);
        }
    }

    @Override
    public void stop(String name) {
        machines.computeIfPresent(name, (key, made) -> {
            made.agent().close();
            return new Made(in(made.machine(), Machine.State.STOPPED), made.agent());
        });
        changed(name);
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private HttpClient client(MachineSpec spec) {
        return clients.computeIfAbsent(
                spec.certificateAuthority(),
                authority -> HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(TrustedBy.authority(authority))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build());
    }

    private void changed(String name) {
        listeners.forEach(listener -> listener.accept(name));
    }

    private static Machine machine(MachineSpec spec) {
        return new Machine(
                spec.name(),
                spec.cluster(),
                spec.pool(),
                Machine.Kind.SYSTEM,
                Machine.State.RUNNING,
                new Machine.Facts("", "boot", "6.1.0", "simulated", "amd64", "containerd://1.6.20", 2, 4L << 30));
    }

    private static Machine in(Machine machine, Machine.State state) {
        return new Machine(machine.name(), machine.cluster(), machine.pool(), machine.kind(), state, machine.facts());
    }
}
