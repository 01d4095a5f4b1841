package dev.capstan.cli;

/** Exit codes of every command; part of the interface, since scripts branch on them. */
final class ExitCode {

    static final int OK = 0;

    /** Something was tried and failed. */
    static final int FAILED = 1;

    /** The command line itself is wrong; nothing was tried. */
    static final int USAGE = 2;

    /** What was asked for is not there: no such cluster or node, or no running control plane. */
    static final int NOT_FOUND = 3;

    private ExitCode() {}
}
