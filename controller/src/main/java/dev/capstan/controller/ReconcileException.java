package dev.capstan.controller;

/** Something asked for could not be done; it is tried again, and said in a condition until it is. */
final class ReconcileException extends Exception {

    private final String reason;

    /**
     * What could not be done.
     *
     * @param reason one word, the reason of the condition
     * @param message what happened, where, why, what to do
     */
    ReconcileException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    ReconcileException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
