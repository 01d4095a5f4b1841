package dev.capstan.controller;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider;
import dev.capstan.machines.MachineSpec;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Machines as records. They outlive controllers, and their agents' Leases are renewed when they boot. Every making and
 * deleting is remembered, so that a machine made twice or lost is seen.
 */
final class FakeProvider implements MachineProvider {

    private final Lab lab;
    private final Map<String, Machine> machines = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    /** The most machines that there ever were at once. */
    final AtomicInteger most = new AtomicInteger();

    final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
    final List<String> made = new CopyOnWriteArrayList<>();
    final List<String> booted = new CopyOnWriteArrayList<>();
    final List<String> deleted = new CopyOnWriteArrayList<>();
    final Map<String, MachineSpec> specs = new ConcurrentHashMap<>();
    final Map<String, List<String>> credentials = new ConcurrentHashMap<>();
    final Map<String, String> failing = new ConcurrentHashMap<>();
    /** Machines whose making ends only when it is interrupted. */
    final Set<String> hanging = ConcurrentHashMap.newKeySet();

    volatile String image = "image-1";
    volatile boolean agentsRun = true;
    volatile Machine.Kind kind = Machine.Kind.SYSTEM;
    private volatile Kill kill = Kill.never();

    /** Nodes whose agents write their list and never load it. */
    final Set<String> notLoading = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** The agents of all machines: they go on when a controller is killed. */
    private final Thread agents;

    FakeProvider(Lab lab) {
        this.lab = lab;
        agents = Thread.ofVirtual().start(this::runAgents);
    }

    private void runAgents() {
        while (!closed) {
            for (Machine machine : machines.values()) {
                if (agentsRun && machine.state() == Machine.State.RUNNING) {
                    runAgent(machine);
                }
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void runAgent(Machine machine) {
        String cluster = machine.cluster();
        String name = machine.name();
        try {
            if (!lab.isLeaseRenewed(cluster, name)) {
                lab.renewLease(cluster, name);
            }
            NodeTrustObject trust = lab.trust(cluster, name);
            if (trust != null && trust.getSpec().certificateSet() != null) {
                boolean loads = machine.kind() == Machine.Kind.SYSTEM && !notLoading.contains(name);
                NodeTrust.Status status = loads ? Lab.loaded(trust) : Lab.written(trust);
                if (!status.equals(trust.getStatus())) {
                    lab.report(cluster, name, status);
                }
            }
        } catch (KubernetesClientException gone) {
            // deleted in this moment: there is nothing to report on
        }
    }

    void kill(Kill next) {
        kill = next;
    }

    /** Ends the agents. */
    void joinAgents() {
        closed = true;
        try {
            agents.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String location() {
        return "local";
    }

    @Override
    public String image() {
        return image;
    }

    @Override
    public List<Machine> list() {
        kill.read();
        return List.copyOf(machines.values());
    }

    @Override
    public Machine ensure(MachineSpec spec, CredentialSource source) throws MachineException {
        kill.write("make " + spec.name());
        tries.computeIfAbsent(spec.name(), name -> new AtomicInteger()).incrementAndGet();
        String why = failing.get(spec.name());
        if (why != null) {
            throw new MachineException(why);
        }
        if (hanging.contains(spec.name())) {
            hang();
        }
        Machine there = machines.get(spec.name());
        if (there != null && there.state() == Machine.State.RUNNING) {
            return there;
        }
        if (there == null) {
            made.add(spec.name());
            machines.put(spec.name(), machine(spec, Machine.State.MAKING, false));
            most.accumulateAndGet(machines.size(), Math::max);
        }
        give(spec.name(), source.issue());
        kill.write("boot " + spec.name());
        Machine running = machine(spec, Machine.State.RUNNING, true);
        machines.put(spec.name(), running);
        specs.put(spec.name(), spec);
        booted.add(spec.name());
        changed(spec.name());
        return running;
    }

    private static void hang() throws MachineException {
        try {
            Thread.sleep(Duration.ofHours(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MachineException("interrupted", e);
        }
    }

    @Override
    public void deliverCredential(String name, Credential credential) {
        kill.write("credential for " + name);
        give(name, credential);
    }

    @Override
    public void delete(String name) {
        kill.write("delete " + name);
        if (machines.remove(name) != null) {
            deleted.add(name);
            changed(name);
        }
    }

    @Override
    public void stop(String name) {
        machines.computeIfPresent(
                name,
                (key, machine) -> new Machine(
                        machine.name(),
                        machine.cluster(),
                        machine.pool(),
                        machine.kind(),
                        Machine.State.STOPPED,
                        machine.facts()));
        changed(name);
    }

    @Override
    public AutoCloseable watch(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void give(String name, Credential credential) {
        credentials
                .computeIfAbsent(name, ignored -> new CopyOnWriteArrayList<>())
                .add(credential.token());
    }

    private void changed(String name) {
        new ArrayList<>(listeners).forEach(listener -> listener.accept(name));
    }

    private Machine machine(MachineSpec spec, Machine.State state, boolean ran) {
        return new Machine(
                spec.name(),
                spec.cluster(),
                spec.pool(),
                kind,
                state,
                ran
                        ? new Machine.Facts(
                                "10.0.0.1", "boot-1", "6.1.0", "Debian 12", "amd64", "containerd://1.6.20", 2, 4L << 30)
                        : null);
    }
}
