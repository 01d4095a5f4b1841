package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider.CredentialSource;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Machines that are only a directory: {@code root} in the machine's folder, see {@link DirectoryRoot}, and an agent that
 * runs on this host and keeps the trust store in there. No right is needed that a plain user has not. There is no
 * container runtime, so a node of this kind gets no further than level {@code Written}; and no wall: the agent runs as
 * whoever runs the control plane.
 */
final class DirectoryLife implements Life {

    private final Distribution distribution;
    private final HostFacts facts;

    DirectoryLife(Distribution distribution, HostFacts facts) {
        this.distribution = distribution;
        this.facts = facts;
    }

    @Override
    public MachineState boot(Path folder, MachineSpec spec, Optional<MachineState> found, CredentialSource credentials)
            throws IOException, InterruptedException, MachineException {
        boolean birth = found.isEmpty() || found.get().phase() == MachineState.Phase.MAKING;
        MachineState before = birth
                ? MachineState.making(
                        Machine.Kind.DIRECTORY,
                        spec,
                        found.map(MachineState::boot).orElse(null))
                : found.orElseThrow();
        Files.createDirectories(folder);
        before.write(folder);
        kill(before);
        if (birth) {
            Removal.emptyMachine(folder);
            DirectoryRoot.make(folder.resolve("root"));
        }
        writeBoot(folder, spec, birth);
        String bootId = UUID.randomUUID().toString();
        HostProcess process = new Boot(folder)
                .start(
                        credentials.issue(),
                        first -> before.with(new MachineState.Boot(first, bootId, false))
                                .write(folder),
                        root -> Map.of());
        MachineState made = before.with(MachineState.Phase.MADE).with(new MachineState.Boot(process, bootId, true));
        made.write(folder);
        return made;
    }

    private void writeBoot(Path folder, MachineSpec spec, boolean birth) throws IOException {
        Path boot = folder.resolve("boot");
        Removal.removeTree(boot);
        for (String name : List.of("boot", "log", "run")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.setPosixFilePermissions(folder.resolve("run"), PosixFilePermissions.fromString("rwx------"));
        BootFolder.write("directory.sh", boot.resolve("boot.sh"));
        Files.writeString(boot.resolve("java"), distribution.java() + "\n");
        Files.writeString(boot.resolve("distribution"), distribution.folder() + "\n");
        Files.writeString(boot.resolve("ca.crt"), spec.certificateAuthority());
        Files.write(
                boot.resolve("agent.properties"),
                List.of(
                        "server=" + spec.server(),
                        "certificate-authority=" + boot.resolve("ca.crt"),
                        "token=" + folder.resolve("run/token"),
                        "node=" + spec.name(),
                        "root=" + folder.resolve("root"),
                        "runtime=none"));
        if (birth) {
            Files.writeString(boot.resolve("birth.pem"), spec.certificates());
        }
        writeEntry(folder);
    }

    @Override
    public void deliver(Path folder, Credential credential) throws IOException {
        Path fresh = folder.resolve("run/token.new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, credential.token() + "\n");
        Files.move(fresh, folder.resolve("run/token"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void stop(Path folder, MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        if (process.isPresent()) {
            ProcessHandle.of(process.get().pid()).ifPresent(ProcessHandle::destroy);
            Life.awaitEnd(process.get(), GRACE);
        }
        kill(state);
        Files.deleteIfExists(folder.resolve("run/token"));
    }

    @Override
    public void kill(MachineState state) throws IOException, InterruptedException {
        Optional<HostProcess> process = state.process();
        Optional<ProcessHandle> keeper = process.flatMap(alive -> ProcessHandle.of(alive.pid()));
        if (process.isEmpty() || keeper.isEmpty()) {
            return;
        }
        // The kernel kills the agent when its keeper dies; waited for here, since it may be writing into the folder.
        List<HostProcess> doomed = new ArrayList<>(List.of(process.get()));
        for (ProcessHandle agent : keeper.get().descendants().toList()) {
            HostProcess.find(agent.pid()).ifPresent(doomed::add);
        }
        keeper.get().destroyForcibly();
        for (HostProcess each : doomed) {
            if (!Life.awaitEnd(each, PATIENCE)) {
                throw new IOException("process " + each.pid() + " does not end; it may wait for a disk");
            }
        }
    }

    @Override
    public void clear(String name) {
        // Nothing of such a machine is anywhere but in its folder.
    }

    @Override
    public void writeEntry(Path folder) throws IOException {
        BootFolder.write("enter-directory.sh", folder.resolve("enter"));
    }

    @Override
    public Machine.Facts facts(MachineState.Boot boot) {
        return facts.ofDirectory(boot.bootId());
    }
}
