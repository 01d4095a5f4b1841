package dev.capstan.machines;

/** A machine could not be made, changed or deleted; the message says what, where, why and what to do. */
public final class MachineException extends Exception {

    public MachineException(String message) {
        super(message);
    }

    public MachineException(String message, Throwable cause) {
        super(message, cause);
    }
}
