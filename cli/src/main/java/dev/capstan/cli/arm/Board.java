package dev.capstan.cli.arm;

import dev.capstan.cli.session.Messages;
import dev.capstan.cli.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Shows lines that change: on a terminal they are written over, elsewhere each is a line of its own whenever it changes,
 * without the time left, which changes all the time. Not for several threads.
 */
final class Board implements AutoCloseable {

    /** ECMA-48: cursor up; erase in line. */
    private static final String UP = "\u001b[A";

    private static final String ERASE = "\u001b[K";

    private final Session session;
    private final boolean redraws;
    private final long begun = System.nanoTime();
    private final Set<String> said = new HashSet<>();
    private int shown;

    Board(Session session) {
        this.session = session;
        this.redraws = session.terminal() && !session.messages().says(Messages.Level.DEBUG);
    }

    void show(List<String> lines) {
        if (!session.messages().says(Messages.Level.WARNINGS)) {
            return;
        }
        if (redraws) {
            draw(lines);
            return;
        }
        for (var line : lines) {
            var steady = line.replaceAll("; about [0-9]+ (s|min) left", "");
            if (said.add(steady)) {
                session.messages().progress(line);
            }
        }
    }

    private void draw(List<String> lines) {
        var seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        var text = new StringBuilder(UP.repeat(shown));
        var rows = new ArrayList<>(lines);
        // Lines that are no longer needed are emptied, not left standing.
        while (rows.size() < shown) {
            rows.add("");
        }
        for (var row = 0; row < rows.size(); row++) {
            var line = rows.get(row);
            var stamped = line.isEmpty() ? "" : (row == 0 ? "%4d s  ".formatted(seconds) : " ".repeat(8)) + line;
            // A line that wraps would be two, and the next drawing would miss one.
            text.append(stamped, 0, Math.min(stamped.length(), width() - 1))
                    .append(ERASE)
                    .append('\n');
        }
        shown = rows.size();
        session.err().print(text);
        session.err().flush();
    }

    private int width() {
        try {
            return Math.max(20, Integer.parseInt(session.environment().getOrDefault("COLUMNS", "120")));
        } catch (NumberFormatException e) {
            return 120;
        }
    }

    /** Takes the lines off the terminal: what follows stands where they were. */
    @Override
    public void close() {
        if (redraws && shown > 0) {
            session.err().print((UP + ERASE).repeat(shown));
            session.err().flush();
        }
    }
}
