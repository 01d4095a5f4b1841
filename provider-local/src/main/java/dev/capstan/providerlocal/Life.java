package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.Machine;
import dev.capstan.machines.MachineException;
import dev.capstan.machines.MachineProvider.CredentialSource;
import dev.capstan.machines.MachineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How machines of one kind live: booted, stopped and killed one at a time; who calls holds the machine's lock. */
sealed interface Life permits NamespaceLife, DirectoryLife {

    /** A machine gets this long to stop its services before it is killed. */
    Duration GRACE = Duration.ofSeconds(10);

    /** A process that was killed gets this long to end. */
    Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Makes and boots a machine, or boots one that is made.
     *
     * @param found what is on disk of it
     * @return its state, with its agent started
     */
    MachineState boot(Path folder, MachineSpec spec, Optional<MachineState> found, CredentialSource credentials)
            throws IOException, InterruptedException, MachineException;

    /** Hands the running machine another credential in place of the one it has. */
    void deliver(Path folder, Credential credential) throws IOException, InterruptedException;

    /** Lets the machine end its services, then kills what is left; its disk stays. */
    void stop(Path folder, MachineState state) throws IOException, InterruptedException;

    /** Kills the machine; when this returns none of its processes is left. */
    void kill(MachineState state) throws IOException, InterruptedException;

    /** Removes what is left on the host of a machine that was killed, beside its folder. */
    void clear(String name) throws IOException, InterruptedException;

    /** Writes anew the program by which a user enters the machine, which an older version may have written. */
    void writeEntry(Path folder) throws IOException;

    /** What a kubelet would report of a machine that was booted. */
    Machine.Facts facts(MachineState.Boot boot);

    /** Waits until the process has ended; false if it has not in this time. */
    static boolean awaitEnd(HostProcess process, Duration patience) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(patience);
        while (process.alive()) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }
}
