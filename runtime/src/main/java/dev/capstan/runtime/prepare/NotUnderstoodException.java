package dev.capstan.runtime.prepare;

/** A configuration file has something that is not understood with certainty; the message names the line. */
final class NotUnderstoodException extends Exception {

    private static final long serialVersionUID = 1L;

    NotUnderstoodException(String message) {
        super(message);
    }
}
