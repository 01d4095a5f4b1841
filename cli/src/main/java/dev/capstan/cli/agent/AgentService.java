package dev.capstan.cli.agent;

import dev.capstan.cli.session.Problem;
import java.time.Duration;
import java.util.List;

/** The agent's unit, watched while it starts. */
final class AgentService {

    /** Longer than the agent needs to read its properties and to take its lock, and to fail over either. */
    private static final Duration STEADY = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LINES = 5;

    private final Systemctl systemctl;

    AgentService(Systemctl systemctl) {
        this.systemctl = systemctl;
    }

    /** Waits until it has run for a while in one process. Throws a {@link Problem} with its last words if it does not. */
    void awaitSteady() {
        var first = process();
        var end = System.nanoTime() + STEADY.toNanos();
        while (System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
            var now = process();
            if (now.isEmpty() || !now.equals(first)) {
                throw Problem.failed(
                        Layout.AGENT_UNIT + " does not stay up. Its last words:" + System.lineSeparator() + "  "
                                + String.join(System.lineSeparator() + "  ", lastWords())
                                + System.lineSeparator(),
                        "All of it: journalctl -u " + Layout.AGENT_UNIT);
            }
        }
    }

    /** What it wrote last, with times. */
    List<String> lastWords() {
        return systemctl.journal(Layout.AGENT_UNIT, LINES);
    }

    /** The process it runs in; empty where it does not. */
    private String process() {
        var shown = systemctl.show(Layout.AGENT_UNIT, "ActiveState", "MainPID");
        return shown.getOrDefault("ActiveState", "").equals("active") ? shown.getOrDefault("MainPID", "") : "";
    }
}
