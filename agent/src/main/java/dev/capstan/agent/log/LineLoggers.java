package dev.capstan.agent.log;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Gives every {@link System.Logger} of the process the same simple form, one line on standard error:
 * {@code 2026-11-21T22:10:22.123Z INFO words}. It is found as a service; without it the words of a message would depend
 * on which of the JDK's modules the process runs with. Capstan's own loggers write from INFO on, all others from WARNING on.
 */
public final class LineLoggers extends System.LoggerFinder {

    private static final int FRAMES = 5;

    /** For the service loader. */
    public LineLoggers() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new LineLogger(name, System.err);
    }

    /** One logger. */
    record LineLogger(String name, PrintStream out) implements System.Logger {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            Level least = name.startsWith("dev.capstan") ? Level.INFO : Level.WARNING;
            return level != Level.OFF && level.getSeverity() >= least.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String words, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                write(level, words + (thrown == null ? "" : ": " + traced(thrown)));
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            if (isLoggable(level)) {
                boolean plain = format == null || values == null || values.length == 0;
                write(level, plain ? String.valueOf(format) : MessageFormat.format(format, values));
            }
        }

        /** The exception and where it comes from, in one line: whoever logs an exception has met a fault of the program. */
        private static String traced(Throwable thrown) {
            StringBuilder line = new StringBuilder(thrown.toString());
            StackTraceElement[] frames = thrown.getStackTrace();
            for (int frame = 0; frame < Math.min(FRAMES, frames.length); frame++) {
                line.append(frame == 0 ? " at " : " < ").append(frames[frame]);
            }
            return line.toString();
        }

        private void write(Level level, String words) {
            String line =
                    Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + level + " " + words.replace('\n', ' ') + "\n";
            out.print(line);
            out.flush();
        }
    }
}
