package dev.capstan.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that say whether, and how long, a command waits for what it began. */
final class WaitOptions {

    @Option(names = "--no-wait", description = "Do not wait for the end of what was begun.")
    private boolean no;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Wait at most so long, then exit with 1; what was begun goes on.")
    private long seconds;

    boolean isWanted() {
        return !no;
    }

    /** How long to wait: what was asked for, else the usual. */
    Duration limit(Duration usual) {
        return seconds > 0 ? Duration.ofSeconds(seconds) : usual;
    }
}
