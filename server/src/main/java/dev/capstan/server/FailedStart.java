package dev.capstan.server;

import dev.capstan.server.home.StartException;

/** What a program that cannot start says on standard error, and its exit code. */
public final class FailedStart {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private FailedStart() {}

    /**
     * The command line is wrong.
     *
     * @param program as the user calls it
     */
    public static int misused(String program, Exception wrong) {
        System.err.println("capstan: " + wrong.getMessage());
        System.err.println("  See '" + program + " --help'.");
        return USAGE;
    }

    /**
     * The program could not start.
     *
     * @param what it is, for words
     * @param advice where the failure was not expected
     * @param debug whether to show where it failed
     */
    public static int failed(Exception failure, String what, String advice, boolean debug) {
        if (failure instanceof StartException start) {
            System.err.println("capstan: " + start.getMessage());
            System.err.println("  " + start.advice());
        } else {
            System.err.println("capstan: " + what + " could not start: " + failure + ".");
            System.err.println("  " + advice);
        }
        if (debug) {
            failure.printStackTrace(System.err);
        }
        return FAILED;
    }
}
