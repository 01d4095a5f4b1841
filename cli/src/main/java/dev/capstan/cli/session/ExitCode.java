package dev.capstan.cli.session;

/** Exit codes of every command; part of the interface, since scripts branch on them. */
public final class ExitCode {

    public static final int OK = 0;

    /** Something was tried and failed. */
    public static final int FAILED = 1;

    /** The command line itself is wrong; nothing was tried. */
    public static final int USAGE = 2;

    /** What was asked for is not there: no such cluster or node, or no running control plane. */
    public static final int NOT_FOUND = 3;

    private ExitCode() {}
}
