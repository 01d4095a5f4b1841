package dev.capstan.runtime;

/** The container runtime could not be prepared or shown a set; the message says what, where, why and what to do. */
public final class ContainerRuntimeException extends Exception {

    public ContainerRuntimeException(String message) {
        super(message);
    }

    public ContainerRuntimeException(String message, Throwable cause) {
        super(message, cause);
    }
}
