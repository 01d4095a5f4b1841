package dev.capstan.runtime.prepare;

/** The node could not be looked at, prepared or brought back; the message says what, where, why, and what to do. */
public final class PreparationException extends Exception {

    private static final long serialVersionUID = 1L;

    PreparationException(String message) {
        super(message);
    }

    PreparationException(String message, Throwable cause) {
        super(message, cause);
    }
}
