package dev.capstan.machines;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes and deletes the machines of one location. Every method may be called again with the same arguments after a
 * crash of the caller or of the provider, and ends in the same state; what was made is found again by name, never made
 * twice. Implementations are safe for use by several threads.
 */
public interface MachineProvider {

    /** The location this provider serves, such as {@code local}. */
    String location();

    /** Operating systems that machines of this location can have, in ARM's words: {@code Linux}, {@code Windows}. */
    default List<String> operatingSystems() {
        return List.of("Linux");
    }

    /**
     * Version of the image that a machine would be made from now: another one where that changed. Null where this location
     * does not say.
     */
    default @Nullable String image() {
        return null;
    }

    /** Every machine of this location that exists in any state, half-made and half-deleted ones included. */
    List<Machine> list();

    /**
     * Makes the machine, or boots it if it is there and not running; returns when its agent has been started: its list
     * is in its trust store and its runtime answers. Does nothing to one that runs, whatever the specification says now.
     *
     * @param credentials asked for at most once, only when the machine is booted
     * @throws MachineException if it cannot be made; nothing of it is left that {@link #delete} would not remove
     */
    Machine ensure(MachineSpec spec, CredentialSource credentials) throws MachineException;

    /**
     * Hands the running machine a fresh credential in place of the one it has.
     *
     * @throws MachineException if there is no such machine or it does not run
     */
    void deliverCredential(String name, Credential credential) throws MachineException;

    /** Deletes the machine and everything of it; a machine that is not there is no error. */
    void delete(String name) throws MachineException;

    /** Stops the machine and keeps its disk; a machine that does not run is no error. */
    void stop(String name) throws MachineException;

    /**
     * Calls the listener with a machine's name whenever its state may have changed, until closed. The call says only that
     * it is worth looking again; it comes on a thread of the provider's, and a listener must not block it.
     */
    AutoCloseable watch(Consumer<String> listener);

    /** Where a machine's credential comes from. */
    @FunctionalInterface
    interface CredentialSource {
        Credential issue() throws MachineException;
    }
}
