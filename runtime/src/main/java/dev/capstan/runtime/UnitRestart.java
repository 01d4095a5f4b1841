package dev.capstan.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * How a unit is restarted through the host's own {@code systemctl}. systemd refuses the sixth start of a unit within ten seconds
 * ({@code StartLimitBurst}, systemd.unit(5)) and leaves the unit down; a set that changes back and forth would bring a node's
 * runtime down so. So the unit's count is taken back first ({@code reset-failed}, systemctl(1)), which harms nothing else.
 *
 * @param allow what takes the count back; empty where nothing counts. Whether it works decides nothing
 * @param restart the restart itself
 */
public record UnitRestart(List<String> allow, List<String> restart) {

    private static final Duration ANSWER = Duration.ofSeconds(20);

    public UnitRestart {
        allow = List.copyOf(allow);
        restart = List.copyOf(restart);
    }

    /** The restart of a unit of systemd's. */
    public static UnitRestart of(String unit) {
        return new UnitRestart(List.of("systemctl", "reset-failed", unit), List.of("systemctl", "restart", unit));
    }

    /** Does it; answers how the restart ended. */
    NodePrograms.Ran run(NodePrograms programs, Duration limit) throws IOException {
        if (!allow.isEmpty()) {
            try {
                programs.run(ANSWER, allow);
            } catch (IOException notTaken) {
                // What is the matter with systemctl the restart itself says.
            }
        }
        return programs.run(limit, restart);
    }

    @Override
    public String toString() {
        return String.join(" ", restart);
    }
}
