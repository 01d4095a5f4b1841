package dev.capstan.cli.session;

import org.jspecify.annotations.Nullable;

/**
 * An error in a user's words. The message says what happened, where and why; the advice says what to do.
 *
 * <p>It is unchecked because nothing between where it arises and the command line has anything to add.
 */
public class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String advice;

    public Problem(int exitCode, String message, String advice, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.advice = advice;
    }

    public static Problem failed(String message, String advice) {
        return new Problem(ExitCode.FAILED, message, advice, null);
    }

    public static Problem failed(String message, String advice, Throwable cause) {
        return new Problem(ExitCode.FAILED, message, advice, cause);
    }

    public static Problem notFound(String message, String advice) {
        return new Problem(ExitCode.NOT_FOUND, message, advice, null);
    }

    public int exitCode() {
        return exitCode;
    }

    /** What the user can do about it, as a sentence; empty where there is nothing to add. */
    public String advice() {
        return advice;
    }
}
