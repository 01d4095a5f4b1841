package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider.CredentialSource;
import dev.capstan.machines.MachineSpec;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.IsolatedLane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Boots, stops and kills one machine at a time; who calls holds the machine's lock. */
final class MachineLife {

    /** A machine gets this long to stop its services before it is killed. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The variables containerd must be started with, as said at the machine's birth; in the machine's folder. */
    private static final String ENVIRONMENT = "environment";

    private final Path capstanHome;
    private final Distribution distribution;

    MachineLife(Path capstanHome, Distribution distribution) {
        this.capstanHome = capstanHome;
        this.distribution = distribution;
    }

    /**
     * Makes and boots a machine, or boots one that is made.
     *
     * @param found what is on disk of it
     * @return its state, with its agent started
     */
    MachineState boot(Path folder, MachineSpec spec, Optional<MachineState> found, CredentialSource credentials)
            throws IOException, InterruptedException, MachineException {
        boolean birth = found.isEmpty() || found.get().phase() == MachineState.Phase.MAKING;
        MachineState before = birth
                ? new MachineState(
                        MachineState.Phase.MAKING,
                        spec.cluster(),
                        spec.pool(),
                        found.map(MachineState::boot).orElse(null))
                : found.orElseThrow();
        Files.createDirectories(folder);
        before.write(folder);
        kill(before);
        Cgroups cgroups = cgroups();
        cgroups.remove(spec.name());
        if (birth) {
            Removal.emptyMachine(folder);
        }
        String bootId = UUID.randomUUID().toString();
        build(folder, spec, birth, bootId, cgroups);
        Credential credential = credentials.issue();
        cgroups.make(spec.name());
        HostProcess process = new Boot(folder)
                .start(
                        credential,
                        first -> before.with(new MachineState.Boot(first, bootId, false))
                                .write(folder),
                        root -> birth ? prepare(folder, root) : readEnvironment(folder));
        MachineState made = before.with(MachineState.Phase.MADE).with(new MachineState.Boot(process, bootId, true));
        made.write(folder);
        return made;
    }

    /** Lets the machine end its services, then kills what is left; its disk stays. */
    void stop(Path folder, MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        if (process.isPresent()) {
            ProcessHandle.of(process.get().pid()).ifPresent(ProcessHandle::destroy);
            awaitEnd(process.get(), GRACE);
        }
        kill(state);
        cgroups().remove(folder.getFileName().toString());
    }

    /** Kills the machine's first process, and with it everything in its process namespace (pid_namespaces(7)). */
    void kill(MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        if (process.isEmpty()) {
            return;
        }
        long pid = process.get().pid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        if (!awaitEnd(process.get(), PATIENCE)) {
            throw new IOException("process " + pid + " does not end; it may wait for a disk");
        }
    }

    /** Kills what is left of a machine in its cgroups, recorded or not, and removes them. */
    void removeCgroups(String name) throws IOException, InterruptedException {
        cgroups().remove(name);
    }

    private static boolean awaitEnd(HostProcess process, Duration patience) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(patience);
        while (process.alive()) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    private Cgroups cgroups() throws IOException {
        return Cgroups.of(capstanHome, Mount.all());
    }

    /** Brings the machine's folder to where it can boot. Its mount points are ours alone: the machine never sees them. */
    private void build(Path folder, MachineSpec spec, boolean birth, String bootId, Cgroups cgroups)
            throws IOException, InterruptedException {
        List<Mount> mounts = Mount.all();
        Layers layers = Layers.of(mounts);
        List<String> passwd = Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1);
        Masks masks = Masks.of(capstanHome, passwd, mounts, layers);
        for (String name : List.of("root", "run", "dev", "distribution", "containerd", "log")) {
            Files.createDirectories(folder.resolve(name));
        }
        UpperFolder upper = UpperFolder.of(folder, layers);
        for (Path path : masks.hidden()) {
            upper.hide(path);
        }
        new BootFolder(folder).write(spec, birth, bootId, layers, masks.folders(capstanHome), cgroups, distribution);
        BootFolder.write("enter.sh", folder.resolve("enter"));
    }

    /** Prepares lane Isolated in a root in which nothing has run yet. */
    private static Map<String, String> prepare(Path folder, Path root) throws IOException, MachineException {
        Map<String, String> environment;
        try {
            environment = new TreeMap<>(IsolatedLane.prepare(root).environment());
        } catch (ContainerRuntimeException e) {
            throw new MachineException("the runtime of a new machine could not be prepared: " + e.getMessage(), e);
        }
        Files.write(
                folder.resolve(ENVIRONMENT),
                environment.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
        return environment;
    }

    /** What was said at birth; the root itself is the machine's own by now, and not to be read from outside. */
    private static Map<String, String> readEnvironment(Path folder) throws IOException {
        var environment = new TreeMap<String, String>();
        for (String line : Files.readAllLines(folder.resolve(ENVIRONMENT))) {
            int equals = line.indexOf('=');
            environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return environment;
    }
}
