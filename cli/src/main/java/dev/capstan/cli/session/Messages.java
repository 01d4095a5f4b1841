package dev.capstan.cli.session;

import java.io.PrintWriter;
import java.util.function.Supplier;

/** What a command says beside its result, on standard error, as loud as its options ask for. */
public final class Messages {

    /** How much is said; each says what those before it say as well. */
    public enum Level {
        ERRORS,
        WARNINGS,
        VERBOSE,
        DEBUG
    }

    private final PrintWriter err;
    private Level level = Level.WARNINGS;

    public Messages(PrintWriter err) {
        this.err = err;
    }

    public void level(Level chosen) {
        level = chosen;
    }

    /** What the user should know, though all goes well; in az's form. */
    public void warning(String text) {
        say(Level.WARNINGS, "WARNING: " + text);
    }

    /** What goes on; shown as it is. */
    public void progress(String text) {
        say(Level.WARNINGS, text);
    }

    public void info(String text) {
        say(Level.VERBOSE, "INFO: " + text);
    }

    public void debug(Supplier<String> text) {
        if (says(Level.DEBUG)) {
            say(Level.DEBUG, "DEBUG: " + text.get());
        }
    }

    /** Whether this is said at all. */
    public boolean says(Level asked) {
        return level.compareTo(asked) >= 0;
    }

    private void say(Level asked, String text) {
        if (says(asked)) {
            err.println(text);
        }
    }
}
