package dev.capstan.truststore.format;

/** A file cannot be changed without harm to what is foreign in it. The message says what is wrong with it, in words. */
public final class UneditableException extends Exception {

    private static final long serialVersionUID = 1L;

    UneditableException(String message) {
        super(message);
    }
}
