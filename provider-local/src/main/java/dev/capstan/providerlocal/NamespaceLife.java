package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider.CredentialSource;
import dev.capstan.machines.MachineSpec;
import dev.capstan.runtime.ContainerRuntimeException;
import dev.capstan.runtime.IsolatedLane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Machines that are Linux namespaces over an overlay of this host's root, with a containerd of their own. */
final class NamespaceLife implements Life {

    /** The variables containerd must be started with, as said at the machine's birth; in the machine's folder. */
    private static final String ENVIRONMENT = "environment";

    private final Path capstanHome;
    private final Distribution distribution;
    private final HostFacts facts;

    NamespaceLife(Path capstanHome, Distribution distribution, HostFacts facts) {
        this.capstanHome = capstanHome;
        this.distribution = distribution;
        this.facts = facts;
    }

    @Override
    public MachineState boot(Path folder, MachineSpec spec, Optional<MachineState> found, CredentialSource credentials)
            throws IOException, InterruptedException, MachineException {
        boolean birth = found.isEmpty() || found.get().phase() == MachineState.Phase.MAKING;
        MachineState before = birth
                ? MachineState.making(
                        Machine.Kind.SYSTEM, spec, found.map(MachineState::boot).orElse(null))
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

    @Override
    public void deliver(Path folder, Credential credential) throws IOException, InterruptedException {
        // From inside: whatever root in there made of /run, it leads nowhere else.
        Programs.run(
                List.of(
                        folder.resolve("enter").toString(),
                        "bash",
                        "-ec",
                        "umask 077; cat >/run/capstan/token.new; mv -f /run/capstan/token.new /run/capstan/token"),
                credential.token() + "\n");
    }

    @Override
    public void stop(Path folder, MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        if (process.isPresent()) {
            ProcessHandle.of(process.get().pid()).ifPresent(ProcessHandle::destroy);
            Life.awaitEnd(process.get(), GRACE);
        }
        kill(state);
        cgroups().remove(folder.getFileName().toString());
    }

    /** Kills the machine's first process, and with it everything in its process namespace (pid_namespaces(7)). */
    @Override
    public void kill(MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        if (process.isEmpty()) {
            return;
        }
        long pid = process.get().pid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        if (!Life.awaitEnd(process.get(), PATIENCE)) {
            throw new IOException("process " + pid + " does not end; it may wait for a disk");
        }
    }

    /** Kills what is left of a machine in its cgroups, recorded or not, and removes them. */
    @Override
    public void clear(String name) throws IOException, InterruptedException {
        cgroups().remove(name);
    }

    @Override
    public void writeEntry(Path folder) throws IOException {
        BootFolder.write("enter.sh", folder.resolve("enter"));
    }

    @Override
    public Machine.Facts facts(MachineState.Boot boot) {
        return facts.ofSystem(boot.bootId());
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
        writeEntry(folder);
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
