package dev.capstan.server.home;

import org.jspecify.annotations.Nullable;

/** Why the control plane does not start. The message says what happened, where and why; the advice says what to do. */
public final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String advice;

    public StartException(String message, String advice, @Nullable Throwable cause) {
        super(message, cause);
        this.advice = advice;
    }

    public StartException(String message, String advice) {
        this(message, advice, null);
    }

    /** What the user can do about it, as a sentence. */
    public String advice() {
        return advice;
    }
}
