package dev.capstan.cli;

import java.time.Duration;
import java.time.Instant;

/**
 * Shows how far a wait has come: on a terminal one line that changes, elsewhere one line per change. Not for several
 * threads.
 */
final class Progress implements AutoCloseable {

    /** ECMA-48: erase in line, from the cursor to the end. */
    private static final String ERASE = "\u001b[K";

    private final Session session;
    private final Instant started = Instant.now();
    private String shown = "";

    Progress(Session session) {
        this.session = session;
    }

    /** Shows where things stand; nothing happens if that is shown already. */
    void show(String text) {
        if (text.equals(shown)) {
            return;
        }
        shown = text;
        if (session.terminal()) {
            session.err().print("\r" + line(text, Duration.between(started, Instant.now())) + ERASE);
            session.err().flush();
        } else {
            session.err().println(text);
        }
    }

    static String line(String text, Duration elapsed) {
        return "%4d s  %s".formatted(elapsed.toSeconds(), text);
    }

    /** Leaves the terminal's cursor at the beginning of an empty line. */
    @Override
    public void close() {
        if (session.terminal() && !shown.isEmpty()) {
            session.err().print("\r" + ERASE);
            session.err().flush();
        }
    }
}
