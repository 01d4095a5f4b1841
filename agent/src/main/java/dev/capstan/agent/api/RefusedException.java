package dev.capstan.agent.api;

import java.io.IOException;

/** The API server answered, and said no. */
public final class RefusedException extends IOException {

    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int GONE = 410;
    static final int TOO_MANY = 429;

    private static final long serialVersionUID = 1;

    private final int status;
    private final int retryAfterSeconds;

    /**
     * A refusal.
     *
     * @param status HTTP status, or the code of a Status object that came as a watch event
     * @param words what the server said, fit for a log
     * @param retryAfterSeconds how long the server asks to be left alone; 0 where it does not
     */
    RefusedException(int status, String words, int retryAfterSeconds) {
        this("the API server refused with " + status + ": " + words, status, retryAfterSeconds);
    }

    private RefusedException(String message, int status, int retryAfterSeconds) {
        super(message);
        this.status = status;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The same refusal, which stands for this long yet. */
    RefusedException still(int seconds) {
        return new RefusedException(getMessage() + "", status, seconds);
    }

    /** Whether there is no such object, or no such kind. */
    public boolean notFound() {
        return status == NOT_FOUND;
    }

    /** Whether the credential is no good (any more). */
    boolean unauthorized() {
        return status == UNAUTHORIZED;
    }

    /** Whether the credential is good, but may not do this. */
    public boolean forbidden() {
        return status == FORBIDDEN;
    }

    /** Whether somebody else changed the object meanwhile. */
    boolean conflict() {
        return status == CONFLICT;
    }

    /** Whether the resourceVersion to go on from is too old, so that only a new list helps. */
    boolean expired() {
        return status == GONE;
    }

    /** Whether to go on from where one was is of no use after this, so that a new list is needed. */
    boolean asksForList() {
        return status / 100 != 5 && status != UNAUTHORIZED && status != TOO_MANY;
    }

    /** How long the server asks to be left alone; 0 where it does not. */
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
